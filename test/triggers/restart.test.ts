import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TriggerRule } from "../../src/model/trigger.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { Bench, ruleOf, spikeOf } from "./support.ts";

const memory = ruleOf({ name: "HighMemoryUsage", metric: "memory", forSeconds: 0 });

describe("A restart", () => {
  const newDirectory = tempDirectories();
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench(await newDirectory());
  });

  /** Another Culprit on the same storage, `seconds` later. The one before is not told to stop: it was killed. */
  async function restarted(rules: readonly TriggerRule[], seconds = 30) {
    await bench.clock.advance(seconds);
    bench.events.length = 0;
    bench.told.length = 0;
    bench.requests.length = 0;
    const triggers = await bench.open(rules);
    await bench.quiet(triggers);
    return triggers;
  }

  it("while a trigger fires repeats nothing, and the end is told with the id and the times of the beginning", async () => {
    const before = await bench.open([memory]);
    await bench.pass(before, { memory: 0.95 }, 10);
    const [begun] = before.recent();
    const after = await restarted([memory]);
    assert.equal(after.status()[0]?.state, "firing");
    await bench.pass(after, { memory: 0.95 }, 100);
    assert.deepEqual([bench.events, bench.told, bench.requests], [[], [], []]);
    await bench.pass(after, { memory: 0.5 }, 61);
    assert.deepEqual(bench.kinds(), ["resolved"]);
    assert.equal(bench.told[0]?.notification.id, begun?.id);
    assert.equal(bench.told[0]?.notification.startedAtMs, begun?.onsetMs);
    // ten seconds, thirty without Culprit, one hundred; the first one is the onset
    assert.equal(bench.events[0]?.firing.lastedSeconds, 140);
    assert.equal(after.recent().length, 1);
  });

  it("does not end a firing before somebody has seen a minute of calm", async () => {
    await bench.pass(await bench.open([memory]), { memory: 0.95 }, 10);
    const after = await restarted([memory], 3600);
    await bench.pass(after, { memory: 0.5 }, 60);
    assert.deepEqual(bench.events, []);
    await bench.pass(after, { memory: 0.5 });
    assert.deepEqual(bench.kinds(), ["resolved"]);
  });

  it("while a spike fires does not take for its end that a Culprit without a past sees none", async () => {
    const rule: TriggerRule = { name: "CpuSpike", metric: "cpuSpike", forSeconds: 0, cooldownSeconds: 600, capture: true, notify: true };
    const spikes = [spikeOf("cpu", bench.clock.wallMs())];
    await bench.pass(await bench.open([rule]), { spikes }, 10);
    const after = await restarted([rule]);
    await bench.pass(after, {}, 800);
    assert.equal(bench.events.length, 0);
    await bench.pass(after, {}, 120);
    assert.deepEqual(
      bench.events.map(({ kind, firing }) => [kind, firing.ending]),
      [["resolved", "unknown"]],
    );
    // what it sees itself it believes
    await bench.pass(after, { spikes }, 700);
    await bench.pass(after, {}, 61);
    assert.deepEqual(bench.events.map(({ kind, firing }) => [kind, firing.ending]).slice(1), [
      ["fired", undefined],
      ["resolved", "back"],
    ]);
  });

  it("does not shorten a cooldown, nor lengthen it", async () => {
    const before = await bench.open([memory]);
    await bench.pass(before, { memory: 0.95 });
    await bench.pass(before, { memory: 0.5 }, 61); // the cooldown of 600 s began 60 s ago
    const after = await restarted([memory], 100);
    await bench.pass(after, { memory: 0.95 }, 439);
    assert.deepEqual(bench.events, []);
    assert.equal(after.status()[0]?.state, "held");
    await bench.pass(after, { memory: 0.95 });
    assert.deepEqual(bench.kinds(), ["fired"]);
  });

  it("lets no clock that was set back make a cooldown longer than it is", async () => {
    const before = await bench.open([memory]);
    await bench.pass(before, { memory: 0.95 });
    await bench.pass(before, { memory: 0.5 }, 61);
    bench.clock.jumpWall(-7 * 86_400);
    const after = await restarted([memory]);
    await bench.pass(after, { memory: 0.95 }, 601);
    assert.deepEqual(bench.kinds(), ["fired"]);
  });

  it("forgets what was only pending: nobody has seen the seconds in between", async () => {
    const rule = { ...memory, forSeconds: 60 };
    await bench.pass(await bench.open([rule]), { memory: 0.95 }, 59);
    const after = await restarted([rule], 5);
    await bench.pass(after, { memory: 0.95 }, 60);
    assert.deepEqual(bench.events, []);
    await bench.pass(after, { memory: 0.95 });
    assert.deepEqual(bench.kinds(), ["fired"]);
  });

  it("does what was not done yet when Culprit died", async () => {
    const before = await bench.open([memory]);
    bench.capture = () => Promise.reject(new Error("no room"));
    bench.notify = () => Promise.reject(new Error("no room"));
    await bench.pass(before, { memory: 0.95 });
    const [begun] = before.recent();
    bench.capture = async () => ({ id: "late" });
    bench.notify = async () => undefined;
    await restarted([memory]);
    assert.equal(bench.requests[0]?.incidentKey, `trigger-${begun?.id}`);
    assert.equal(bench.told[0]?.notification.id, begun?.id);
    assert.equal(bench.told[0]?.notification.links.archive, "http://web1/archives/late.tar.gz");
    await restarted([memory]);
    assert.deepEqual([bench.requests, bench.told], [[], []]);
  });

  it("with a rule less tells those who heard of the beginning that it has ended", async () => {
    await bench.pass(await bench.open([memory]), { memory: 0.95 });
    const after = await restarted([]);
    assert.deepEqual(bench.kinds(), ["resolved"]);
    assert.equal(bench.events[0]?.firing.ending, "removed");
    assert.equal(bench.told[0]?.notification.status, "resolved");
    assert.equal(after.recent()[0]?.ending, "removed");
    await restarted([]);
    assert.deepEqual(bench.events, []);
  });

  it("with another threshold goes on with that one", async () => {
    await bench.pass(await bench.open([memory]), { memory: 0.95 });
    const after = await restarted([{ ...memory, threshold: { direction: "above", value: 0.97 } }]);
    await bench.pass(after, { memory: 0.95 }, 61);
    assert.deepEqual(bench.kinds(), ["resolved"]);
  });

  it("finds a file that it cannot understand, says so and lays it aside", async () => {
    for (const text of ["{", "{}", '{"schemaVersion":1,"instances":[{"rule":1}],"errands":[],"recent":[]}']) {
      const path = join(bench.directory, "triggers.json");
      await writeFile(path, text);
      const triggers = await bench.open([memory]);
      assert.equal(await readFile(`${path}.bad`, "utf8"), text);
      await bench.pass(triggers, { memory: 0.95 });
      assert.equal(triggers.recent().length, 1);
    }
    assert.equal(bench.lines("error").length, 3);
    assert.deepEqual((await readdir(bench.directory)).sort(), ["triggers.json", "triggers.json.bad"]);
  });
});
