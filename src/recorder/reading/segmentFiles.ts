/** What lies in a recording's directory. */
import { readdir } from "node:fs/promises";
import { codeOf } from "../../model/errors.ts";
import { type Segment, segmentsOf } from "../format/segmentNames.ts";

/** Lists a directory; one that is not there holds nothing. */
export async function listSegments(directory: string): Promise<readonly Segment[]> {
  return segmentsOf(await readNames(directory));
}

/** The names in a directory; none when it is not there. */
export async function readNames(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** Whether an error is the system's of this code. */
export function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}
