import assert from "node:assert/strict";
import type { SearchAnswer } from "../../src/api/pastAnswers.ts";
import { group, newRecorder, snapshotAt, t0 } from "../recorder/support.ts";
import { recording } from "../replay/support.ts";
import { assertGolden } from "../support/golden.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { program } from "./support/program.ts";

describe("culprit search", function () {
  this.timeout(120_000);
  const culprit = program();
  const tempDirectory = tempDirectories();

  it("prints who ran in which minutes, with a strip, peak and total of each resource, and the spikes", async () => {
    const { code, out, err } = await culprit(await tempDirectory(), ["search", "user:root dd", recording]);
    assert.deepEqual([code, err], [0, ""]);
    assertGolden("search.txt", out);
  });

  it("looks into the storage of this machine when nothing is named and no Culprit runs", async () => {
    const folder = await tempDirectory();
    const { recorder } = newRecorder(`${folder}/data/recording`);
    for (let second = 0; second < 90; second++) {
      recorder.record(snapshotAt(t0 + second * 1000, [group("nightly", { cpuCores: second < 60 ? 0 : 1 })]), []);
    }
    await recorder.close({ pack: true });
    // nobody listens on port 9
    const args = ["search", "night", "--json", "--web.listen-address=127.0.0.1:9", "--from=2026-11-21T10:00Z"];
    const { code, out } = await culprit(folder, args);
    const { matches, notes } = JSON.parse(out) as SearchAnswer;
    assert.deepEqual([code, notes], [0, []]);
    assert.deepEqual(matches[0]?.ran, [[t0 + 60_000, t0 + 120_000]]);
    assert.equal(matches[0]?.usage.cpuCores?.total, 30);
  });

  it("exits with 1 when nobody is found, and with 2 for what it does not understand", async () => {
    const folder = await tempDirectory();
    const nobody = await culprit(folder, ["search", "apache", recording]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.out, /nobody ran whose name has this/);
    for (const [args, problem] of [
      [["search"], /expected what to look for/],
      [["search", "user:"], /expected a text behind "user:"/],
      [["search", "a", "--limit=0"], /--limit: expected a whole number from 1 to 100/],
      [["search", "a", "--from=now", "--to=-1h"], /--to: expected a moment after --from/],
    ] as const) {
      const { code, err } = await culprit(folder, args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, problem);
    }
  });
});
