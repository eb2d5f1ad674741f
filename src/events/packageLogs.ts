/** Follows the logs of package managers, apart from the tick: their last part at first, then what is added, over their rotation. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import { type PackageChange, type PackageLog, packageLogs, packagesEvent, transactionsOf } from "./packageLines.ts";

interface PackageLogsOptions {
  readonly rootfs: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvents: (events: readonly MachineEvent[]) => void;
}

const everySeconds = 60;
/** So much of a log is read at a time, and at first. */
const mostBytes = 256 * 1024;
/** Of a transaction that goes on so many changes are remembered. */
const mostOpen = 2000;

/** Where reading stands. */
interface Place {
  readonly inode: number;
  readonly position: number;
}

interface Followed {
  readonly source: PackageLog;
  place: Place | undefined;
  /** Those of the transaction that may go on. */
  open: readonly PackageChange[];
  complaint: string | undefined;
}

/** Follows them from `start` to `stop`. */
export class PackageLogs {
  readonly #options: PackageLogsOptions;
  readonly #followed: readonly Followed[];
  #cancel: Cancel = () => undefined;
  #isStopped = false;

  constructor(options: PackageLogsOptions) {
    this.#options = options;
    this.#followed = packageLogs.map((source) => ({ source, place: undefined, open: [], complaint: undefined }));
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { clock, onEvents } = this.#options;
    for (const followed of this.#followed) {
      const events = await this.#read(followed);
      if (this.#isStopped) return;
      if (events.length > 0) onEvents(events);
    }
    this.#cancel = clock.after(everySeconds, () => void this.#look());
  }

  async #read(followed: Followed): Promise<readonly MachineEvent[]> {
    const { rootfs, log } = this.#options;
    const { source } = followed;
    const path = join(rootfs, source.path);
    try {
      const text = await news(path, followed);
      followed.complaint = undefined;
      const changes = text.split("\n").flatMap((line) => source.parse(line) ?? []);
      if (changes.length === 0) return [];
      const transactions = transactionsOf([...followed.open, ...changes]);
      followed.open = (transactions.at(-1) ?? []).slice(-mostOpen);
      return transactions.map((one) => packagesEvent(source, one));
    } catch (error) {
      const complaint = reasonOf(error);
      if (codeOf(error) !== "ENOENT" && complaint !== followed.complaint) {
        log.info("events: a log of packages cannot be read", { file: path, reason: complaint });
      }
      followed.complaint = complaint;
      return [];
    }
  }
}

/** What was added since the last time, whole lines only. */
async function news(path: string, followed: Followed): Promise<string> {
  const { place } = followed;
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { ino, size } = await file.stat();
    if (place === undefined) {
      const [text, position] = await linesFrom(file, Math.max(0, size - mostBytes));
      followed.place = { inode: ino, position };
      // what was begun before is half a line
      return size > mostBytes ? text.slice(text.indexOf("\n") + 1) : text;
    }
    const isAnother = place.inode !== ino || size < place.position;
    const end = isAnother ? await restOf(`${path}.1`, place) : "";
    const [text, position] = await linesFrom(file, isAnother ? 0 : place.position);
    followed.place = { inode: ino, position };
    return end + text;
  } finally {
    await file.close();
  }
}

/** What was added to the old one before it was put aside; nothing where it was packed or removed. */
async function restOf(path: string, { inode, position }: Place): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return "";
  try {
    const { ino } = await file.stat();
    return ino === inode ? (await linesFrom(file, position))[0] : "";
  } finally {
    await file.close();
  }
}

/** The whole lines from a position on, and where they end. */
async function linesFrom(file: FileHandle, position: number): Promise<readonly [text: string, end: number]> {
  const buffer = Buffer.allocUnsafe(mostBytes);
  let length = 0;
  while (length < mostBytes) {
    const { bytesRead } = await file.read(buffer, length, mostBytes - length, position + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  const whole = buffer.subarray(0, length).lastIndexOf(0x0a) + 1;
  // a line longer than all that is read at once is none of a package manager
  const taken = whole === 0 && length === mostBytes ? length : whole;
  return [buffer.toString("utf8", 0, taken), position + taken];
}
