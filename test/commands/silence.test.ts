import assert from "node:assert/strict";
import { freePort } from "../e2e/machine.ts";
import { Stage } from "../server/support.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { program } from "./support/program.ts";

describe("culprit silence", function () {
  this.timeout(180_000);
  const culprit = program();
  const tempDirectory = tempDirectories();
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  const silence = (...args: readonly string[]) =>
    culprit(stage.directory, ["silence", ...args, `--storage.path=${stage.directory}`, `--web.listen-address=127.0.0.1:${stage.port}`]);

  it("begins, is listed and is ended through the running Culprit", async () => {
    const begun = await silence("2h", "--trigger=HighLoad", "--trigger=Spike", "--group=pg_dump", "--reason=the move");
    assert.deepEqual([begun.code, begun.err], [0, ""]);
    assert.match(begun.out, /^Silence s1 holds HighLoad and Spike by pg_dump back until 2026-11-21 12:00:00 UTC \(.*admin\): the move\n$/);
    assert.match((await silence("list")).out, /^s1 holds HighLoad and Spike by pg_dump back until /);
    assert.deepEqual(await silence("end", "s1"), {
      code: 0,
      out: "Silence s1 is ended; what still lasts is told now.\n",
      err: "",
    });
    assert.equal((await silence("list")).out, "No silence.\n");
    const again = await silence("end", "s1");
    assert.deepEqual([again.code, again.out], [1, ""]);
    assert.match(again.err, /refused \(404\): there is no such silence/);
  });

  it("says so where no Culprit runs", async () => {
    const port = await freePort();
    const folder = await tempDirectory();
    assert.deepEqual(await culprit(folder, ["silence", "2h", "--storage.path=s", `--web.listen-address=127.0.0.1:${port}`]), {
      code: 1,
      out: "",
      err: `culprit: no Culprit runs at http://127.0.0.1:${port}; a silence is kept by the one that tells\n`,
    });
  });

  for (const [args, message] of [
    [[], /^culprit: expected one of:\n {2}culprit silence DURATION /],
    [["end"], /^culprit: expected one of:\n/],
    [["soon"], /^culprit: expected a duration from 1m to 30d, such as 2h, or list or end ID, got "soon"\n$/],
    [["10s"], /^culprit: expected a duration from 1m to 30d/],
    [["list", "--trigger=HighLoad"], /^culprit: --trigger: culprit silence list does not take it\n$/],
  ] as const) {
    it(`refuses ${args.join(" ") || "nothing"}`, async () => {
      const { code, out, err } = await silence(...args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
