/** What statfs(2) says of a file system, in bytes, as far as it can be. */
import { statfs } from "node:fs/promises";
import { pageBytes, readFragmentBytes, type StatfsAnswer } from "./fragmentSize.ts";

/** Size and room of a file system. */
interface Space {
  readonly sizeBytes: number;
  readonly freeBytes: number;
  readonly availableBytes: number;
  readonly files?: number;
  readonly filesFree?: number;
}

/** In bytes; undefined when the figures cannot be. */
export function spaceOf(answer: StatfsAnswer, fragmentBytes: number): Space | undefined {
  const { blocks, bfree, files, ffree } = answer;
  const bavail = withoutSign(answer.bavail);
  // more free than there is: which of the two is wrong nobody can tell
  if (withoutSign(blocks) !== blocks || bfree > blocks || bavail > blocks) return undefined;
  const space = { sizeBytes: blocks * fragmentBytes, freeBytes: bfree * fragmentBytes, availableBytes: bavail * fragmentBytes };
  return ffree > files ? space : { ...space, files, filesFree: ffree };
}

/** Below zero is what only root may still write, on a file system that is full for everybody else; the kernel knows no sign there. */
function withoutSign(blocks: number): number {
  return blocks >= 2 ** 63 || blocks < 0 ? 0 : blocks;
}

/** How much may still be written to the file system of `path`, at least. */
export async function readAvailableBytes(path: string): Promise<number> {
  const answer = await statfs(path);
  return withoutSign(answer.bavail) * ((await readFragmentBytes(path, answer)) ?? Math.min(answer.bsize, pageBytes));
}
