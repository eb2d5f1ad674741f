import assert from "node:assert/strict";
import { carefulRedactor } from "../../src/redact/redactor.ts";
import { type Case, readCases } from "./support/cases.ts";

/** What Culprit keeps of a case. */
function kept({ argv, text }: Case): string {
  return argv === undefined ? carefulRedactor.text(text) : carefulRedactor.argumentList(argv).arguments.join(" ");
}

describe("no secret leaves it", () => {
  for (const { kind, cases } of readCases("secrets.txt")) {
    it(`behind ${kind}`, () => {
      for (const one of cases) {
        const shown = kept(one);
        for (const piece of one.pieces) assert.ok(!shown.includes(piece), `${one.written}\nshows ${piece} in\n${shown}`);
      }
    });
  }

  it("in the line either, which is what ps would show of the arguments", () => {
    for (const { cases } of readCases("secrets.txt")) {
      for (const { argv, pieces, written } of cases) {
        const line = argv && carefulRedactor.commandLine(argv).text;
        for (const piece of pieces) assert.ok(line?.includes(piece) !== true, `${written}\nshows ${piece} in\n${line}`);
      }
    }
  });

  it("a second time changes nothing", () => {
    for (const { cases } of readCases("secrets.txt")) {
      for (const one of cases) {
        const line = one.argv === undefined ? carefulRedactor.text(one.text) : carefulRedactor.commandLine(one.argv).text;
        assert.equal(carefulRedactor.text(line), line, one.written);
      }
    }
  });
});

describe("nothing is lost of", () => {
  for (const { kind, cases } of readCases("harmless.txt")) {
    it(kind, () => {
      for (const one of cases) assert.equal(kept(one), one.argv?.join(" ") ?? one.text);
    });
  }
});
