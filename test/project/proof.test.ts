import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, shellEnvironment } from "./commands.ts";
import { Trees } from "./trees.ts";

const holding = 'export const proof = { proves: "It is so.", run: async ({ args }) => "saw " + args.join(" and ") + " | all well" };';
const failing = 'export const proof = { proves: "It is not so.", run: async () => { throw new Error("it was\\notherwise"); } };';

describe("A proof", function () {
  this.timeout(60_000);
  const trees = new Trees();
  after(() => trees.remove());

  function makeProject(): string {
    return trees.makeWithScripts({ "docs/api.md": "", "scripts/proofs/yes.mjs": holding, "scripts/proofs/no.mjs": failing }, "linked");
  }

  const prove = (root: string, ...args: string[]) =>
    run(process.execPath, [join(root, "scripts", "proof.mjs"), ...args], root, shellEnvironment({}));

  const rowsOf = (root: string) =>
    readFileSync(join(root, "docs/proofs.md"), "utf8")
      .split("\n")
      .filter((line) => /^\| (yes|no) /.test(line));

  it("keeps its last result, with what it proves, when and where it ran, one row a proof", async () => {
    const root = makeProject();
    for (const word of ["this", "that"]) {
      const { code, output } = await prove(root, "yes", word, "more");
      assert.equal(code, 0, output);
    }
    assert.equal((await prove(root, "no")).code, 1);
    const rows = rowsOf(root).map((row) =>
      row
        .replace(/\d{4}-\d\d-\d\d/, "DATE")
        .replace(/\| [^|]*, Node \d+\.\d+\.\d+ \|/, "| WHERE |")
        .replace(/\(\d+ s\)/, "(N s)"),
    );
    assert.deepEqual(rows, [
      "| no | It is not so. | DATE | WHERE | DOES NOT HOLD (N s): it was otherwise |",
      "| yes | It is so. | DATE | WHERE | holds (N s): saw that and more \\| all well |",
    ]);
  });

  it("leaves the page alone when asked to", async () => {
    const root = makeProject();
    const { code, output } = await prove(root, "yes", "--no-record", "this");
    assert.equal(code, 0);
    assert.match(output, /^yes holds \(\d+ s\): saw this \| all well\n$/);
    assert.ok(!existsSync(join(root, "docs/proofs.md")));
  });

  it("is listed without a name, and an unknown name is refused with those there are", async () => {
    const root = makeProject();
    const { code, output } = await prove(root);
    assert.equal(code, 0);
    assert.match(output, /^ {2}yes +It is so\.$/m);
    const unknown = await prove(root, "maybe");
    assert.equal(unknown.code, 2);
    assert.match(unknown.output, /^there is no proof maybe; there are: .*no, .*yes\n$/);
  });
});
