/** What a script, a jar or a module is called: without its folder, and without the parts that are different every time. */

const longestName = 80;

/** Code, a shell's line or a masked secret, but no name of a file. */
const noName = /[;|&<>`"'{}\\\n]|\$\(|\*\*\*/;

/** The parts of a name that another run of the same thing has otherwise. */
const changingParts: readonly RegExp[] = [
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, // a UUID
  /\d{4}[-_.]\d{2}[-_.]\d{2}(?:[T_.-]?\d{2}[-_.h]?\d{2}(?:[-_.m]?\d{2})?)?/g, // a date, and perhaps a time
  /(?<![0-9A-Za-z])(?=[0-9a-f]*\d)[0-9a-f]{12,}(?![0-9A-Za-z])/gi, // a hash or an id
  /\d{5,}/g, // a time stamp, a pid, a counter
];

/** mktemp and its relatives: `tmp.Xy12Ab34Cd`, Python's `tmpab12cd_3.py`. */
const temporary = /^(tmp[._-]?)(?=[A-Za-z]*[\d_])\w{6,12}(?=\.|$)/;
const inTemporaryFolder = /^(tmp[._-]?)\w{6,12}(?=\.|$)/;
const temporaryFolder = /^(?:\/var)?\/tmp\/|\/_temp\//;

/** The name of a script from the path that an interpreter was given; undefined where that names nothing. */
export function scriptName(path: string): string | undefined {
  const file = /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? path.replace(/[?#].*$/s, "") : path;
  if (/^\/(?:dev|proc)\//.test(file)) return undefined;
  const name = plainName(baseName(file));
  if (name === undefined) return undefined;
  return foldChanging(name.replace(temporaryFolder.test(file) ? inTemporaryFolder : temporary, "$1*"));
}

/** The name of a module, a class or a command, which has no folder; undefined where it is none. */
export function plainName(text: string): string | undefined {
  if (!/[\p{L}\d]/u.test(text) || noName.test(text)) return undefined;
  return text.length <= longestName ? text : `${[...text].slice(0, longestName).join("")}…`;
}

/** Dates, hashes, long numbers become `*`. Short numbers stay: `python3`, `app-1.2.jar`, `worker-8080.js`. */
export function foldChanging(name: string): string {
  if (!/\d/.test(name)) return name;
  return changingParts.reduce((text, part) => text.replace(part, "*"), name).replace(/\*(?:[-_.]?\*)+/g, "*");
}

/** What follows the last slash, or the last backslash of a Windows path; slashes at the end do not count. */
export function baseName(path: string): string {
  const separator = /^[A-Za-z]:\\/.test(path) ? "\\" : "/";
  let end = path.length;
  while (end > 1 && path[end - 1] === separator) end--;
  return path.slice(path.lastIndexOf(separator, end - 1) + 1, end);
}
