/** /proc/PID/maps and smaps_rollup (proc_pid_maps(5), proc_pid_smaps(5)). Only parsing: reading them waits for a lock that the process may hold. */

/** All mappings of one file, or of one kind of memory. */
export interface MappedFile {
  /** A path, the kernel's own name (`[heap]`), or `[anonymous]`. */
  readonly name: string;
  readonly mappings: number;
  readonly bytes: number;
  /** Of these, memory that the process may write to. */
  readonly writableBytes: number;
}

/** `start-end perms offset device inode   path`. */
const mappingLine = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ *(.*)$/;

/** Sums the mappings up by what is mapped, the largest first. Lines that are none (a last one that was cut) are passed over. */
export function parsePidMaps(text: string): readonly MappedFile[] {
  const found = new Map<string, { mappings: number; bytes: number; writableBytes: number }>();
  for (const line of text.split("\n")) {
    const match = mappingLine.exec(line);
    if (match === null) continue;
    const [, start = "", end = "", permissions = "", path = ""] = match;
    const bytes = Number(BigInt(`0x${end}`) - BigInt(`0x${start}`));
    const name = path === "" ? "[anonymous]" : path;
    const sums = found.get(name) ?? { mappings: 0, bytes: 0, writableBytes: 0 };
    found.set(name, {
      mappings: sums.mappings + 1,
      bytes: sums.bytes + bytes,
      writableBytes: sums.writableBytes + (permissions[1] === "w" ? bytes : 0),
    });
  }
  return [...found].map(([name, sums]) => ({ name, ...sums })).sort((a, b) => b.bytes - a.bytes);
}

/** The sums of all mappings by the kernel's own names (`Rss`, `Pss`, `Private_Dirty`, `Swap`), in bytes. */
export function parseSmapsRollup(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/^([A-Z]\w+): +(\d+) kB$/gm)].map(([, name = "", kibibytes]) => [name, Number(kibibytes) * 1024]));
}
