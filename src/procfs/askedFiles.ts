/** Files that are asked for and not read, because they may never answer: what a device says, what a server holds. */

import type { Skips } from "./skips.ts";

/** A file or a folder, as far as it matters whether to read it. */
interface AskedStat {
  readonly isFile: boolean;
  readonly isFolder: boolean;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Differs when the file is another, or was written again. */
  readonly identity: string;
}

/** An entry of a folder. */
export interface AskedEntry {
  readonly name: string;
  readonly isFile: boolean;
}

/** A question about a file that is one of several of the same thing. */
export interface AskedFile {
  readonly path: string;
  /** It asks the device, which may take its time. */
  readonly isDoubtful?: boolean;
  /** That the kernel refuses it is nothing odd: not every device has everything. */
  readonly mayRefuse?: boolean;
}

/** Asks. A file that does not answer in time is left out, or is an error that says so. */
export interface AskedFiles {
  /** The text of each file that gives one; `skips` counts those that are odd, or silent. A file of sysfs gives all of it in one go. */
  texts(files: readonly AskedFile[], skips: Skips): Promise<ReadonlyMap<string, string>>;
  /** The whole of one file. Throws as the kernel does. */
  bytes(path: string, most: number): Promise<Buffer>;
  /** Throws as the kernel does. */
  list(folder: string): Promise<readonly AskedEntry[]>;
  /** Throws as the kernel does. */
  stat(path: string): Promise<AskedStat>;
}
