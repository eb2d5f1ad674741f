import assert from "node:assert/strict";
import { program } from "../commands/support/program.ts";
import { Burner } from "../support/burner.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("culprit once on a calm machine", function () {
  this.timeout(120_000);
  const culprit = program();
  const burners: Burner[] = [];
  afterEach(async () => {
    for (const burner of burners.splice(0)) await burner.end();
  });
  const tempDirectory = tempDirectories();

  async function burn(): Promise<Burner> {
    const burner = new Burner();
    burners.push(burner);
    await burner.begun;
    return burner;
  }

  it("prints JSON that names who burns, and whose lines add up to the machine", async () => {
    const { pid } = await burn();
    const { code, out, err } = await culprit(await tempDirectory(), ["once", "--seconds=2", "--json"]);
    assert.deepEqual([code, err], [0, ""]);
    const { schemaVersion, seconds, figures, verdict, lines, pastSeconds, capture } = JSON.parse(out);
    assert.equal(schemaVersion, 1);
    assert.ok(seconds >= 1.4, String(seconds));
    assert.deepEqual([pastSeconds, capture], [undefined, undefined]);
    assert.equal(verdict.basis, "use", "nobody saw a rise");
    assert.ok(verdict.shares.flatMap((share: { pids: number[] }) => share.pids).includes(pid), out);
    const cores = lines.reduce((sum: number, { mean }: { mean: { cpuCores?: number } }) => sum + (mean.cpuCores ?? 0), 0);
    assert.ok(figures.cpu.busyCores > 0.5, out);
    assert.ok(Math.abs(cores - figures.cpu.busyCores) < 0.02 + 0.02 * figures.cpu.busyCores, `${cores} of ${figures.cpu.busyCores}`);
  });

  it("says what has risen when it has looked long enough to know", async () => {
    const begin = setTimeout(() => void burn(), 13_000);
    try {
      const { code, out } = await culprit(await tempDirectory(), ["once", "--seconds=20", "--json"]);
      assert.equal(code, 0);
      const { pastSeconds, verdict, spikes } = JSON.parse(out);
      assert.equal(pastSeconds, 13);
      const pids = [verdict, ...spikes.map((spike: { verdict: unknown }) => spike.verdict)].flatMap((one) =>
        one.shares.flatMap((share: { pids: number[] }) => share.pids),
      );
      assert.ok(pids.includes(burners[0]?.pid), out);
    } finally {
      clearTimeout(begin);
    }
  });
});
