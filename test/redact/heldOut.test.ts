import assert from "node:assert/strict";
import { basename } from "node:path";
import { carefulRedactor } from "../../src/redact/redactor.ts";
import { type Case, readHeldOut } from "./support/cases.ts";

/** Of hundred secrets that no example of the tables is, at most so many come out. */
const mostLeaks = 2;
/** Of hundred harmless lines at most so many lose something. */
const mostLosses = 1;

const secretFiles = ["secrets.txt", "flags.txt", "secrets2.txt", "secrets3.txt", "secrets4.txt", "secrets5.txt", "secrets6.txt"];
/** Written for what machines make; too few lines of it have what people choose. */
const generatedAlone: ReadonlySet<string> = new Set(["secrets6.txt"]);
const harmlessFiles = ["harmless.txt", "harmlessFlags.txt", "harmless2.txt", "harmless3.txt", "harmless4.txt", "harmless5.txt"];

function kept({ argv, text }: Case): string {
  return argv === undefined ? carefulRedactor.text(text) : carefulRedactor.argumentList(argv).arguments.join(" ");
}

function assertAtMost(percent: number, bad: readonly string[], all: readonly Case[]): void {
  assert.ok(all.length > 100);
  assert.ok((100 * bad.length) / all.length <= percent, `${bad.length} of ${all.length}:\n${bad.join("\n")}`);
}

describe("of lines that the tables were not made from", () => {
  for (const file of secretFiles) {
    for (const origin of ["generated", "chosen"] as const) {
      if (origin === "chosen" && generatedAlone.has(file)) continue;
      it(`hardly any ${origin} secret comes out (${file})`, () => {
        const cases = readHeldOut(file)[origin];
        const leaks = cases.filter((one) => one.pieces.some((piece) => kept(one).includes(piece)));
        assertAtMost(
          mostLeaks,
          leaks.map((one) => `${one.written}\n  ${kept(one)}`),
          cases,
        );
      });
    }
  }

  for (const file of harmlessFiles) {
    it(`hardly any harmless one loses anything (${file})`, () => {
      const cases = readHeldOut(file).generated;
      const losses = cases.filter((one) => kept(one) !== (one.argv?.join(" ") ?? one.text));
      assertAtMost(
        mostLosses,
        losses.map((one) => `${one.written}\n  ${kept(one)}`),
        cases,
      );
    });
  }

  it("none loses the name of its program", () => {
    for (const file of [...secretFiles, ...harmlessFiles]) {
      for (const one of readHeldOut(file).generated) {
        const program = one.argv?.[0] ?? "";
        if (program === "" || program.includes("=")) continue;
        assert.ok(kept(one).includes(basename(program)), `${one.written}\n  ${kept(one)}`);
      }
    }
  });
});
