import assert from "node:assert/strict";
import { tempDirectories } from "../support/tempDirectory.ts";
import { Bench, ruleOf } from "./support.ts";

describe("Triggers that are given other rules while they run", () => {
  const newDirectory = tempDirectories();
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench(await newDirectory());
  });

  it("go on where they stood: what fires is not told twice and ends by the new rule", async () => {
    const triggers = await bench.open([ruleOf()]);
    await bench.pass(triggers, { cpu: 1 }, 90);
    assert.deepEqual(bench.kinds(), ["fired"]);
    triggers.change([ruleOf({ threshold: { direction: "above", value: 0.5 } })]);
    await bench.pass(triggers, { cpu: 0.7 }, 200);
    assert.deepEqual(bench.kinds(), ["fired"], "70 % is above the new threshold");
    assert.equal(triggers.status()[0]?.state, "firing");
    await bench.pass(triggers, { cpu: 0.2 }, 90);
    assert.deepEqual(bench.kinds(), ["fired", "resolved"]);
  });

  it("lose no second of what is about to fire", async () => {
    const triggers = await bench.open([
      ruleOf(),
      ruleOf({ name: "HighLoad", metric: "load5", threshold: { direction: "above", value: 4 } }),
    ]);
    await bench.pass(triggers, { cpu: 1, load5: 8 }, 50);
    triggers.change([
      ruleOf({ cooldownSeconds: 5 }),
      ruleOf({ name: "HighLoad", metric: "load5", threshold: { direction: "above", value: 4 } }),
    ]);
    await bench.pass(triggers, { cpu: 1, load5: 8 }, 20);
    assert.deepEqual(bench.kinds(), ["fired", "fired"]);
  });

  it("keep a cooldown", async () => {
    const triggers = await bench.open([ruleOf({ forSeconds: 0 })]);
    await bench.pass(triggers, { cpu: 1 }, 30);
    await bench.pass(triggers, { cpu: 0 }, 90);
    assert.deepEqual(bench.kinds(), ["fired", "resolved"]);
    triggers.change([ruleOf({ forSeconds: 1 })]);
    await bench.pass(triggers, { cpu: 1 }, 60);
    assert.deepEqual(bench.kinds(), ["fired", "resolved"]);
  });

  it("say of one that is no more that it has ended, and why", async () => {
    const triggers = await bench.open([ruleOf()]);
    await bench.pass(triggers, { cpu: 1 }, 90);
    triggers.change([ruleOf({ name: "Another" })]);
    await bench.quiet(triggers);
    assert.deepEqual(bench.kinds(), ["fired", "resolved"]);
    assert.equal(bench.events[1]?.firing.ending, "removed");
    assert.deepEqual(
      triggers.status().map(({ rule }) => rule.name),
      ["Another"],
    );
  });

  it("stand after a restart as they were changed", async () => {
    const triggers = await bench.open([]);
    triggers.change([ruleOf()]);
    await bench.pass(triggers, { cpu: 1 }, 90);
    await triggers.stop();
    const again = await bench.open([ruleOf()]);
    await bench.pass(again, { cpu: 1 }, 90);
    assert.deepEqual(bench.kinds(), ["fired"]);
  });
});
