/** /proc/spl/kstat/zfs/arcstats: ZFS' own cache (ARC), which gives way like the page cache but is not in MemAvailable. */
import { MalformedError } from "./errors.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** A machine without ZFS is asked so rarely: the module may be loaded later. */
const askedAgainSeconds = 60;

/** Reads what the ARC can give back, tick after tick. */
export class ArcReader {
  readonly #files: KernelFiles;
  readonly #skips: Skips;
  #nextSeconds = Number.NEGATIVE_INFINITY;
  #isOwnMeminfo: boolean | undefined;

  constructor(files: KernelFiles, skips: Skips) {
    this.#files = files;
    this.#skips = skips;
  }

  /** In bytes; undefined where there is no ZFS, or where /proc/meminfo is that of a container and ZFS the host's. */
  readReclaimableBytes(nowSeconds: number): number | undefined {
    if (nowSeconds < this.#nextSeconds) return undefined;
    const path = `${this.#files.root.procfs}/spl/kstat/zfs/arcstats`;
    const bytes = this.#skips.attempt(path, () => {
      const text = this.#files.readAtOnce(path);
      return text && parseReclaimableBytes(text);
    });
    if (bytes !== undefined) this.#isOwnMeminfo ??= this.#readIsOwnMeminfo();
    if (bytes !== undefined && this.#isOwnMeminfo) return bytes;
    this.#nextSeconds = nowSeconds + askedAgainSeconds;
    return undefined;
  }

  /** False where lxcfs, or somebody else, has mounted another file over it. */
  #readIsOwnMeminfo(): boolean {
    const { procfs } = this.#files.root;
    const text = this.#files.read(`${procfs}/self/mounts`);
    return text === undefined || !text.bytes.subarray(0, text.length).includes(` ${procfs}/meminfo `);
  }
}

/** Parses arcstats: two lines of head, then `name type value`. All above its least size can be had, and in an instant. */
function parseReclaimableBytes(text: Scanner): number {
  const found: { size?: number; c_min?: number } = {};
  for (; !text.atEnd; text.skipLine()) {
    for (const name of ["size", "c_min"] as const) {
      if (!text.take(`${name} `)) continue;
      text.skipWord();
      found[name] = text.number();
    }
  }
  const { size, c_min: least } = found;
  if (size === undefined || least === undefined) throw new MalformedError(text.path, "", "lines size and c_min");
  return Math.max(0, size - least);
}
