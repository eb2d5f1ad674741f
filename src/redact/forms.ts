/** Lines that are known by their form: each holds its secret in its first group. */

import { looksRandom } from "./generated.ts";
import { allMatches } from "./matches.ts";
import { secretNature } from "./names.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret } from "./values.ts";

interface Form {
  /** Says in what the line is written. */
  readonly of: string;
  /** One of these, parted by `|`, stands in every such line, in whatever case. `|` alone is itself. */
  readonly needs: string;
  readonly pattern: RegExp;
  /** Cut only what looks random: the form alone is not enough. */
  readonly random?: boolean;
  /** The second group must be the name of a secret. */
  readonly named?: boolean;
}

const quote = `\\\\?["'\`]`;
/** A value in quotes or without. */
const value = `(?:${quote})?([^\\s"'\`,;)\\]}]{3,256})`;
const forms: readonly Form[] = [
  {
    of: "netrc",
    needs: "login",
    pattern: /(?:machine\s{1,4}\S{1,128}|default)\s{1,4}login\s{1,4}\S{1,128}\s{1,4}password\s{1,4}(\S{1,256})/dg,
  },
  {
    of: "pgpass",
    needs: ":",
    pattern: /^(?:\*|[\w.-]{1,128}|\/\S{1,128}):(?:\*|\d{1,5}):(?:\*|[\w.-]{1,64}):(?:\*|[\w.@-]{1,64}):([^\s:].{0,255})$/dg,
  },
  {
    of: "chap-secrets",
    needs: " *",
    pattern: /^\s{0,4}"?[\w.@*\\-]{1,64}"?\s{1,8}(?:\*|"?[\w.-]{1,64}"?)\s{1,8}"([^\s"]{4,128})"\s{1,8}(?:\*|[\d./]{1,40})\s{0,4}$/dg,
  },
  {
    of: "chap-secrets",
    needs: " *",
    pattern: /^\s{0,4}"?[\w.@\\-]{1,64}"?\s{1,8}\*\s{1,8}([^\s"*]{4,128})\s{1,8}(?:\*|\d[\d./]{1,40})\s{0,4}$/dg,
  },
  { of: "userlist.txt", needs: "md5|scram-", pattern: /^"[\w.-]{1,64}"\s{1,4}"((?:md5[0-9a-f]{32}|SCRAM-)[^"]{0,200})"/dg },
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
      /(?<!\w)(?:auth|changeUserPassword|basic_auth|basicAuth|create_superuser|HTTPBasicAuth)\s{0,4}[=(]\s{0,4}\(?\s{0,4}(?:["'][^"']{0,120}["']\s{0,4},\s{0,4}){1,2}["']([^"']{3,256})["']\s{0,4}\)/dg,
  },
  {
    of: "a call",
    needs: "(",
    pattern:
      /(?<!\w)(?:connect|mysqli?_connect|mysqli|PDO)\s{0,4}\(\s{0,4}["'][^"']{0,120}["']\s{0,4},\s{0,4}["'][^"']{0,120}["']\s{0,4},\s{0,4}["']([^"']{3,256})["']/dg,
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
      /(?<!\w)(?:define|setenv|putenv|set|config|setProperty|addProperty|environ\.set)\s{0,4}\(\s{0,4}["']([\w.]{3,64})["']\s{0,4},\s{0,4}["']([^"']{1,256})["']/dgi,
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
    pattern: new RegExp(
      `(?<!\\w)(?:setx|SetEnv|setenv|fastcgi_param|proxy_set_header|uwsgi_param|env|PassEnv|export|set)\\s{1,8}([A-Za-z_][\\w-]{2,64})\\s{1,8}${value}`,
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
  {
    of: "a directive",
    needs: "pass|auth|pw|secret|key",
    pattern:
      /(?:^|[\s\]:])(requirepass|masterauth|bindpw|rootbindpw|rootpw|ldap_default_authtok|sharedsecret|dnskey|smtp_pass|radius_secret)(?:\s{1,8}--?\w{1,20})*\s{1,8}["']?([^\s"']{3,256})/dgi,
    named: true,
  },
  {
    of: "a directive",
    needs: "pass|secret|token|psk|key",
    pattern:
      /^\s{0,8}(?:[\w.[\]-]{1,32}:\s)?((?:[A-Za-z0-9]{1,24}[_-]){0,4}(?:PASSWORD|PASSWD|SECRET|TOKEN|password|passwd|secret|token|psk|api-?key|x-api-key))\s{1,8}["']?([^\s"':=]{4,256})["']?\s{0,4};?\s{0,4}$/dg,
    named: true,
    random: true,
  },
  {
    of: "snmpd.conf",
    needs: "community|com2sec",
    pattern:
      /(?:^|\s)(?:r[ow]community6?|snmp-server\s{1,4}(?:community|host\s{1,4}\S{1,64})|community|com2sec(?:\s{1,8}\S{1,64}){2})\s{1,8}([^\s"]{3,128})/dg,
  },
  {
    of: "SMTP, FTP, IRC",
    needs: "pass |auth |oper |identify",
    pattern:
      /(?:^|[>\]:]\s{0,4})(?:PASS|AUTH\s{1,4}(?:LOGIN|PLAIN|CRAM-MD5|XOAUTH2)|OPER\s{1,4}\S{1,64}|IDENTIFY)\s{1,4}(\S{3,512})\s{0,4}$/dg,
  },
  { of: "a table", needs: "|", pattern: /\|\s{0,16}["']?([\w .-]{3,64}?)["']?\s{0,64}\|\s{0,16}([^\s|]{3,256})\s{0,64}\|/dg, named: true },
  {
    of: "a sentence",
    needs: "pass|secret|token|pin",
    pattern:
      /(?:password|passphrase|passcode|secret|token|pin|passwort)[\w '"@./-]{0,64}?(?:\sis|\sto|:)\s{0,4}:?\s{0,4}["']?(\S{4,256}?)["'.]?\s{0,4}$/dgi,
    random: true,
  },
  {
    of: "a sentence",
    needs: "pass|secret|token|key|credential",
    pattern: /(?:password|passphrase|passcode|secret|token|api[ _-]?key|credentials?)\s{1,4}["']?(\S{6,256}?)["',.;)]{0,3}(?:\s|$)/dgi,
    random: true,
  },
  { of: "XML", needs: "</", pattern: /<(?:\w{1,32}:)?([\w.-]{2,64})(?:\s[^<>]{0,200})?>([^<>]{1,512})<\//dg, named: true },
  {
    of: "a shell's command",
    needs: "command|cmd|program",
    pattern: /(?:pass|secret|token)[\w-]{0,24}(?:command|cmd|program)[ =]{1,2}["']{0,2}(?:echo|printf)\s{1,4}["']?([^\s"']{3,256})/dgi,
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
  { of: "Oracle", needs: "conn", pattern: /(?:^|[\s(])(?:connect|conn)\s{1,4}[\w.$"]{1,64}\/([^\s@'"]{1,128})@/dgi },
  { of: "lftp", needs: "user |open ", pattern: /(?<!\w)(?:user|open\s{1,4}-u)\s{1,4}[\w.@-]{1,64}[ ,]([^\s;,'"]{3,128})/dg, random: true },
  { of: "lftp", needs: "user |open ", pattern: /(?<!\w)open\s{1,4}-u\s{1,4}[\w.@-]{1,64},([^\s;,'"]{1,128})/dg },
  {
    of: "ACL SETUSER",
    needs: "setuser",
    pattern: /setuser\s{1,4}\S{1,64}(?:\s{1,4}(?:on|off|reset|[~&+-]\S{1,64}|\*|nopass|all\w{3,8})){0,12}\s{1,4}[><]([^\s'"]{1,256})/dgi,
  },
  {
    of: "kadmin",
    needs: "-pw",
    pattern: /(?<!\w)(?:addprinc|ank|cpw|change_password|add_principal)\b[^;|'"]{0,120}?-pw\s{1,4}(\S{1,128})/dg,
  },
  { of: "Asterisk", needs: "set secret", pattern: /set\s{1,4}secret\s{1,4}(\S{3,128})/dg },
  { of: "mount.cifs", needs: "%", pattern: /(?:^|[\s,])user(?:name)?=[^\s,%]{1,64}%([^\s,]{1,128})/dg },
  {
    of: "db2",
    needs: "using",
    pattern: /(?:connect|attach)\s{1,4}to\s{1,4}\S{1,64}\s{1,4}user\s{1,4}\S{1,64}\s{1,4}using\s{1,4}([^\s'";]{1,128})/dgi,
  },
  { of: "PuTTY", needs: "private-mac", pattern: /Private-MAC:\s{0,4}(\S{16,256})/dg },
];

interface Group {
  readonly needs: readonly string[];
  readonly forms: readonly Form[];
}

/** The forms by what they need, so that it is looked for once. */
const groups: readonly Group[] = [...new Set(forms.map(({ needs }) => needs))].map((needs) => ({
  needs: needs === "|" ? ["|"] : needs.split("|"),
  forms: forms.filter((form) => form.needs === needs),
}));

/** By the first two characters of what is needed, the bits of those groups (the last bit is of all from the 31st on). */
const groupBits = new Uint32Array(64 * 64);
for (const [index, { needs }] of groups.entries()) {
  for (const need of needs) {
    const from = pairOf(need.charCodeAt(0), need.length > 1 ? need.charCodeAt(1) : 0);
    // what is one character long may have anything behind it
    for (let pair = from; pair < from + (need.length > 1 ? 1 : 64); pair++) groupBits[pair] = (groupBits[pair] ?? 0) | bitOf(index);
  }
}

function bitOf(index: number): number {
  return 1 << Math.min(index, 31);
}

/** Two characters as a place in the table, capitals as small letters. */
function pairOf(one: number, next: number): number {
  return placeOf(one) * 64 + placeOf(next);
}

function placeOf(code: number): number {
  return (code & 31) | ((code & 64) >> 1);
}

/** Finds the secrets of all forms in one line. */
export function formSpans(line: string): Span[] {
  const spans: Span[] = [];
  let bits = 0;
  for (let at = 0; at < line.length; at++)
    bits |= groupBits[pairOf(line.charCodeAt(at), at + 1 < line.length ? line.charCodeAt(at + 1) : 0)] ?? 0;
  if (bits === 0) return spans;
  const small = line.toLowerCase();
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index];
    if (group === undefined || (bits & bitOf(index)) === 0) continue;
    if (!group.needs.some((word) => small.includes(word))) continue;
    for (const form of group.forms) {
      for (const match of allMatches(line, form.pattern)) addMatch(form, match, spans);
    }
  }
  return spans;
}

function addMatch({ random, named }: Form, match: RegExpMatchArray, spans: Span[]): void {
  const first = named === true ? 2 : 1;
  const index = match[first] === undefined ? first + 1 : first;
  const text = match[index] ?? "";
  const where = match.indices?.[index];
  if (where === undefined || text.startsWith("--") || !couldBeSecret(text)) return;
  if (named === true && secretNature(match[1] ?? "") === undefined) return;
  if ((random === true || (named === true && secretNature(match[1] ?? "") === "ifRandom")) && !looksRandom(text)) return;
  spans.push({ start: where[0], end: where[1] });
}
