/** What programs, scripts, queries and documents hold. */
import type { Form } from "./form.ts";

const quote = `\\\\?["'\`]`;
/** A value in quotes or without. */
const value = `(?:${quote})?([^\\s"'\`,;)\\]}]{3,256})`;
/** Their forms. */
export const codeForms: readonly Form[] = [
  {
    of: "SQL",
    needs: "identified",
    pattern: /(?:user|role|schema|to)\s{1,8}\S{1,80}\s{1,8}identified\s{1,8}by\s{1,8}([^\s'";]{1,256})/dgi,
  },
  {
    of: "SQL",
    needs: "identified",
    pattern:
      /identified\s{1,8}(?:with\s{1,8}["'`]?\w{1,64}["'`]?\s{1,8})?(?:by|as|using)\s{1,8}(?:password\s{1,8})?["']([^"']{1,256})["']/dgi,
  },
  {
    of: "SQL",
    needs: "password",
    pattern: /(?<![\w-])(?:encrypted\s{1,8})?password\s{1,8}(?:for\s{1,8}[^=]{1,80}=\s{0,8})?["']([^"']{1,256})["']/dgi,
  },
  {
    of: "SQL",
    needs: "password",
    pattern: /set\s{1,8}password\s{1,8}(?:for\s{1,8}[^=]{1,80})?=\s{0,8}(?:password\s{0,4}\(\s{0,4})?["']([^"']{1,256})["']/dgi,
  },
  {
    of: "SQL",
    needs: "password|crypt|digest|hmac|pgp_",
    pattern:
      /(?<![\w.])(?:password|old_password|pgp_sym_(?:en|de)crypt|aes_(?:en|de)crypt|crypt|encrypt|decrypt|digest|hmac)\s{0,4}\((?:[^()'"]{0,80},\s{0,4})?["']([^"']{1,256})["']/dgi,
    random: true,
  },
  {
    of: "DuckDB",
    needs: "secret",
    spaced: true,
    pattern: /create\s[^;()]{0,80}?secret\s[^;]{0,240}?(?<!\w)(?:secret|token|password|session_token)\s{1,4}'([^']{1,256})'/dgi,
  },
  {
    of: "ClickHouse",
    needs: "(",
    pattern: /(?<!\w)(?:mysql|postgresql|mongodb|remote|remoteSecure)\s{0,4}\(\s{0,4}(?:'[^']{0,200}'\s{0,4},\s{0,4}){4}'([^']{1,256})'/dg,
  },
  {
    of: "ClickHouse",
    needs: "(",
    pattern: /(?<!\w)(?:s3|s3Cluster|gcs|oss|deltaLake|iceberg|hudi)\s{0,4}\(\s{0,4}(?:'[^']{0,400}'\s{0,4},\s{0,4}){2}'([^'\s]{6,256})'/dg,
  },
  {
    of: "SQL Server",
    needs: "sp_add",
    pattern: /sp_add(?:linkedsrvlogin|remotelogin|login|approle)\s[^;"]{0,240}?,\s{0,4}N?'([^']{1,128})'\s{0,4}(?:;|$)/dgi,
  },
  {
    of: "a call",
    needs: "(",
    pattern:
      /(?<!\w)(?:auth|login|authenticate|connect|mysqli?_connect|pg_connect|create_superuser|create_user|createUser|changeUserPassword|set_password|setPassword|password_hash|password_verify|PDO|Connection|HTTPBasicAuth|Client)\s{0,4}\(\s{0,4}(?:(?:["'][^"']{0,120}["']|[\w.]{1,40})\s{0,4},\s{0,4}){0,3}["']([^"']{3,256})["']\s{0,4}[),]/dg,
    random: true,
  },
  {
    of: "a call",
    needs: "(",
    pattern:
      /(?<!\w)(?:auth|login|changeUserPassword|basic_auth|basicAuth|create_superuser|HTTPBasicAuth)\s{0,4}[=(]\s{0,4}\(?\s{0,4}(?:["'][^"']{0,120}["']\s{0,4},\s{0,4}){1,2}["']([^"']{3,256})["']\s{0,4}\)/dg,
  },
  {
    of: "a call",
    needs: "(",
    pattern:
      /(?<!\w)(?:connect|mysqli?_connect|mysqli|PDO|getConnection|newInstance)\s{0,4}\(\s{0,4}["'][^"']{0,120}["']\s{0,4},\s{0,4}["'][^"']{0,120}["']\s{0,4},\s{0,4}["']([^"']{3,256})["']/dg,
  },
  {
    of: "a call",
    needs: "(",
    pattern:
      /(?<!\w)(?:set_?password|check_?password|verify_?password|make_?password|hash_?password|password_hash|hashpw)\s{0,4}\(\s{0,4}["']([^"']{3,256})["']/dgi,
  },
  {
    of: "XML",
    needs: "</",
    pattern: /<[\w:.-]{1,32}\s[^<>]{0,80}(?:key|name|id)=["']([\w.-]{2,64})["'][^<>]{0,80}>([^<>]{1,512})<\//dg,
    named: true,
  },
  {
    of: "define",
    needs: "(",
    pattern:
      /(?<!\w)(?:define|env|getenv|setenv|putenv|set|config|setProperty|addProperty|environ\.set)\s{0,4}\(\s{0,4}["']([\w.]{3,64})["']\s{0,4},\s{0,4}["']([^"']{1,256})["']/dgi,
    named: true,
  },
  {
    of: "expect",
    needs: "send",
    pattern: /(?<!\w)send(?:_user)?\s{1,4}(?:--\s{1,4})?\\?["']?([^\s"'\\]{3,128})\\{1,2}[rn]/dg,
    random: true,
  },
  {
    of: "a setter",
    needs: "set|param|env|export|header",
    spaced: true,
    pattern: new RegExp(
      `(?<!\\w)(?:setx|ENV|ARG|SetEnv|setenv|fastcgi_param|proxy_set_header|uwsgi_param|env|PassEnv|export|set)\\s{1,8}([A-Za-z_][\\w-]{2,64})\\s{1,8}(?!\\S{1,64}\\s{1,4}(?:to|for|of)\\s)${value}`,
      "dg",
    ),
    named: true,
  },
  {
    of: "name, then value",
    needs: "value",
    pattern: new RegExp(
      `(?:name|key|Name|Key|property)${quote}?\\s{0,4}[:=]\\s{0,4}${quote}?([\\w.-]{3,64})${quote}?\\s{0,4}[,;]?\\s{0,4}${quote}?[vV]alue${quote}?\\s{0,4}[:=]\\s{0,4}${value}`,
      "dg",
    ),
    named: true,
  },
  { of: "XML", needs: "value=", pattern: /<(?:\w{1,32}:)?([\w.-]{2,64})\s{1,4}[vV]alue=["']([^"'<>]{1,512})["']/dg, named: true },
  { of: "XML", needs: "</", pattern: /<(?:\w{1,32}:)?([\w.-]{2,64})(?:\s[^<>]{0,200})?>([^<>]{1,512})<\//dg, named: true },
  {
    of: "a shell's command",
    needs: "command|cmd|program|eval",
    pattern: /(?:pass|secret|token)[\w-]{0,24}(?:command|cmd|program|eval)[ =]{1,2}["']{0,2}(?:echo|printf)\s{1,4}["']?([^\s"']{3,256})/dgi,
  },
  { of: "Percona's DSN", needs: "p=", pattern: /(?<=(?:^|[\s'",])(?:[hDtuPSAL]=[^\s,]{0,128},){1,8})p=([^\s,'"]{1,256})/dg },
  { of: "Percona's DSN", needs: "p=", pattern: /(?:^|[\s'"=])p=([^\s,'"]{3,256})(?=,[hDtuPSAL]=)/dg },
  { of: "WS-Security", needs: ":password", pattern: /<\w{1,16}:Password[^>]{0,128}>([^<]{1,256})</dg },
  {
    of: "an authorization",
    needs: "signature|response|nonce|key|auth=|credential",
    pattern: /(?:Signature|response|cnonce|oauth_signature|sentry_key|auth|Credential)=["']?([^\s"',;&*]{6,256})/dg,
    random: true,
  },
  { of: "Oracle", needs: "conn", spaced: true, pattern: /(?:^|[\s(])(?:connect|conn)\s{1,4}[\w.$"]{1,64}\/([^\s@'"]{1,128})@/dgi },
  {
    of: "lftp",
    needs: "user |open ",
    spaced: true,
    pattern: /(?<!\w)(?:user|open\s{1,4}-u)\s{1,4}[\w.@-]{1,64}[ ,]([^\s;,'"]{3,128})/dg,
    random: true,
  },
  { of: "lftp", needs: "user |open ", spaced: true, pattern: /(?<!\w)open\s{1,4}-u\s{1,4}[\w.@-]{1,64},([^\s;,'"]{1,128})/dg },
  {
    of: "ACL SETUSER",
    needs: "setuser",
    spaced: true,
    pattern: /setuser\s{1,4}\S{1,64}(?:\s{1,4}(?:on|off|reset|[~&+-]\S{1,64}|\*|nopass|all\w{3,8})){0,12}\s{1,4}[><]([^\s'"]{1,256})/dgi,
  },
  {
    of: "kadmin",
    needs: "-pw",
    spaced: true,
    pattern: /(?<!\w)(?:addprinc|ank|cpw|change_password|add_principal)\b[^;|'"]{0,120}?-pw\s{1,4}(\S{1,128})/dg,
  },
  {
    of: "db2",
    needs: "using",
    spaced: true,
    pattern: /(?:connect|attach)\s{1,4}to\s{1,4}\S{1,64}\s{1,4}user\s{1,4}\S{1,64}\s{1,4}using\s{1,4}([^\s'";]{1,128})/dgi,
  },
  { of: "QEMU", needs: "secret,", pattern: /(?<![\w-])secret,(?:[\w-]{1,32}=[^\s,]{0,128},){0,6}data=([^\s,]{1,256})/dg },
  {
    of: "PowerShell",
    needs: "securestring",
    spaced: true,
    pattern: /ConvertTo-SecureString\s{1,4}(?:-String\s{1,4})?\\?["'`]([^"'`\s\\]{1,256})/dgi,
  },
  {
    of: "expect",
    needs: "assword",
    pattern: /assword[^;{}]{0,48}[;{}\s]{1,8}(?:exp_)?send(?:_user)?\s{1,4}(?:--\s{1,4})?\\?["']?([^\s"'\\]{3,128})\\{1,2}[rn]/dg,
  },
  {
    of: "Go",
    needs: "string",
    spaced: true,
    pattern: /(?<![\w.])(\w{3,64})\s{1,4}(?:string|\[\]byte)\s{0,4}=\s{0,4}["`]([^"`]{1,256})["`]/dg,
    named: true,
  },
];
