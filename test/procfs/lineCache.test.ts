import assert from "node:assert/strict";
import { LineCache } from "../../src/procfs/lineCache.ts";
import type { Scanner } from "../../src/procfs/scanner.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { scan } from "../support/text.ts";

describe("a file of lines that is read again and again", () => {
  const parse = (text: Scanner) => ({ name: text.word(), value: text.number() });

  it("gives the same array while nothing has changed, and the same values for the lines that have not", () => {
    const cache = new LineCache(parse, new Skips());
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
    const cache = new LineCache(parse, new Skips());
    for (const text of ["a 1\nb 2\n", "b 2\n", "", "b 2\na 1\nc 33", "c 33\n", "c 33\nd 4\n"]) {
      assert.deepEqual(cache.parse(scan(text)), new LineCache(parse, new Skips()).parse(scan(text)), text);
    }
  });

  it("goes on in steps with the text that it began with, whatever its reader reads in between", () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line${index} ${index}\n`).join("");
    const scanner = scan(lines);
    const cache = new LineCache(parse, new Skips());
    const steps = cache.parseInSteps(scanner);
    let count = 0;
    let step = steps.next();
    scanner.bytes.fill("x");
    scanner.reset("/proc/other", Buffer.from("other 1\n"), 8);
    for (; !step.done; step = steps.next()) count++;
    assert.ok(count > 10);
    assert.deepEqual(step.value, new LineCache(parse, new Skips()).parse(scan(lines)));
    assert.equal(cache.parse(scan(lines)), step.value);
  });

  it("begins where the scanner stands, below a head that may change", () => {
    const cache = new LineCache(parse, new Skips());
    const below = (text: string) => {
      const scanner = scan(text);
      scanner.skipLine();
      return cache.parse(scanner);
    };
    const first = below("head\na 1\n");
    assert.equal(below("a longer head\na 1\n"), first);
  });

  it("leaves out the line that it does not understand and counts it in every reading, changed or not", () => {
    const skips = new Skips();
    const cache = new LineCache(parse, skips);
    const first = cache.parse(scan("a 1\nb 2\n"));
    for (const text of ["a 1\nb x\n", "a 1\nb x\n"]) {
      const [only, ...others] = cache.parse(scan(text));
      assert.equal(only, first[0]);
      assert.deepEqual(others, []);
      assert.deepEqual(skips.take(), { count: 1, notes: [{ path: "/proc/test", reason: 'expected a number, got "b x"' }] });
    }
    assert.deepEqual(cache.parse(scan("a 1\nb 2\n")), first);
    assert.equal(skips.take(), undefined);
  });

  it("does not call it a file of such lines when none is understood", () => {
    const cache = new LineCache(parse, new Skips());
    for (let reading = 0; reading < 2; reading++) assert.throws(() => cache.parse(scan("a x\nb x\n")), /expected a number, got "a x"/);
    assert.equal(cache.parse(scan("a 1\n")).length, 1);
  });
});
