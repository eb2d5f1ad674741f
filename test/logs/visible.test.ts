import assert from "node:assert/strict";
import { createLog } from "../../src/log.ts";
import { visible, visibleJson, visibleLines } from "../../src/visible.ts";

const acting = "\u001b[31m \u009b \u007f \u0000 \u202e \u2066 \u200b \u200d \ufeff \u2028 \u{e0041} \ud800 \ue000 \u00ad";
const shown = "\\x1b[31m \\x9b \\x7f \\x00 \\u202e \\u2066 \\u200b \\u200d \\ufeff \\u2028 \\u{e0041} \\ud800 \\ue000 \\xad";

describe("What would act instead of being shown", () => {
  it("is written as an escape, and all else stays what it is", () => {
    assert.equal(visible(acting), shown);
    const plain = "grün, 日本語, 🙂, e\u0301, tab-free \\x1b";
    assert.equal(visible(plain), plain);
    assert.equal(visible("a\nb\tc\r"), "a\\x0ab\\x09c\\x0d");
  });

  it("leaves line ends and tabs alone in a text of several lines", () => {
    assert.equal(visibleLines(`a\n\tb\r\n${acting}`), `a\n\tb\\x0d\n${shown}`);
  });

  it("is escaped in JSON so that whoever parses it gets what there was", () => {
    const json = JSON.stringify({ text: acting });
    assert.doesNotMatch(visibleJson(json), /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
    assert.deepEqual(JSON.parse(visibleJson(json)), { text: acting });
  });

  it("reaches no terminal by a line of the log, be it text or JSON, message or field", () => {
    for (const format of ["text", "json"] as const) {
      const lines: string[] = [];
      const log = createLog({ level: "info", format, stream: { write: (line) => void lines.push(line) } });
      log.info("from \u001b[2J", { name: "\u001b[31m", nested: { user: "\u202eroot" }, list: ["\u009b"] });
      assert.equal(lines.length, 1);
      assert.doesNotMatch((lines[0] ?? "").replace(/\n$/, ""), /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.match(lines[0] ?? "", /202eroot/);
    }
  });
});
