import assert from "node:assert/strict";
import { packageRoot } from "../support/paths.ts";
import { asLines, importScript, type Problem, Trees } from "./trees.ts";

interface ImportsModule {
  findImportProblems(project: string): readonly Problem[];
}

const table = `# The map

## What may import what

| folder | may import |
| --- | --- |
| anything | \`model\` |
| \`main\` | \`server\` |
| \`model\` | |
| \`spool\` | |
| \`server\` | \`spool\` |

## Recipes
`;

/** Every folder of the table with a file that imports nothing forbidden. */
const tidy = {
  "package.json": '{ "dependencies": { "koa": "1", "@koa/router": "1" } }',
  "src/README.md": table,
  "src/main.ts": 'import { serve } from "./server/serve.ts";\nserve();\n',
  "src/model/sample.ts": "export interface Sample {}\n",
  "src/spool/spool.ts": 'import type { Sample } from "../model/sample.ts";\nimport { open } from "node:fs";\n',
  "src/server/serve.ts": 'import Router from "@koa/router";\nimport koa from "koa";\nimport { spool } from "../spool/spool.ts";\n',
};

describe("The import table", () => {
  const trees = new Trees();
  let imports: ImportsModule;

  before(async () => {
    imports = await importScript<ImportsModule>("imports.mjs");
  });
  after(() => trees.remove());

  const problemsOf = (changes: Readonly<Record<string, string>>) =>
    asLines(imports.findImportProblems(trees.make({ ...tidy, ...changes })));

  it("is kept by every import of this project", () => {
    assert.deepEqual(asLines(imports.findImportProblems(packageRoot())), []);
  });

  it("is silent about a tree that keeps it", () => {
    assert.deepEqual(problemsOf({}), []);
  });

  const notListed = (line: number) => [`src/spool/spool.ts:${line}: imports "../server/serve.ts", but spool may import only model`];
  const forms = {
    "a static import": 'import { serve } from "../server/serve.ts";',
    "an import of types": 'import type { Serve } from "../server/serve.ts";',
    "an import for its effects": 'import "../server/serve.ts";',
    "a dynamic import": 'export const later = () => import("../server/serve.ts");',
    "an import in a template literal": `export const text = \`a \${await import("../server/serve.ts")} b\`;`,
    "a type that is imported where it stands": 'export let serve: import("../server/serve.ts").Serve;',
    "a re-export": 'export { serve } from "../server/serve.ts";',
    "a re-export of everything": 'export * from "../server/serve.ts";',
    "a re-export of types": 'export type { Serve } from "../server/serve.ts";',
    "a required module": 'export const serve = require("../server/serve.ts");',
  };
  for (const [form, code] of Object.entries(forms)) {
    it(`finds ${form} that is not listed`, () => {
      // In front of it what a careless scanner stumbles over.
      const trap = 'const quote = /["\'`]/; // import "x"\n/* " */ const text = "it\'s // no comment";\n';
      assert.deepEqual(
        problemsOf({ "src/spool/spool.ts": `${trap}${code}\n` }).filter((problem) => !problem.includes("circle")),
        notListed(3),
      );
    });
  }

  it("tells the line of an import that spans several", () => {
    assert.deepEqual(
      problemsOf({ "src/spool/spool.ts": 'import {\n  type Serve,\n} from "../server/serve.ts";\n' }).slice(0, 1),
      notListed(3),
    );
  });

  it("does not take comments, strings and methods for imports", () => {
    const code = [
      '// import "../server/serve.ts"',
      "/* import '../server/serve.ts' */",
      "const one = 'import \"../server/serve.ts\"';",
      'const two = `import "../server/serve.ts"`;',
      "const three = loader.import('../server/serve.ts') / 2;",
      "const here = import.meta.url;",
      "class Guard { require(scope: string) {} }",
    ];
    assert.deepEqual(problemsOf({ "src/spool/spool.ts": `${code.join("\n")}\n` }), []);
  });

  it("refuses an import that is computed", () => {
    assert.deepEqual(problemsOf({ "src/spool/spool.ts": "await import(name);\n" }), [
      "src/spool/spool.ts:1: imports something computed: only a literal can be held against the table",
    ]);
  });

  it("refuses a package that is not installed for production", () => {
    assert.deepEqual(problemsOf({ "src/spool/spool.ts": 'import Mocha from "mocha";\n' }), [
      'src/spool/spool.ts:1: imports "mocha", which is not among the dependencies of package.json',
    ]);
  });

  it("refuses what lies outside of src", () => {
    assert.deepEqual(problemsOf({ "src/spool/spool.ts": 'import { x } from "../../test/x.ts";\n' }), [
      'src/spool/spool.ts:1: imports "../../test/x.ts", which is outside src',
    ]);
  });

  it("takes a file beside the folders for a folder of its own", () => {
    assert.deepEqual(problemsOf({ "src/spool.ts": "export const x = 1;\n", "src/main.ts": 'import { x } from "./spool.ts";\n' }), [
      'src/main.ts:1: imports "./spool.ts", but main may import only server, model',
    ]);
  });

  it("holds a folder below another against its own row, and lets nobody in by the row of the one above", () => {
    const rows = "| `spool/lines` | |\n| `spool` | `spool/lines` |";
    const withFormat = {
      "src/README.md": table.replace("| `spool` | |", rows),
      "src/spool/lines/line.ts": "export const line = 1;\n",
      "src/spool/spool.ts": 'import { line } from "./lines/line.ts";\n',
    };
    assert.deepEqual(problemsOf(withFormat), []);
    assert.deepEqual(problemsOf({ ...withFormat, "src/server/serve.ts": 'import { line } from "../spool/lines/line.ts";\n' }), [
      'src/server/serve.ts:1: imports "../spool/lines/line.ts", but server may import only spool, model',
    ]);
    assert.deepEqual(
      problemsOf({ ...withFormat, "src/spool/spool.ts": "", "src/spool/lines/line.ts": 'import { spool } from "../spool.ts";\n' }),
      ['src/spool/lines/line.ts:1: imports "../spool.ts", but spool/lines may import only model'],
    );
  });

  it("wants a row for every folder and a folder for every row", () => {
    assert.deepEqual(problemsOf({ "src/fleet/hosts.ts": "" }), ["src/README.md:1: the table has no row for src/fleet"]);
    const withRow = table.replace("| `spool` | |", "| `spool` | |\n| `gone` | |");
    assert.deepEqual(problemsOf({ "src/README.md": withRow }), ["src/README.md:11: `gone` has a row but there is no src/gone"]);
  });

  for (const [what, code] of [
    ["while they load", 'export { serve } from "./serve.ts";\n'],
    ["for their types", 'import type { Serve } from "./serve.ts";\n'],
    ["when they run", 'export const later = () => import("./serve.ts");\n'],
  ] as const) {
    it(`finds files that need each other ${what}`, () => {
      const circle = { "src/server/serve.ts": 'import { b } from "./b.ts";\n', "src/server/b.ts": 'import { a } from "./c.ts";\n' };
      assert.deepEqual(problemsOf({ ...circle, "src/server/c.ts": code }), [
        "src/server/serve.ts:1: imports go round in a circle: src/server/serve.ts -> src/server/b.ts -> src/server/c.ts -> src/server/serve.ts",
      ]);
    });
  }

  it("says what is wrong with the table itself", () => {
    const messages = (markdown: string) => problemsOf({ "src/README.md": markdown }).filter((problem) => !problem.includes("no row for"));
    assert.deepEqual(messages("# The map\n"), ['src/README.md:1: there is no heading "## What may import what"']);
    assert.deepEqual(messages("## What may import what\n\ntext\n"), [
      'src/README.md:1: below "What may import what" a table with the columns "folder" and "may import" was expected',
    ]);
    assert.deepEqual(messages(table.replace("| `spool` | |", "| spool | |")), [
      'src/README.md:10: "spool": one folder in backticks was expected, or the word anything',
      "src/README.md:11: `spool` has no row of its own",
    ]);
    assert.deepEqual(messages(table.replace("| `model` | |", "| `model` | |\n| `model` | |")), [
      "src/README.md:10: `model` has a row already",
    ]);
    assert.deepEqual(messages(table.replace("| `spool` | |", "| `spool` | `main` |")), [
      "src/README.md:8: the table goes round in a circle: main -> server -> spool -> main",
    ]);
    assert.deepEqual(messages(table.replace(/.*anything.*\n/, "")).slice(0, 1), ['src/README.md:5: the row "anything" is missing']);
  });

  it("says that it is missing where it is", () => {
    assert.deepEqual(asLines(imports.findImportProblems(trees.make({ "src/main.ts": "" }))), [
      "src/README.md:1: is missing: it holds the import table",
    ]);
  });
});
