/** Files that are there after a power cut once the promise has resolved: temporary file, fsync, rename, fsync of the directory. */
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "../model/errors.ts";

/**
 * Puts `content` at `path` as a whole or not at all; rejects with the system's error and leaves what was there before. A directory that
 * somebody has removed is made again.
 */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  await inItsDirectory(path, async () => (await prepareFile(path, content, `${path}.tmp`)).commit());
}

/** Writes a file; where its directory is missing, once more after making that. Rejects with the system's error. */
export async function inItsDirectory<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    await makeDirectory(dirname(path));
    return write();
  }
}

/** Who shall own a file; -1 leaves it to the system. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Who may do what with a file; left out, it is this user's alone. */
export interface FileAccess {
  readonly mode: number;
  readonly owner: FileOwner;
}

/** A file that is written and on disk, under a name that nobody looks at. */
export interface PreparedFile {
  /** Puts it where it belongs. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** Writes a file without putting it in its place: what a full disk refuses is refused before anything has changed. */
export async function prepareFile(
  path: string,
  content: string | Uint8Array,
  temporary: string,
  access?: FileAccess,
): Promise<PreparedFile> {
  const discard = () => rm(temporary, { force: true }).catch(() => undefined);
  const orDiscard = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      await discard();
      throw error;
    }
  };
  await orDiscard(async () => {
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(content);
      // first the owner: changing it takes mode bits away
      if (access !== undefined && (access.owner.uid !== -1 || access.owner.gid !== -1))
        await file.chown(access.owner.uid, access.owner.gid);
      if (access !== undefined) await file.chmod(access.mode);
      await file.sync();
    } finally {
      await file.close();
    }
  });
  const commit = () =>
    orDiscard(async () => {
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    });
  return { commit, discard };
}

/** Housekeeping waits for a disk that can be written: the next start tries again. */
export async function unlessRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!refusesToWrite(error)) throw error;
  }
}

/** Makes the names in a directory (renames, removals) as durable as the files. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a directory and those above it that are missing, for nobody but this user.
 *
 * Not `mkdir` with `recursive`: Node 20 never comes back from it below /proc.
 */
export async function makeDirectory(path: string): Promise<void> {
  const made = await mkdirOnce(path);
  if (made) return;
  await makeDirectory(dirname(path));
  if (!(await mkdirOnce(path))) throw new Error(`${path}: the directory above it refuses new entries`);
}

/** Makes a directory if the disk takes one now; false when writers must try again later. @throws what does not pass by itself */
export async function makeDirectoryIfPossible(path: string): Promise<boolean> {
  try {
    await makeDirectory(path);
    return true;
  } catch (error) {
    if (!refusesToWrite(error)) throw error;
    return false;
  }
}

/** What a storage answers that is full, read only, damaged or not ours to write to: it may be otherwise in a while. */
const refusals: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO", "EACCES", "EPERM", "EMFILE", "ENFILE"]);

/** True when an error, or what caused it, says that the disk takes nothing now; a path that cannot be one is another matter. */
export function refusesToWrite(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return refusals.has(codeOf(error)) || refusesToWrite(error.cause);
}

/** False when the directory above is missing. */
async function mkdirOnce(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return true;
    if (code === "ENOENT" && dirname(path) !== path) return false;
    throw error;
  }
}
