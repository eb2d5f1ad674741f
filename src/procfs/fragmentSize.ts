/**
 * In which unit statfs(2) counts blocks: `f_frsize`, which is not the size of a transfer, `f_bsize`, on FUSE and virtiofs.
 *
 * Node 24 and later tell it. For the others stat(1) is asked, which costs a process: once for a mount, and only where the two may differ.
 */
import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { platform } from "node:os";

/** What Node's statfs says. */
export interface StatfsAnswer {
  readonly type?: number;
  readonly bsize: number;
  readonly frsize?: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** Magic numbers of file systems (statfs(2)) whose code in the kernel counts in `f_bsize`. */
const countInTransfers = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xca451a4e, // bcachefs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0x3153464a, // jfs
  0x52654973, // reiserfs
  0x4d44, // vfat
  0x2011bab0, // exfat
  0x7366746e, // ntfs3
  0x15013346, // udf
  0x9660, // iso9660
  0x73717368, // squashfs
  0xe0f5e1e2, // erofs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x6969, // nfs
  0xff534d42, // cifs
  0xfe534d42, // smb2
  0x01021997, // 9p
  0x00c36400, // ceph
]);

/** No file system counts in larger fragments than a page unless it says so. */
export const pageBytes = 4096;

const limitMs = 2000;

/** What a child may look for its program in: nothing of the environment is passed on. */
const programFolders = "/usr/bin:/bin:/usr/local/bin:/run/current-system/sw/bin";

/** The size of a block of `answer`, which statfs gave for `path`; undefined when it cannot be found out. */
export async function readFragmentBytes(path: string | Buffer, answer: StatfsAnswer): Promise<number | undefined> {
  const { type, bsize, frsize } = answer;
  if (frsize !== undefined && frsize > 0) return frsize;
  // elsewhere libuv gives what counts; a type that is not known is that of a test
  if (type === undefined || platform() !== "linux" || countInTransfers.has(type >>> 0)) return bsize;
  return (await askStat(path)) ?? (bsize <= pageBytes ? bsize : undefined);
}

async function askStat(path: string | Buffer): Promise<number | undefined> {
  const text = path.toString();
  if (typeof path === "string" || Buffer.from(text).equals(path)) return runStat(text);
  // an argument is text: a name that is none is shown to the child as an open descriptor
  const folder = await open(path, pathOnly).catch(() => undefined);
  if (folder === undefined) return undefined;
  try {
    return await runStat(`/proc/${process.pid}/fd/${folder.fd}`);
  } finally {
    await folder.close();
  }
}

/** O_PATH, which Node has no name for: the file system is not asked to open anything. */
const pathOnly = 0o10000000;

function runStat(path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const argv = ["-L", "-f", "-c", "%S", path];
    const env = { PATH: programFolders, LC_ALL: "C" };
    const options = { env, cwd: "/", signal: AbortSignal.timeout(limitMs), killSignal: "SIGKILL" } as const;
    const child = execFile("stat", argv, options, (error, output) => {
      const bytes = Number(output);
      resolve(error === null && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined);
    });
    // one that hangs keeps nobody from ending
    child.unref();
  });
}

const mostKnown = 5000;
/** What could not be found out is looked for again after so many questions. */
const triedAgainAfter = 30;

/** Remembers the sizes: those of a mounted file system do not change. */
export class FragmentSizes {
  readonly #known = new Map<string, number>();
  readonly #unknown = new Map<string, number>();

  /** As `readFragmentBytes`. */
  async of(path: string | Buffer, answer: StatfsAnswer): Promise<number | undefined> {
    const key = `${answer.type} ${answer.bsize} ${path.toString("latin1")}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked = this.#unknown.get(key) ?? 0;
    this.#unknown.delete(key);
    if (asked % triedAgainAfter === 0) {
      const bytes = await readFragmentBytes(path, answer);
      if (this.#known.size >= mostKnown) this.#known.clear();
      if (bytes !== undefined) this.#known.set(key, bytes);
      if (bytes !== undefined) return bytes;
    }
    if (this.#unknown.size >= mostKnown) this.#unknown.clear();
    this.#unknown.set(key, asked + 1);
    return undefined;
  }
}
