/** Files of a recording that are there whole or not at all. */
import { open, rename, rm } from "node:fs/promises";
import { partialSuffix } from "./format/segmentNames.ts";

/** Writes one: under another name until it is complete and on the disk. */
export async function writeWhole(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const partial = `${path}${partialSuffix}`;
  try {
    await write(partial);
    const handle = await open(partial, "r");
    await handle.sync().finally(() => handle.close());
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}
