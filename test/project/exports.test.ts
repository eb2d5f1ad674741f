import assert from "node:assert/strict";
import { packageRoot } from "../support/paths.ts";
import { asLines, importScript, type Problem, Trees } from "./trees.ts";

interface ExportsModule {
  findExportProblems(project: string): readonly Problem[];
}

describe("What src exports", () => {
  const trees = new Trees();
  let exports: ExportsModule;

  before(async () => {
    exports = await importScript<ExportsModule>("exports.mjs");
  });
  after(() => trees.remove());

  const problemsOf = (files: Readonly<Record<string, string>>) => asLines(exports.findExportProblems(trees.make(files)));

  it("is imported by somebody, everywhere in this project", () => {
    assert.deepEqual(asLines(exports.findExportProblems(packageRoot())), []);
  });

  it("and nobody imports is named, in every form of declaring it", () => {
    assert.deepEqual(
      problemsOf({
        "src/a.ts": [
          "export const a = 1;",
          "export async function b() {}",
          "export class C {}",
          "export interface D {}",
          "export type E = D;",
          "const f = 2;",
          "export { f as g };",
          "export function* h() {}",
        ].join("\n"),
      }),
      ["a", "b", "C", "D", "E", "g", "h"].map(
        (name, index) => `src/a.ts:${[1, 2, 3, 4, 5, 7, 8][index]}: \`${name}\` is exported, but nobody imports it`,
      ),
    );
  });

  const uses = {
    "by name": 'import { a } from "../src/a.ts";',
    "under another name": 'import { a as b } from "../src/a.ts";',
    "as a type": 'import { type a } from "../src/a.ts";',
    "in an import of types": 'import type { a } from "../src/a.ts";',
    "with everything else": 'import * as all from "../src/a.ts";',
    "when it runs": 'const { a } = await import("../src/a.ts");',
    "to pass it on": 'export { a } from "../src/a.ts";',
  };
  for (const [how, use] of Object.entries(uses)) {
    it(`counts as imported ${how}, be it by a test`, () => {
      assert.deepEqual(problemsOf({ "src/a.ts": "export const a = 1;\n", "test/a.test.ts": `${use}\n` }), []);
    });
  }

  it("is not imported by a file of the same name elsewhere", () => {
    assert.deepEqual(problemsOf({ "src/a.ts": "export const a = 1;\n", "src/b/c.ts": 'import { a } from "./a.ts";\n' }), [
      "src/a.ts:1: `a` is exported, but nobody imports it",
    ]);
  });

  it("has no door in front of it", () => {
    assert.match(problemsOf({ "src/a/index.ts": "" })[0] ?? "", /^src\/a\/index\.ts:1: no folder has a door of its own/);
  });
});
