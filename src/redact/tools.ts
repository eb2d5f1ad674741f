/** Programs whose short flags carry passwords: `-p` means something else for every one of them. */

/** How one program takes its secrets. Flags are written with their dashes. */
export interface SecretTool {
  /** Matches the program's base name. */
  readonly name: RegExp;
  /** The secret is glued to the flag: `-psecret`. */
  readonly attached?: readonly string[];
  /** The secret is the next argument: `-p secret`. */
  readonly separate?: readonly string[];
  /** Flags whose value is `user:password`; the user stays readable. */
  readonly credentials?: readonly string[];
  /** What parts user and password there; `:` unless told. */
  readonly separator?: string;
  /** Single letters of `credentials` may end a bundle: `curl -sSu user:pass`. */
  readonly bundles?: boolean;
  /** Only the first such flag is the program's own; the rest belongs to the command that it starts. */
  readonly once?: boolean;
  /** The word is a subcommand (`docker login`), so it counts only behind another word. */
  readonly subcommand?: boolean;
}

/** The known programs; the first that matches counts. */
export const secretTools: readonly SecretTool[] = [
  { name: /^(?:mysql|mariadb)[\w-]*$/, attached: ["-p"] },
  { name: /^(?:xtrabackup|innobackupex|mariabackup|mycli)$/, attached: ["-p"] },
  { name: /^pt-[a-z-]+$/, attached: ["-p"], separate: ["-p"] },
  { name: /^sshpass$/, attached: ["-p"], separate: ["-p"], once: true },
  { name: /^mongo\w*$/, attached: ["-p"], separate: ["-p"] },
  { name: /^(?:redis|valkey|keydb)-(?:cli|benchmark)$/, separate: ["-a"] },
  { name: /^ldap(?:search|add|modify|delete|whoami|compare|modrdn|exop)$/, attached: ["-w"], separate: ["-w"] },
  { name: /^ldappasswd$/, attached: ["-w", "-s", "-a"], separate: ["-w", "-s", "-a"] },
  { name: /^(?:sqlcmd|osql|bcp|tsql)$/, attached: ["-P"], separate: ["-P"] },
  { name: /^ipmi(?:tool|power|console|-sensors|-sel)$/, attached: ["-P"], separate: ["-P"] },
  { name: /^(?:zip|unzip|zipcloak)$/, attached: ["-P"], separate: ["-P"] },
  { name: /^(?:7z|7za|7zr|7zz|rar|unrar)$/, attached: ["-hp", "-p"] },
  { name: /^(?:smbclient|smbget|rpcclient|net|wmic|winexe)$/, credentials: ["-U", "--user"], separator: "%" },
  { name: /^curl$/, credentials: ["-u", "-U", "--user", "--proxy-user"], bundles: true },
  { name: /^(?:http|https|xh|xhs)$/, credentials: ["-a", "--auth"] },
  { name: /^(?:ab|siege|hey|wrk)$/, credentials: ["-A", "-P", "-a"] },
  { name: /^lftp$/, credentials: ["-u", "--user"], separator: "," },
  { name: /^(?:plink|pscp|psftp|putty)$/, separate: ["-pw"] },
  { name: /^(?:xfreerdp|wlfreerdp|sdl-freerdp|xfreerdp3)$/, attached: ["/p:"] },
  { name: /^rdesktop$/, attached: ["-p"], separate: ["-p"] },
  { name: /^snmp(?:get|getnext|bulkget|walk|bulkwalk|set|table|trap|inform|df|status)$/, separate: ["-A", "-X", "-c"] },
  { name: /^openssl$/, separate: ["-k", "-K"] },
  { name: /^(?:mosquitto_pub|mosquitto_sub|mosquitto_rr)$/, separate: ["-P"] },
  { name: /^(?:cqlsh|rabbitmqadmin)$/, attached: ["-p"], separate: ["-p"] },
  { name: /^nmcli$/, separate: ["password", "wifi-sec.psk", "802-11-wireless-security.psk"] },
  { name: /^login$/, attached: ["-p"], separate: ["-p"], subcommand: true },
];

const anyTool = new RegExp(secretTools.map((tool) => tool.name.source).join("|"));

/** A pattern for the cheap look ahead: some program of the table may be named here. */
export const toolHint = `(?<![\\w.-])(?:${secretTools.map((tool) => tool.name.source.slice(1, -1)).join("|")})(?![\\w.-])`;

/** The program that a word of a command line names, if it is one of the table's. */
export function toolNamed(word: string, isFirstWord: boolean): SecretTool | undefined {
  const name = word.slice(word.lastIndexOf("/") + 1);
  if (name === "" || name.length > 40 || !anyTool.test(name) || word.includes("://")) return undefined;
  const tool = secretTools.find((one) => one.name.test(name));
  return tool?.subcommand === true && (isFirstWord || name !== word) ? undefined : tool;
}
