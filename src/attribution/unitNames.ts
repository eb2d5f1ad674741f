/** The names of systemd's units, without what is new with every start, session or connection. */

/** A part of a cgroup's path as systemd meant it: `\x2d` is a dash again, and a leading underscore only kept it off the kernel's files. */
export function unescapeUnit(segment: string): string {
  const plain = segment.startsWith("_") ? segment.slice(1) : segment;
  if (!plain.includes("\\x")) return plain;
  const bytes = plain.replaceAll(/(?:\\x[0-9a-f]{2})+/g, (escaped) => Buffer.from(escaped.replaceAll("\\x", ""), "hex").toString());
  return bytes;
}

const uuid = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";

/** Pattern and replacement, one after the other. */
const foldings: readonly (readonly [RegExp, string])[] = [
  [/^session-c?\d+\.scope$/, "session.scope"],
  // systemd-run without a name
  [/^run-(?:r[0-9a-f]+|[pu]?\d+(?:-i?\d+)*)\.(scope|service|mount)$/, "run.$1"],
  // Accept=yes: number, addresses and ports of a connection; or number, pid and uid
  [/@\d+-(?:.*:\d+|\d+-\d+|.*:vsock.*|unknown)(?=\.service$)/, "@"],
  [/^(systemd-coredump)@.*(?=\.service$)/, "$1@"],
  // started over D-Bus: the caller's number, and how often it happened
  [/^dbus-:\d+\.\d+-(.+?)(?:@\d+)?(?=\.service$)/, "dbus-$1"],
  // a user's applications carry a pid or something random behind their id
  [/^(app-.+?)[-@](?:\d+|[0-9a-f]{8,})(?=\.(?:scope|service|slice)$)/, "$1"],
  // virtual machines are numbered by start
  [/^(machine-(?:qemu|lxc))-\d+-(?=.)/, "$1-"],
  [new RegExp(`(?:[-._@]|\\b)${uuid}`, "g"), ""],
  [/[-@_.][0-9a-f]{12,}(?=[-@_.])/g, ""],
  [/^[-._]+(?=.)/, ""],
];

/** `session-12.scope` is `session.scope`, `run-r8f3…e1.service` is `run.service`: such numbers are no names. Named instances stay. */
export function normaliseUnit(unit: string): string {
  const plain = unescapeUnit(unit);
  return /\d/.test(plain) ? foldings.reduce((name, [pattern, replacement]) => name.replace(pattern, replacement), plain) : plain;
}
