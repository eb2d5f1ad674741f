import assert from "node:assert/strict";
import { parseDotenv } from "../../src/config/dotenv.ts";

function variables(text: string): Record<string, string> {
  const result = parseDotenv(text);
  assert.ok("variables" in result, "every line is understood");
  return Object.fromEntries(result.variables);
}

describe("A .env file", () => {
  it("gives names and values, with comments and empty lines between", () => {
    assert.deepEqual(variables("# head\n\nA=1\n  B = two words  \nexport C=3 # not part of it\nD=a#b\nE=\n"), {
      A: "1",
      B: "two words",
      C: "3",
      D: "a#b",
      E: "",
    });
  });

  it("takes what is in single quotes as it is, and escapes in double quotes", () => {
    assert.deepEqual(variables(`A='a "b" \\n # c' # d\nB="a\\nb \\"c\\" \\\\ $"\n`), { A: 'a "b" \\n # c', B: 'a\nb "c" \\ $' });
  });

  it("lets quoted values go over several lines", () => {
    assert.deepEqual(variables('KEY="-----BEGIN\nabc\n-----END"\nNEXT=1'), { KEY: "-----BEGIN\nabc\n-----END", NEXT: "1" });
  });

  it("may come from Windows", () => assert.deepEqual(variables("\ufeffA=1\r\nB='x'\r\n"), { A: "1", B: "x" }));

  it("lets the last of two values win, as a shell would", () => assert.deepEqual(variables("A=1\nA=2"), { A: "2" }));

  for (const [text, badLine] of [
    ["A=1\nnonsense\nB=2", 2],
    ["A=1\n\nB='open\nC=1", 3],
    ['A="x" y', 1],
    ["=1", 1],
    ["1A=1", 1],
  ] as const) {
    it(`names line ${badLine} of ${JSON.stringify(text)}`, () => assert.deepEqual(parseDotenv(text), { badLine }));
  }
});
