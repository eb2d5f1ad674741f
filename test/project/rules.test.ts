import assert from "node:assert/strict";
import { packageRoot } from "../support/paths.ts";
import { asLines, importScript, type Problem, Trees } from "./trees.ts";

interface RulesModule {
  findRuleProblems(project: string): readonly Problem[];
}

const environment = "only src/config.ts and src/config/ read the environment: pass the value in";

describe("The house rules", () => {
  const trees = new Trees();
  let rules: RulesModule;

  before(async () => {
    rules = await importScript<RulesModule>("rules.mjs");
  });
  after(() => trees.remove());

  const problemsOf = (files: Readonly<Record<string, string>>) => asLines(rules.findRuleProblems(trees.make(files)));

  it("are kept by this project", () => {
    assert.deepEqual(asLines(rules.findRuleProblems(packageRoot())), []);
  });

  const reads = [
    "const home = process.env.HOME;",
    'const home = process["env"].HOME;',
    "const home = process?.env.HOME;",
    "const { argv, env } = process;",
    'import { env } from "node:process";',
  ];
  for (const read of reads) {
    it(`let nobody but config read the environment: ${read}`, () => {
      assert.deepEqual(problemsOf({ "src/app.ts": `// process.env\n${read}\n` }), [`src/app.ts:2: ${environment}`]);
      assert.deepEqual(problemsOf({ "src/config.ts": read, "src/config/env.ts": read, "test/app.test.ts": read }), []);
    });
  }

  it("know other things that are called process or env", () => {
    const code = 'const { comm } = process;\nconst env = usage.env;\nconst text = "process.env";\nimport { argv } from "node:process";\n';
    assert.deepEqual(problemsOf({ "src/app.ts": code }), []);
  });

  it("forbid state at the top of a module, and only there", () => {
    const message = (word: string) => `\`${word}\` at the top of a module is state that everybody shares: put it into an object`;
    assert.deepEqual(problemsOf({ "src/app.ts": "let count = 0;\nvar other;\n" }), [
      `src/app.ts:1: ${message("let")}`,
      `src/app.ts:2: ${message("var")}`,
    ]);
    const inside = [
      "const first = () => {",
      "  let count = 0;",
      "};",
      "for (let i = 0; i < 3; i++) first();",
      `const text = \`\${(() => { let x; })()} let y\`;`,
    ].join("\n");
    assert.deepEqual(problemsOf({ "src/app.ts": inside, "test/app.test.ts": "let count = 0;\n" }), []);
  });

  const narrowed = ["describe.only('x', f);", "it.only('x', f);", "it.skip('x', f);", "this.skip();", "xit('x', f);", "xdescribe('x', f);"];
  for (const code of narrowed) {
    it(`forbid to leave tests out: ${code}`, () => {
      const [problem, ...others] = problemsOf({ "test/app.test.ts": `// it.only(\n${code}\n` });
      assert.match(problem ?? "", /^test\/app\.test\.ts:2: `\w+` leaves tests out/);
      assert.deepEqual(others, []);
    });
  }

  it("leave skipping to the helper that says which program is missing", () => {
    assert.deepEqual(
      problemsOf({ "test/support/servers.ts": "context.skip();\n", "test/a.test.ts": "reader.skip; const only = (x) => x;\n" }),
      [],
    );
  });

  it("want a doc comment on everything that is exported", () => {
    const code = [
      "/** Of the file. */",
      'import { a } from "./a.ts";',
      "export function bare() {}",
      "// Not a doc comment.",
      "export const plain = 1;",
      "/** Too far away. */",
      "",
      "export interface Far {}",
      "/** Fine. */",
      "export class Fine {}",
      "/**",
      " * Fine.",
      " */",
      "export type AlsoFine = string;",
      "export { a };",
      'export * from "./a.ts";',
      'export type { B } from "./a.ts";',
      "const text = `",
      "export const quoted = 1;",
      "`;",
    ].join("\n");
    assert.deepEqual(problemsOf({ "src/app.ts": code }), [
      "src/app.ts:3: bare is exported without a doc comment",
      "src/app.ts:5: plain is exported without a doc comment",
      "src/app.ts:8: Far is exported without a doc comment",
    ]);
  });
});
