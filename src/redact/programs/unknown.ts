/** How programs that no table knows take secrets, as data: what is usual, and believed only where nothing speaks against it. */

/** Flags in front of a user's name: where one is, `-p` and its like are hardly a port or a project. */
export const userFlags: ReadonlySet<string> = words(
  "-u -U -l -user -username -login -usr --user --username --user-name --login --usr /u /user",
);

/** Sub-commands that have to do with users: behind them it is the same. */
export const userWords: ReadonlySet<string> = words(`
  login logon signin sign-in auth authenticate user users dbuser dbusers account accounts credential credentials wifi vpn`);

/** Flags that take the password beside such a flag or word. */
export const besideUser: ReadonlySet<string> = words("-p -P -w -W -k -passw -ap -xp /p");

/** Flags that take the password of a program that no table knows, unless what stands there has a harmless form. */
export const passwordLetters: ReadonlySet<string> = words("-p -P");

/** What stands behind such a letter where it is a profile, a protocol, a platform, a package: `-p tcp`, `-p release`. */
export const ordinaryValues: ReadonlySet<string> = words(`
  prod production dev devel development stage staging test tests testing qa uat local live demo sandbox canary preview beta alpha nightly
  stable release debug profile profiling fast slow quick full minimal tiny small medium large high low normal safe strict verbose quiet silent
  auto manual default none all any every both main master trunk primary secondary public private internal external system global user root
  tcp udp icmp icmpv6 sctp http https http2 grpc ws wss ftp sftp ssh tls ssl quic mqtt amqp unix ipv4 ipv6 dns smtp imap pop3 ldap snmp
  json yaml yml xml csv tsv text txt plain html pdf png jpeg jpg svg markdown toml ini parquet avro protobuf binary raw hex base64 ascii utf8
  linux darwin macos windows win32 android ios freebsd wasm x86 x64 arm arm64 armv7 amd64 i386 i686 aarch64 riscv64 x86_64
  chrome chromium firefox webkit safari edge desktop mobile node nodejs python python3 java ruby rust php perl bash go cpu gpu cuda mem memory
  disk net network io read write append create update delete start stop restart status list show build run deploy install server client agent
  worker master web api app backend frontend core base common utils lib plugin plugins gevent eventlet prefork threads process solo static
  dynamic shared eth0 lo wlan0 docker kubernetes k8s podman aws gcp azure gce ec2 mysql postgres postgresql mariadb sqlite redis mongodb kafka
  oracle us eu asia apac emea east west north south today yesterday daily hourly weekly monthly yes no on off true false null`);

/** First words of a sub-command of two: `set password bob secret` is `set-password`. */
export const firstOfTwo: ReadonlySet<string> = words("set change reset update user users account admin password token apikey api-key");

/** Flags whose value is a user and a password, parted by a colon. */
export const pairFlags: ReadonlySet<string> = words(`
  -u --user -user --auth -auth -a --basic-auth -basic-auth --http-auth --proxy-auth --creds --credentials --credential --userpass --user-pass
  --userpwd --login`);

/** Sub-commands behind which a user stands, and the new password: `users set-password bob secret`. */
export const passwordVerbs: ReadonlySet<string> = words(`
  passwd set-password set_password setpassword setpasswd set-passwd set_passwd change-password change_password changepassword change-passwd
  changepasswd changepw change-pw chpass setpw set-pw setpass set-pass update-password update_password updatepassword reset-password
  reset_password resetpassword user-password user_password userpassword usermod-password admin-password setadminpassword password-reset password-change
  password-set password-update users-password account-password`);

/** Sub-commands behind which nothing but a secret stands: `set-token secret`, `token set secret`. */
export const tokenVerbs: ReadonlySet<string> = words(
  ["set", "save", "store"]
    .flatMap((verb) =>
      "token authtoken auth-token api-key apikey access-token pin passphrase secret-key"
        .split(" ")
        .flatMap((noun) => [`${verb}-${noun}`, `${noun}-${verb}`]),
    )
    .join(" "),
);

/** Sub-commands behind which a user and a password stand when there are exactly two words. */
export const entryVerbs: ReadonlySet<string> = words("login logon signin sign-in authenticate auth");

/** Sub-commands behind which a password stands when it looks like one: others put a role, a group or a name there. */
export const makingVerbs: ReadonlySet<string> = words(`
  adduser add-user add_user useradd user-add user_add user-create user-new new-user createuser create-user create_user create-admin createadmin register unlock decrypt
  open authorize connect attach ${[...passwordVerbs, ...entryVerbs].join(" ")}`);

/** Words in front of a name and its value: `config set db.password secret`. */
export const settingVerbs: ReadonlySet<string> = words(
  "set setx put write update assign define export store add config:set env:set option save config",
);

/** What stands there and is no user: `password reset bob`, `auth add bob`. */
export const otherVerbs: ReadonlySet<string> = words(`
  reset set change add remove delete rm del list ls show get status help create enable disable lock unlock expire force check test verify
  info update rotate refresh logout with to for from as via using user users`);

/** A flag that says: the secret comes through standard input. */
export const stdinFlag =
  /^--?(?:[a-z-]{0,24}(?:pass(?:w(?:or)?d|phrase)?|pw|secret|token|key)[a-z-]{0,12}stdin|stdin-?(?:pass(?:w(?:or)?d|phrase)?|secret|token|key))$/;

/** Without one of these there is nothing to guess. */
export const guessWords: ReadonlySet<string> = new Set([
  ...userFlags,
  ...besideUser,
  ...pairFlags,
  ...makingVerbs,
  ...tokenVerbs,
  ...firstOfTwo,
]);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}
