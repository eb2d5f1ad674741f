/**
 * /proc/PID/mounts: `device mountpoint fstype options 0 0` (fstab(5), proc_pid_mounts(5)), and which of them are the same file system,
 * from /proc/PID/mountinfo.
 *
 * A device may be an empty text, and names are bytes: the kernel writes blanks as octal numbers (`\040`) and cares for no encoding.
 */
import { isDenied } from "./errors.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

const blank = 0x20;
const newline = 0x0a;

/** One mounted file system. */
export interface Mount {
  /** What is mounted; bytes that are no UTF-8 are shown as `\xe9`, here and in the mount point. */
  readonly device: string;
  readonly mountpoint: string;
  /** The mount point as it is, where it cannot be shown so. */
  readonly pathBytes?: Buffer;
  readonly fstype: string;
  readonly readOnly: boolean;
  /** The file system's number in the kernel (`8:1`): the same for all mounts of it. Absent where the kernel does not tell. */
  readonly superblock?: string;
}

/** Reads the mounts of pid 1, which are the host's even for a container; our own when those are denied. */
export function readMounts(files: KernelFiles, skips: Skips): Mount[] | undefined {
  const { procfs } = files.root;
  for (const process of ["1", "self"]) {
    try {
      const text = files.read(`${procfs}/${process}/mounts`);
      if (text === undefined) continue;
      const mounts = parseMounts(text, skips);
      const superblocks = readSuperblocks(files, `${procfs}/${process}/mountinfo`);
      return mounts.map((mount) => {
        const superblock = superblocks.get(mount.mountpoint);
        return superblock === undefined ? mount : { ...mount, superblock };
      });
    } catch (error) {
      if (process === "self" || !isDenied(error)) throw error;
    }
  }
  return undefined;
}

/** Parses a mounts file. The last mount on a point hides the earlier ones, so only it is kept. */
export function parseMounts(text: Scanner, skips: Skips): Mount[] {
  const byPoint = new Map<string, Mount>();
  parseLines(text, skips, () => {
    const { shown: device } = nameOf(field(text));
    const { shown: mountpoint, bytes } = nameOf(field(text));
    const fstype = field(text).toString("utf8");
    const options = field(text).toString("latin1");
    const readOnly = /^ro(?:,|$)|,ro(?:,|$)/.test(options);
    const shown = { device, mountpoint, fstype, readOnly };
    byPoint.delete(mountpoint);
    byPoint.set(mountpoint, bytes === undefined ? shown : { ...shown, pathBytes: bytes });
  });
  return [...byPoint.values()];
}

/** By mount point; of several mounts on one the last. Without mountinfo, or with one that is odd, as much as can be told. */
function readSuperblocks(files: KernelFiles, path: string): ReadonlyMap<string, string> {
  try {
    const text = files.read(path);
    return text === undefined ? new Map() : parseSuperblocks(text);
  } catch {
    return new Map();
  }
}

/** Parses a mountinfo file: `36 35 8:1 / /mnt/my\040disk rw,noatime - ext4 /dev/sda1 rw`. */
export function parseSuperblocks(text: Scanner): Map<string, string> {
  const superblocks = new Map<string, string>();
  for (; !text.atEnd; text.skipLine()) {
    field(text);
    field(text);
    const superblock = field(text).toString("latin1");
    field(text);
    superblocks.set(nameOf(field(text)).shown, superblock);
  }
  return superblocks;
}

/** What an escaped name is shown as, and its bytes where those are others. */
function nameOf(raw: Buffer): { readonly shown: string; readonly bytes?: Buffer } {
  const text = raw.toString("utf8");
  // nearly always
  if (!text.includes("\\") && !text.includes("\ufffd")) return { shown: text };
  const bytes = unescapeMount(raw);
  const shown = showBytes(bytes);
  return Buffer.from(shown).equals(bytes) ? { shown } : { shown, bytes };
}

/** What a name of bytes is shown as: valid UTF-8, and different for different names. */
function showBytes(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  if (!text.includes("\ufffd") || Buffer.from(text).equals(bytes)) return text;
  let shown = "";
  for (let at = 0; at < bytes.length; ) {
    const letter = letterAt(bytes, at);
    shown += letter ?? `\\x${(bytes[at] as number).toString(16).padStart(2, "0")}`;
    at += letter === undefined ? 1 : Buffer.byteLength(letter);
  }
  return shown;
}

/** The letter that begins at a byte; undefined when none does. */
function letterAt(bytes: Buffer, at: number): string | undefined {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    const part = bytes.subarray(at, at + length);
    const letter = part.toString("utf8");
    if (Buffer.from(letter).equals(part)) return letter;
  }
  return undefined;
}

/** Blanks and backslashes stand as octal numbers: `\040` is a space. */
export function unescapeMount(raw: Buffer): Buffer {
  if (!raw.includes("\\")) return Buffer.from(raw);
  const bytes: number[] = [];
  for (let at = 0; at < raw.length; at++) {
    const octal = raw.toString("latin1", at, at + 4);
    if (/^\\[0-3][0-7]{2}$/.test(octal)) {
      bytes.push(Number.parseInt(octal.slice(1), 8));
      at += 3;
    } else bytes.push(raw[at] as number);
  }
  return Buffer.from(bytes);
}

/** The first four fields of a line of a mounts file: device, mount point, type, options. */
export function mountFields(text: Scanner): string[] {
  return Array.from({ length: 4 }, () => unescapeMount(field(text)).toString("utf8"));
}

/** Up to the next single blank: a field may be empty. Valid until the next read, as the scanner's bytes are. */
function field(text: Scanner): Buffer {
  const { bytes, at, length } = text;
  if (text.atLineEnd) text.fail("device mountpoint fstype options");
  let end = at;
  while (end < length && bytes[end] !== blank && bytes[end] !== newline) end++;
  text.at = end < length && bytes[end] === blank ? end + 1 : end;
  return bytes.subarray(at, end);
}
