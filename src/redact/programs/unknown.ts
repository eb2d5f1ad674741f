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

/** Flags whose value is a user and a password, parted by a colon. */
export const pairFlags: ReadonlySet<string> = words(`
  -u --user -user --auth -auth -a --basic-auth -basic-auth --http-auth --proxy-auth --creds --credentials --credential --userpass --user-pass
  --userpwd --login`);

/** Sub-commands behind which a user stands, and the new password: `users set-password bob secret`. */
export const passwordVerbs: ReadonlySet<string> = words(`
  passwd set-password set_password setpassword setpasswd set-passwd set_passwd change-password change_password changepassword change-passwd
  changepasswd changepw change-pw chpass setpw set-pw setpass set-pass update-password update_password updatepassword reset-password
  reset_password resetpassword user-password user_password userpassword usermod-password admin-password setadminpassword`);

/** Sub-commands behind which a user and a password stand when there are exactly two words. */
export const entryVerbs: ReadonlySet<string> = words("login logon signin sign-in authenticate auth");

/** Sub-commands behind which a password stands when it looks like one: others put a role, a group or a name there. */
export const makingVerbs: ReadonlySet<string> = words(`
  adduser add-user add_user useradd user-add user_add createuser create-user create_user create-admin createadmin register unlock decrypt
  open authorize connect attach ${[...passwordVerbs, ...entryVerbs].join(" ")}`);

/** Words in front of a name and its value: `config set db.password secret`. */
export const settingVerbs: ReadonlySet<string> = words(
  "set setx put write update assign define export store add config:set env:set option save config",
);

/** What stands there and is no user: `password reset bob`, `auth add bob`. */
export const otherVerbs: ReadonlySet<string> = words(`
  reset set change add remove delete rm del list ls show get status help create enable disable lock unlock expire force check test verify
  info update rotate refresh logout with to for from as via using user users`);

/** Without one of these there is nothing to guess. */
export const guessWords: ReadonlySet<string> = new Set([...userFlags, ...besideUser, ...pairFlags, ...makingVerbs]);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}
