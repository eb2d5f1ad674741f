import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { ProcessKey, ProcessReading } from "../../src/model/processes.ts";
import { cpuReading, processesOf, processReading, sampleAt } from "../support/samples.ts";

/** A machine of two cores that a test moves on second by second. `idleSeconds` of them were idle in all. */
class Machine {
  readonly #ledger = createLedger();
  #second = 0;
  #idleSeconds = 0;

  /** One second later: these have moved, these are gone, and the machine was busy for so long. */
  second(busySeconds: number, changed: readonly ProcessReading[], vanished: readonly ProcessKey[] = []): ReadonlyMap<string, number> {
    this.#second++;
    this.#idleSeconds += 2 - busySeconds;
    const readAtSeconds = this.#second;
    const snapshot = advance(
      this.#ledger,
      sampleAt(this.#second, {
        cpu: cpuReading(this.#second, { idle: this.#idleSeconds }),
        processes: processesOf(
          changed.map((reading) => ({ unchangedUntilSeconds: readAtSeconds - 1, ...reading, readAtSeconds })),
          { vanished },
        ),
      }),
      { gapSeconds: 5 },
    );
    return new Map(snapshot.groups.map(({ process, kind, usage }) => [process || kind, Math.round((usage.cpuCores ?? 0) * 1000) / 1000]));
  }
}

const shell = (childUserSeconds: number) => processReading(10, "sh", { childUserSeconds });
const child = (pid: number, userSeconds: number, more: Partial<ProcessReading> = {}) =>
  processReading(pid, "worker", { parentPid: 10, userSeconds, ...more });

describe("the CPU of children that died", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
    machine.second(0, [shell(0), processReading(1, "init", { parentPid: 0 }), processReading(5, "supervisor")]);
  });

  it("is the parent's that waited for them, when nobody saw them", () => {
    assert.equal(machine.second(1, [shell(0.9)]).get("sh"), 0.9);
  });

  it("is not counted again as far as it was seen while they lived", () => {
    assert.equal(machine.second(1, [child(20, 1)]).get("worker"), 1);
    const after = machine.second(0.3, [shell(1.25)], ["20@1"]);
    assert.equal(after.get("sh"), 0.25);
    assert.equal(after.get("worker"), undefined);
  });

  it("is not counted again when the parent is seen to have reaped only a tick later", () => {
    machine.second(1, [child(20, 1)]);
    machine.second(0, [], ["20@1"]);
    assert.equal(machine.second(0.05, [shell(1.05)]).get("sh"), 0.05);
  });

  it("is the child's as far as it was read, when child and parent are read and the child is found gone in one second", () => {
    machine.second(0.2, [child(20, 0.2)]);
    const after = machine.second(1, [child(20, 0.9), shell(1.1)], ["20@1"]);
    assert.equal(after.get("worker"), 0.7);
    assert.equal(after.get("sh"), 0.2);
    assert.equal(machine.second(0, []).has("worker"), false, "it is forgotten");
  });

  it("includes what the dead had taken over from their own children", () => {
    machine.second(1, [child(20, 0.2, { childUserSeconds: 0.8 })]);
    assert.equal(machine.second(0, [shell(1)], ["20@1"]).get("sh"), 0);
  });

  it("does not come back when the parent ignores it: the next child is counted in full", () => {
    machine.second(1, [child(20, 1)]);
    machine.second(0, [], ["20@1"]);
    machine.second(0, []);
    machine.second(0, []);
    assert.equal(machine.second(1, [shell(0.9)]).get("sh"), 0.9);
  });

  it("goes to the grandparent's account when parent and child died in the same second", () => {
    machine.second(0, [processReading(11, "bash", { parentPid: 5 })]);
    machine.second(1, [child(20, 1, { parentPid: 11 })]);
    const after = machine.second(0.1, [processReading(5, "supervisor", { childUserSeconds: 1.1 })], ["20@1", "11@1"]);
    assert.equal(after.get("supervisor"), 0.1);
  });

  it("is not init's, which only reaps", () => {
    machine.second(0.5, [child(20, 0.5)]);
    const after = machine.second(1, [processReading(1, "init", { parentPid: 0, childUserSeconds: 1.4 })], ["20@1", "10@1"]);
    assert.equal(after.get("init"), 0);
    assert.equal(after.get("unattributed"), 1);
  });

  it("is not a subreaper's, once it was seen to adopt", () => {
    machine.second(0, [child(20, 0)]);
    machine.second(0, [child(20, 0, { parentPid: 5 })], ["10@1"]);
    const after = machine.second(1, [processReading(5, "supervisor", { childUserSeconds: 0.9 })], ["20@1"]);
    assert.equal(after.get("supervisor"), 0);
    assert.equal(after.get("unattributed"), 1);
  });

  it("is not a subreaper's either, once a daemon was found under it whose session's leader is dead", () => {
    machine.second(0, [processReading(5, "supervisor", { sessionId: 5 })]);
    machine.second(0, [processReading(20, "daemon", { parentPid: 5, sessionId: 19 })]);
    const after = machine.second(1, [processReading(5, "supervisor", { sessionId: 5, childUserSeconds: 0.9 })], ["20@1"]);
    assert.equal(after.get("supervisor"), 0);
  });

  it("stays a parent's whose child began a session of its own", () => {
    machine.second(0, [processReading(5, "supervisor", { sessionId: 5 })]);
    machine.second(0, [processReading(20, "job", { parentPid: 5, sessionId: 20 })]);
    const after = machine.second(1, [processReading(5, "supervisor", { sessionId: 5, childUserSeconds: 0.9 })], ["20@1"]);
    assert.equal(after.get("supervisor"), 0.9);
  });

  it("is history where the machine was not busy enough for it", () => {
    const after = machine.second(0.5, [shell(3600)]);
    assert.equal(after.get("sh"), 0);
    assert.equal(after.get("unattributed"), 0.5);
  });

  it("is believed a second late, when the machine is seen to have been busy only then", () => {
    assert.equal(machine.second(0.1, [shell(0.9)]).get("sh"), 0);
    assert.equal(machine.second(0.8, []).get("sh"), 0.9);
    assert.equal(machine.second(0.8, []).get("sh"), 0);
  });

  it("is believed for as long as the parent had not been read, and spread over that time", () => {
    for (let tick = 0; tick < 8; tick++) machine.second(1, []);
    assert.equal(machine.second(1, [{ ...shell(9), unchangedUntilSeconds: 1 }]).get("sh"), 1);
  });
});
