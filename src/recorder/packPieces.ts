/** Packs texts as the pieces of one file (format/pieces.ts), without holding up the event loop. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { encodePiecesHead, type PiecesHead } from "./format/pieces.ts";

const packText = promisify(gzip);

/** The file; `header` is the first line of a segment. */
export async function packPieces(header: string, texts: readonly string[], more: Omit<PiecesHead, "bytes"> = {}): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (const text of texts) pieces.push(await packText(text));
  const head = encodePiecesHead(header, { bytes: pieces.map(({ length }) => length), ...more });
  return Buffer.concat([await packText(head), ...pieces]);
}
