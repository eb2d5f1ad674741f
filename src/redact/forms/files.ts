/** Lines of configuration: files of accounts, daemons, network gear. */
import type { Form } from "./form.ts";

/** Their forms. */
export const fileForms: readonly Form[] = [
  {
    of: "netrc",
    needs: "login",
    spaced: true,
    pattern: /(?:machine\s{1,4}\S{1,128}|default)\s{1,4}login\s{1,4}\S{1,128}\s{1,4}password\s{1,4}(\S{1,256})/dg,
  },
  {
    of: "pgpass",
    needs: ":",
    pattern:
      /^(?:\*|[\w.-]{1,128}|\/\S{1,128}):(?:\*|\d{1,5}):(?:\*|[\w.-]{1,64}):(?:\*|[\w.@-]{1,64}):((?:[^\s:\\]|\\.)(?:[^:\\]|\\.){0,255})$/dg,
  },
  {
    of: "chap-secrets",
    needs: " *",
    spaced: true,
    pattern: /^\s{0,4}"?[\w.@*\\-]{1,64}"?\s{1,8}(?:\*|"?[\w.-]{1,64}"?)\s{1,8}"([^\s"]{4,128})"\s{1,8}(?:\*|[\d./]{1,40})\s{0,4}$/dg,
  },
  {
    of: "chap-secrets",
    needs: " *",
    spaced: true,
    pattern: /^\s{0,4}"?[\w.@\\-]{1,64}"?\s{1,8}\*\s{1,8}([^\s"*]{4,128})\s{1,8}(?:\*|\d[\d./]{1,40})\s{0,4}$/dg,
  },
  { of: "userlist.txt", needs: "md5|scram-", pattern: /^"[\w.-]{1,64}"\s{1,4}"((?:md5[0-9a-f]{32}|SCRAM-)[^"]{0,200})"/dg },
  {
    of: "a directive",
    needs: "pass|auth|pw|secret|key",
    spaced: true,
    pattern:
      /(?:^|[\s\]:])(requirepass|masterauth|bindpw|rootbindpw|rootpw|ldap_default_authtok|sharedsecret|dnskey|auth_pass|insecure-password|smtp_pass|radius_secret)(?:\s{1,8}--?\w{1,20})*\s{1,8}["']?([^\s"']{3,256})/dgi,
    named: true,
  },
  {
    of: "a directive",
    needs: "pass|secret|token|psk|key",
    spaced: true,
    pattern:
      /^\s{0,8}(?:[\w.[\]-]{1,32}:\s)?((?:[A-Za-z0-9]{1,24}[_-]){0,4}(?:PASSWORD|PASSWD|SECRET|TOKEN|password|passwd|secret|token|psk|api-?key|x-api-key))\s{1,8}["']?([^\s"':=]{4,256})["']?\s{0,4};?\s{0,4}$/dg,
    named: true,
    random: true,
  },
  {
    of: "a directive",
    needs: "password|passwd",
    spaced: true,
    pattern: /^\s{1,32}(?:password|passwd)\s{1,8}["']?((?=[^\s"']*\d)[^\s"':=]{6,128})["']?;?\s{0,4}$/dg,
  },
  {
    of: "snmpd.conf",
    needs: "community|com2sec",
    spaced: true,
    pattern:
      /(?:^|\s)(?:r[ow]community6?|snmp-server\s{1,4}(?:community|host\s{1,4}\S{1,64})|community|com2sec(?:\s{1,8}\S{1,64}){2})\s{1,8}([^\s"]{3,128})/dg,
  },
  { of: "mount.cifs", needs: "%", pattern: /(?:^|[\s,])user(?:name)?=[^\s,%]{1,64}%([^\s,]{1,128})/dg },
  {
    of: "network gear",
    needs: "password|secret|key|community|authentication",
    spaced: true,
    pattern:
      /^\s{0,8}(?:username|enable|neighbor|ip\s{1,4}\w{2,8}|ipv6\s{1,4}\w{2,8}|ntp\s{1,4}auth\S{1,20}|tacacs\S{0,8}|radius\S{0,8}|crypto|standby|vrrp|ppp\s{1,4}[cp]\wp|isis|area\s{1,4}\S{1,20}|snmp-server|local-user|set\s{1,4}(?:system|security|protocols|snmp|interfaces|vpn|service))\s.{0,200}?\b(?:password|secret|key-string|key|md5|authentication-key|authentication|pre-shared-key|plain-text-password-value|plaintext-password|encrypted-password|simple-password|ascii-text|community|cipher)\s{1,4}(?:\d{1,2}\s{1,4})?(?!(?:address|md5|file|text|chain|mode|authentication|key|\d{1,3})\b)["']?([^\s"';]{4,128})["']?(?:\s{1,4}address\s.{0,64}|\s{1,4}R[OW])?;?\s{0,4}$/dg,
  },
  {
    of: "network gear",
    needs: "pre-shared-key|key-string",
    spaced: true,
    pattern:
      /^\s{0,16}(?:pre-shared-key|key-string)\s{1,4}(?:(?:ascii-text|local|remote|\d)\s{1,4}){0,2}["']?([^\s"';]{4,128})["']?;?\s{0,4}$/dg,
  },
  {
    of: "ipsec.secrets",
    needs: "psk|eap|xauth|pin|rsa|p12",
    spaced: true,
    pattern: /(?:^|\s):\s{0,4}(?:PSK|EAP|XAUTH|NTLM|PIN|(?:RSA|ECDSA|P12|PKCS8)\s{1,4}\S{1,128})\s{1,4}["']([^"']{1,256})["']/dg,
  },
  {
    of: "ipsec.secrets",
    needs: "psk |eap |xauth ",
    spaced: true,
    pattern: /^[\w.@%:\s-]{0,64}?\b(?:PSK|EAP|XAUTH)\s{1,4}["']([^"']{1,256})["']/dg,
  },
  { of: "chap-secrets", needs: "* ", spaced: true, pattern: /^\s{0,4}"[^"]{1,64}"\s{1,8}\*\s{1,8}"([^"]{4,128})"\s{0,4}$/dg },
  { of: "postfix", needs: "static:", pattern: /static:[\w.@-]{1,64}:(\S{4,128})/dg },
  { of: "PuTTY", needs: "private-mac", pattern: /Private-MAC:\s{0,4}(\S{16,256})/dg },
  {
    of: "snmpd.conf",
    needs: "createuser",
    spaced: true,
    pattern: /createUser\s{1,4}(?:-e\s{1,4}\S{1,64}\s{1,4})?\S{1,64}\s{1,4}(?:MD5|SHA[-\d]{0,4})\s{1,4}["']?([^\s"']{4,128})/dg,
  },
  {
    of: "snmpd.conf",
    needs: "createuser",
    spaced: true,
    pattern: /createUser\s[^\n]{1,200}?\s(?:DES|AES[-\d]{0,4})\s{1,4}["']?([^\s"']{4,128})/dg,
  },
  { of: "CVS", needs: "server:|:ext:", pattern: /:(?:pserver|kserver|gserver|sspi|ext):[\w.-]{1,64}:([^\s@]{1,128})@/dg },
  {
    of: "sasl_passwd",
    needs: "]:",
    spaced: true,
    pattern: /^\s{0,4}(?:\S{1,64}:\s)?\[[\w.:-]{1,128}\](?::\w{1,10})?\s{1,16}[\w.@+-]{1,128}:([^\s:]{4,128})\s{0,4}$/dg,
  },
  {
    of: "preseed",
    needs: "password",
    spaced: true,
    pattern: /(?:password|passphrase)\S{0,40}\s{1,4}(?:password|string)\s{1,4}(\S{4,128})\s{0,4}$/dg,
  },
  { of: "HAProxy", needs: "stats auth", spaced: true, pattern: /stats\s{1,4}auth\s{1,4}[\w.-]{1,64}:(\S{1,128})/dg },
  { of: "socat", needs: "proxyauth|proxy-auth", pattern: /proxy-?auth(?:orization)?=[\w.-]{1,64}:([^\s,'"]{1,128})/dg },
];
