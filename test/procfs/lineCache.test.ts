import assert from "node:assert/strict";
import { LineCache } from "../../src/procfs/lineCache.ts";
import type { Scanner } from "../../src/procfs/scanner.ts";
import { scan } from "../support/text.ts";

describe("a file of lines that is read again and again", () => {
  const parse = (text: Scanner) => ({ name: text.word(), value: text.number() });

  it("gives the same array while nothing has changed, and the same values for the lines that have not", () => {
    const cache = new LineCache(parse);
    const first = cache.parse(scan("a 1\nb 2\nc 3\n"));
    assert.equal(cache.parse(scan("a 1\nb 2\nc 3\n")), first);
    const second = cache.parse(scan("a 1\nb 22\nc 3\n"));
    assert.deepEqual(second, [
      { name: "a", value: 1 },
      { name: "b", value: 22 },
      { name: "c", value: 3 },
    ]);
    assert.deepEqual(
      second.map((value, index) => value === first[index]),
      [true, false, true],
    );
  });

  it("follows lines that come, go and change places", () => {
    const cache = new LineCache(parse);
    for (const text of ["a 1\nb 2\n", "b 2\n", "", "b 2\na 1\nc 33", "c 33\n", "c 33\nd 4\n"]) {
      assert.deepEqual(cache.parse(scan(text)), new LineCache(parse).parse(scan(text)), text);
    }
  });

  it("begins where the scanner stands, below a head that may change", () => {
    const cache = new LineCache(parse);
    const below = (text: string) => {
      const scanner = scan(text);
      scanner.skipLine();
      return cache.parse(scanner);
    };
    const first = below("head\na 1\n");
    assert.equal(below("a longer head\na 1\n"), first);
  });

  it("does not keep a text that could not be parsed", () => {
    const cache = new LineCache(parse);
    const first = cache.parse(scan("a 1\nb 2\n"));
    assert.throws(() => cache.parse(scan("a 1\nb x\n")), /expected a number, got "b x"/);
    assert.throws(() => cache.parse(scan("a 1\nb x\n")), /expected a number/);
    assert.deepEqual(cache.parse(scan("a 1\nb 2\n")), first);
  });
});
