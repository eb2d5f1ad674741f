import assert from "node:assert/strict";
import { program } from "../commands/support/program.ts";
import { type Burner, burners } from "../support/burner.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("culprit once on a calm machine", function () {
  this.timeout(120_000);
  const culprit = program();
  const burn = burners();
  const tempDirectory = tempDirectories();

  it("prints JSON that names who burns, and whose lines add up to the machine", async () => {
    const { pid } = await burn();
    const { code, out, err } = await culprit(await tempDirectory(), ["once", "--seconds=2", "--json"]);
    assert.deepEqual([code, err], [0, ""]);
    const { schemaVersion, seconds, figures, verdict, lines, pastSeconds, capture } = JSON.parse(out);
    assert.equal(schemaVersion, 1);
    assert.ok(seconds >= 1.4, String(seconds));
    assert.deepEqual([pastSeconds, capture], [undefined, undefined]);
    // nobody saw a rise; what else runs may keep all CPUs busy, and then it is who wants most
    assert.ok(["use", "demand"].includes(verdict.basis), verdict.basis);
    assert.ok(verdict.shares.flatMap((share: { pids: number[] }) => share.pids).includes(pid), out);
    const cores = lines.reduce((sum: number, { mean }: { mean: { cpuCores?: number } }) => sum + (mean.cpuCores ?? 0), 0);
    assert.ok(figures.cpu.busyCores > 0.5, out);
    assert.ok(Math.abs(cores - figures.cpu.busyCores) < 0.02 + 0.02 * figures.cpu.busyCores, `${cores} of ${figures.cpu.busyCores}`);
  });

  it("says what has risen when it has looked long enough to know", async () => {
    let burner: Promise<Burner> | undefined;
    const begin = setTimeout(() => {
      burner = burn();
    }, 13_000);
    try {
      const { code, out } = await culprit(await tempDirectory(), ["once", "--seconds=20", "--json"]);
      assert.equal(code, 0);
      const { pastSeconds, verdict, spikes } = JSON.parse(out);
      assert.equal(pastSeconds, 13);
      const pids = [verdict, ...spikes.map((spike: { verdict: unknown }) => spike.verdict)].flatMap((one) =>
        one.shares.flatMap((share: { pids: number[] }) => share.pids),
      );
      assert.ok(pids.includes((await burner)?.pid), out);
    } finally {
      clearTimeout(begin);
    }
  });
});
