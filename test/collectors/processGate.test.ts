import assert from "node:assert/strict";
import { ProcessGate } from "../../src/collectors/processGate.ts";
import { cpuReading } from "../support/samples.ts";

/** A gate on a machine of two cores that was busy for so long in each second. */
function gateAfter(...busy: number[]): ProcessGate {
  const gate = new ProcessGate();
  let idle = 0;
  gate.begin(cpuReading(0, { idle }));
  for (const [index, seconds] of busy.entries()) {
    idle += 2 - seconds;
    gate.begin(cpuReading(index + 1, { idle }));
  }
  return gate;
}

describe("the gate", () => {
  it("is content when what was read explains how busy the machine was", () => {
    assert.equal(gateAfter(1).wantsAll(0.98, 5000), false);
    assert.equal(gateAfter(0).wantsAll(0, 5000), false);
  });

  it("wants everybody read when it does not", () => {
    assert.equal(gateAfter(1).wantsAll(0.2, 5000), true);
  });

  it("takes interrupts for explained, which are no process'", () => {
    const gate = new ProcessGate();
    gate.begin(cpuReading(0, {}));
    gate.begin(cpuReading(1, { idle: 1, softirq: 0.9 }));
    assert.equal(gate.wantsAll(0.1, 5000), false);
  });

  it("pauses longer and longer when looking at everybody explains nothing, and is back at once when it does", () => {
    const gate = new ProcessGate();
    let idle = 0;
    const looks: number[] = [];
    gate.begin(cpuReading(0, { idle }));
    for (let tick = 1; tick <= 40; tick++) {
      idle += 1;
      gate.begin(cpuReading(tick, { idle }));
      if (!gate.wantsAll(0, 5000)) continue;
      looks.push(tick);
      gate.learn(0, tick === 20 ? 1 : 0);
    }
    const pauses = looks.slice(1).map((tick, index) => tick - (looks[index] ?? 0));
    assert.deepEqual(pauses.slice(0, 3), [2, 3, 5]);
    assert.ok(Math.max(...pauses) <= 9);
  });

  it("lets a little add up before it looks at thousands, and forgets it when all is explained", () => {
    const gate = new ProcessGate();
    let idle = 0;
    const looks: number[] = [];
    gate.begin(cpuReading(0, { idle }));
    for (let tick = 1; tick <= 20; tick++) {
      idle += 1.9;
      gate.begin(cpuReading(tick, { idle }));
      if (!gate.wantsAll(tick === 6 ? 0.1 : 0, 5000)) continue;
      looks.push(tick);
      gate.learn(0, 0.4);
    }
    assert.deepEqual(looks, [4, 10, 14, 18]);
  });

  it("gives everybody a turn the sooner the more may hide from it", () => {
    const turnsOf = (cores: number, busy: number) => {
      const gate = new ProcessGate();
      gate.begin(cpuReading(0, { idle: 0 }, cores));
      gate.begin(cpuReading(1, { idle: cores - busy }, cores));
      return gate.turns;
    };
    assert.equal(turnsOf(2, 0), 30);
    assert.equal(turnsOf(8, 0), 16);
    assert.equal(turnsOf(2, 0.2), 25);
    assert.equal(turnsOf(2, 1), 12);
    assert.equal(turnsOf(64, 0), 10);
    assert.equal(new ProcessGate().turns, 10, "while nothing is known");
  });

  it("never pauses on a machine with few processes: there a look costs less than not knowing", () => {
    const gate = gateAfter(1);
    gate.learn(0, 0);
    assert.equal(gate.wantsAll(0, 200), true);
  });
});
