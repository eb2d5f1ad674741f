import assert from "node:assert/strict";
import { wantsColour } from "../../src/config.ts";

describe("Colours", () => {
  for (const [what, isTerminal, env, expected] of [
    ["are for a terminal", true, { TERM: "xterm" }, true],
    ["are not for a pipe", false, { TERM: "xterm" }, false],
    ["are refused by NO_COLOR", true, { NO_COLOR: "1" }, false],
    ["are refused by whatever NO_COLOR says", true, { NO_COLOR: "false" }, false],
    ["are not refused by an empty NO_COLOR", true, { NO_COLOR: "" }, true],
    ["are not for a terminal that has none", true, { TERM: "dumb" }, false],
  ] as const) {
    it(what, () => assert.equal(wantsColour({ isTerminal, env }), expected));
  }
});
