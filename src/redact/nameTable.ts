/** Names of secrets, as data. A name is taken apart into words (`dbPasswordProd`: db password prod); its last word says what its value is. */

/** Last words whose value is always a secret. A word that ends in one of `endings` counts as well (`bindpw`, `ks_storepass`). */
export const secretWords = words(`
  password passwords passwd passwds passw passwort passwoord passphrase passphrases passcode passcodes passkey pass pwd pwds psw pswd pw
  passe secret secrets token tokens bearer cookie cookies jwt psk masterauth requirepass authtok authtoken mnemonic mnemonics
  kennwort contrasena contraseña senha mdp motdepasse haslo wachtwoord losenord parola salasana heslo sifre
  clave jelszo otp totp hotp pin pins puk tan authorization community cipassword privatekeyhex nodekeyhex secretkeybase connectionstring
  authtokens dockerconfigjson dockercfg accesstokens apitokens seedphrase psks passwordhash`);

/** Words may end in these: `dbpass`, `sshpassword`, `authsecret`. */
export const secretEndings: readonly string[] = [
  ..."password passwords passwd passphrase passcode secret secrets token tokens cookie pwd pass psk apikey apikeys".split(" "),
  ..."pw pswd".split(" "),
];

/** Secret unless the value is plainly a path. */
export const pathableWords = words("cred creds credential credentials kspass");

/** A code is a secret when it is one of these. */
export const secretCodeOwners = words(
  `mfa otp totp tfa 2fa verification auth confirmation onetime time recovery backup token sms security device pairing activation invite
   invitation unlock login signin access pin puk voucher alarm door`,
);

/** Only a value that looks random, or six to eight digits, as one-time codes are. */
export const oneTimeWords = words("code codes 2fa mfa tfa");

/** Words that end like a secret's name and are none; filters of ffmpeg and sox among them. */
export const harmlessWords = words(`
  askpass bypass compass encompass surpass trespass underpass overpass multipass singlepass onepass twopass firstpass lowpass highpass bandpass
  allpass renderpass subpass nonsecret vpass npass tokenpass yytoken fallthrough
  unauthenticatedtoken`);

/** In front of these words, others make them harmless: `--render-pass`, `--start-token`. */
export const harmlessOwners: Readonly<Record<string, ReadonlySet<string>>> = {
  pass: words(`render two multi single first second one enable disable debug print before after start stop run opt z depth shadow color combined
    fail max min num number n v high low band all by sub over under which crc dump time verify encode analysis cpu load`),
  token: words(`start end special stop eos bos pad unk sep mask cls by yy next max min num first last begin open close image audio video lex
    parse current unexpected prompt per n separator initial cluster think`),
  tokens: words("max min num n new batched special context prompt total output input per predict generated draft add completion reserved"),
  secret: words("existing image pull tls"),
  credential: words("load condition import assert"),
  secrets: words("existing image pull"),
  cookie: words("insert accept srv"),
  community: words("open source edition is the of a bgp ip large extended"),
  pin: words("cpu core gpio thread vcpu reset cs dc led rx tx sda scl clock data"),
};

/** In front of "key", these make a secret of it. */
export const secretKeyOwners = words(`
  api access secret auth account shared storage app application consumer subscription functions preshared service aes vault write ingest
  setup secretaccess sharedaccess accountstorage authentication license fernet stripe node bot sas otp totp deploy transport
  recovery unseal security wep root rootca breakglass ingestion instrumentation apps appsecret secretkey hmac`);

/** These as well, unless the value is a path. */
export const pathableKeyOwners = words(`
  private encryption decryption signing sign master jwt symmetric cipher admin integration certificate enc crypto wireguard psk session
  priv privkey webhook data backup server client ssl tls`);

/** Keys that are no secrets: what a thing is filed or sorted under, or the public half. */
export const harmlessKeyOwners = words(`
  primary partition routing object cache kms hot sort foreign group row column index public host pub lock map dictionary order unique composite
  range hash message meta shard event file dedup label tag config answer registry parse lookup search natural surrogate idempotency business
  queue topic metric trace span translation i18n locale property option param name cursor time build accelerator shortcut key compose
  modifier escape prefix access-id ssh known trusted gpg pgp apt rpm sync any enter arrow function
  recv receive send fetch refresh delete edit`);

/** Last words that may be a secret: only a value that looks random is one. */
export const suspiciousWords = words(`
  auth key keys sid session sessionid jsessionid phpsessid ticket code signature sig salt hmac pat sk seed login license jitconfig
  streamid streamkey nonce ssid authkey basicauth accesskeyid plaintext assertion state sas appid pwhash apisig
  secretid sasurl dsn verifier challenge otpauth authdata identifier2 privkey`);

/** Only words that say which one: `DB_PASSWORD_PROD`. Anything else behind the secret word makes it harmless: `password_policy`. */
export const qualifiers = words(`
  prod production dev development staging stage test live main primary secondary master slave replica old new current previous
  default admin root ro rw value values plain text raw base64 b64 hex string str hash hashed base encoded blue green canary eu us int ext
  confirm confirmation again repeat`);

/** Flags such as `--no-password` and `--ask-pass` take no value of their own. */
export const switchWords = words(`
  no ask prompt use without skip enable disable require allow has is need show store save forget generate reset print rotate stdin`);

/** Names whose values look random and are none: the last net leaves them alone. */
export const harmlessNames = words(`
  id ids uuid guid etag hash digest checksum commit rev revision sha sha1 sha256 md5 fingerprint serial tag image buildid build version
  preferences handle cluster thumbprint integrity crc cid oid uid gid container pod instance request trace span name path file dir
  directory url uri host hostname user username email sni servername ja3 sum csum object ref branch model device vendor product
  class main icon theme font locale lang ray cpu arch march title version_code kid x5t etags node`);

/** What a switch or a status says: never a secret, whatever the name. */
export const harmlessValues = words(`
  true false yes no on off null none nil undefined unset empty missing required invalid expired denied incorrect wrong unknown prompt ask
  stdin file env redacted hidden masked omitted removed simple optional enabled disabled default always never auto`);

/** Whatever the last word of a name is judged by, but for its ending; other words say nothing. */
export const judgedWords: ReadonlySet<string> = new Set([
  ...["pwd", "oldpwd", ...Object.keys(harmlessOwners)],
  ...[pathableWords, harmlessWords, secretWords, suspiciousWords, oneTimeWords].flatMap((set) => [...set]),
]);

/** The last two letters of all endings that are judged. */
export const lastTwo: ReadonlySet<string> = new Set([...secretEndings, "key", "keys"].map((ending) => ending.slice(-2)));

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}
