import assert from "node:assert/strict";
import { loadText, planLoad } from "../../src/stress/load.ts";

const gibibyte = 1024 ** 3;
const room = { cores: 2, memoryBytes: 16 * gibibyte, freeMemoryBytes: 12 * gibibyte, freeDiskBytes: 10 * gibibyte };

describe("the load of a trial", () => {
  it("keeps all cores busy with a queue before each", () => {
    const load = planLoad("cpu", room, "/data");
    assert.deepEqual([load.processes, load.bytes, load.seconds], [16, 0, 150]);
    assert.equal(loadText(load), "16 busy loops, at the lowest priority, for 150 s at most");
    assert.equal(planLoad("cpu", { ...room, cores: 64 }, "/data").processes, 512);
  });

  it("fills a quarter of the memory, and of little free memory no more than leaves a tenth to the others", () => {
    assert.equal(planLoad("memory", room, "/data").bytes, 4 * gibibyte);
    const tight = planLoad("memory", { ...room, freeMemoryBytes: 3 * gibibyte }, "/data");
    assert.ok(tight.bytes < 1.5 * gibibyte, String(tight.bytes));
    assert.equal(loadText({ ...tight, bytes: 1e9 }), "1.0 GB of memory, at the lowest priority, for 60 s at most");
  });

  it("writes a file that leaves half of the free disk to the others", () => {
    assert.equal(planLoad("io", room, "/data").bytes, 256 * 1024 ** 2);
    assert.equal(planLoad("io", { ...room, freeDiskBytes: 100 * 1024 ** 2 }, "/data").bytes, 50 * 1024 ** 2);
    assert.equal(planLoad("io", { ...room, freeDiskBytes: undefined }, "/data").bytes, 256 * 1024 ** 2);
  });

  it("is as a person wishes", () => {
    assert.equal(planLoad("cpu", room, "/data", { processes: 3, seconds: 20 }).processes, 3);
    assert.equal(
      loadText(planLoad("fork-storm", room, "/data", { processes: 1 })),
      "1 loop that forks, at the lowest priority, for 60 s at most",
    );
    assert.equal(planLoad("memory", room, "/data", { bytes: gibibyte }).bytes, gibibyte);
  });

  for (const [kind, wishes, message] of [
    ["memory", { bytes: 11 * gibibyte }, /^11\.8 GB does not fit: of memory 12\.9 GB are free/],
    ["io", { bytes: 6 * gibibyte }, /^6\.4 GB does not fit: of the disk 10\.7 GB are free/],
    ["cpu", { processes: 0 }, /^expected from 1 to 2000 processes, got 0$/],
    ["cpu", { bytes: gibibyte }, /^a load of cpu has no size; its number of processes can be chosen$/],
    ["memory", { processes: 2 }, /^a load of memory is one process; its size can be chosen$/],
    ["io", { seconds: 3600 }, /^expected from 1 to 900 seconds, got 3600$/],
  ] as const) {
    it(`refuses ${kind} with ${JSON.stringify(wishes)}`, () => {
      assert.throws(() => planLoad(kind, room, "/data", wishes), { name: "LoadProblem", message });
    });
  }

  it("refuses a memory that is full already", () => {
    assert.throws(() => planLoad("memory", { ...room, freeMemoryBytes: gibibyte }, "/data"), /a load that can be noticed does not fit/);
  });
});
