/** Folders of sysfs in which each entry is a device. */
import type { AskedFiles } from "./askedFiles.ts";
import { isGone } from "./errors.ts";

/** The names of the folders (and links to folders) in one; undefined where it is not there. */
export async function folderNames(files: AskedFiles, folder: string, pattern = /./): Promise<string[] | undefined> {
  try {
    return (await files.list(folder)).flatMap(({ name, isFile }) => (isFile || !pattern.test(name) ? [] : [name]));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The names of the files in a folder; none where it is not there. */
export async function fileNames(files: AskedFiles, folder: string): Promise<string[]> {
  try {
    return (await files.list(folder)).flatMap(({ name, isFile }) => (isFile ? [name] : []));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
