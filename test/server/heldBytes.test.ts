import assert from "node:assert/strict";
import { HeldBytes } from "../../src/server/heldBytes.ts";

const tiny = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
const mostHeadBytes = 256;

/** What a parser would be given of these bytes, when they come in parts of so many. */
function piecesOf({ head, rest }: { readonly head: string; readonly rest: string }, headers: object, partBytes: number): Buffer[] {
  const bytes = Buffer.from(head + rest);
  const held = new HeldBytes();
  const pieces: Buffer[] = [];
  let given = 0;
  let hasBegun = false;
  for (let at = 0; at < bytes.length; at += partBytes) {
    held.add(bytes.subarray(at, at + partBytes));
    while (held.bytes > 0) {
      const piece = held.take();
      pieces.push(piece);
      given += piece.length;
      if (!hasBegun && given >= head.length) held.expectBody({ ...headers });
      hasBegun = given >= head.length;
    }
  }
  assert.ok(Buffer.concat(pieces).equals(bytes), "something was lost or changed");
  return pieces;
}

function chunked(chunks: readonly string[]): { readonly head: string; readonly rest: string } {
  const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
  return { head: "POST /webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", rest: body };
}

describe("What a connection holds is given to its parser", () => {
  const inChunks = { "transfer-encoding": "chunked" };

  it("in small pieces where it may be requests", () => {
    const pieces = piecesOf({ head: "", rest: tiny.repeat(1000) }, {}, 65_536);
    assert.ok(Math.max(...pieces.map(({ length }) => length)) <= mostHeadBytes);
  });

  it("in large ones where it is a body of a known length, and not beyond its end", () => {
    const body = "x".repeat(1_000_000);
    const head = `POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n`;
    const pieces = piecesOf({ head, rest: body + tiny.repeat(1000) }, { "content-length": String(body.length) }, 65_536);
    const large = pieces.filter(({ length }) => length > mostHeadBytes);
    assert.ok(large.every((piece) => !piece.includes("GET")));
    assert.ok(pieces.length < 300, `${pieces.length} pieces`);
  });

  it("in large ones where it is a body in chunks", () => {
    const pieces = piecesOf(chunked(Array<string>(80).fill("x".repeat(262_144))), inChunks, 65_536);
    assert.ok(pieces.length < 2000, `${pieces.length} pieces of 20 MB`);
  });

  it("in small ones from the end of the chunks on, however they and the network part it", () => {
    const ends = ["0\r\n\r\n", "000\r\n\r\n", `0;${"e".repeat(2000)}\r\n\r\n`, `0\r\nTrailer: ${"t".repeat(3000)}\r\n\r\n`];
    for (const end of ends) {
      for (const chunks of [[], ["x".repeat(10)], ["x".repeat(30_000), "y\n0z".repeat(20)], ["\n"], ["0".repeat(700)]]) {
        const { head, rest } = chunked(chunks);
        for (const partBytes of [1, 7, 255, 256, 257, 1000, 65_536]) {
          const pieces = piecesOf({ head, rest: rest + end + tiny.repeat(100) }, inChunks, partBytes);
          const tooLarge = pieces.filter((piece) => piece.length > mostHeadBytes && piece.includes("GET"));
          assert.deepEqual(tooLarge, [], `${JSON.stringify(end.slice(0, 10))} behind ${chunks.length} chunks in parts of ${partBytes}`);
        }
      }
    }
  });
});
