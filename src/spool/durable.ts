/** Files that are there after a power cut once the promise has resolved: temporary file, fsync, rename, fsync of the directory. */
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Puts `text` at `path` as a whole or not at all; rejects with the system's error and leaves what was there before. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
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

/** False when the directory above is missing. */
async function mkdirOnce(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return true;
    if (code === "ENOENT" && dirname(path) !== path && !(await exists(dirname(path)))) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
