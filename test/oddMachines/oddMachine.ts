/** A machine whose figures turn odd, as metrics, triggers and spikes see it. */
import assert from "node:assert/strict";
import { MadeMachine } from "../support/madeMachine.ts";
import { WatchedMachine } from "../support/watchedMachine.ts";

/** The machine and who watches it. */
export class OddMachine {
  machine = new MadeMachine();
  watched = new WatchedMachine(this.machine);
  /** By resource. Whatever it was, it was no event of the machine. */
  realSpikes: readonly number[] = [0, 0, 0, 0, 0, 0];

  /** Another machine in its place. */
  replace(machine: MadeMachine): this {
    this.watched.stop();
    this.machine = machine;
    this.watched = new WatchedMachine(machine);
    return this;
  }

  /** Half a minute of a machine that is this busy. */
  async usually(busyRatio = 0.1): Promise<void> {
    await this.watched.start();
    await this.watched.pass(30, () => this.machine.pass(1, busyRatio));
  }

  /** How busy it was in each second; undefined where that is not known. */
  usages(): readonly (number | undefined)[] {
    return this.watched.seenByTriggers("cpu").slice(1);
  }

  lastUsage(): number | undefined {
    return this.usages().at(-1);
  }

  /** Every known second was about this busy. */
  assertAlways(busyRatio: number): void {
    for (const usage of this.usages()) assert.ok(usage === undefined || Math.abs(usage - busyRatio) < 0.06, `a second of ${usage}`);
  }
}

/** One for each test of a suite; in the end nothing but the real spikes was seen. */
export function oddMachines(): () => OddMachine {
  let odd: OddMachine;
  beforeEach(() => {
    odd = new OddMachine();
  });
  afterEach(async () => {
    const spikes = await odd.watched.values("culprit_spikes_total");
    odd.watched.stop();
    assert.deepEqual(spikes, odd.realSpikes);
  });
  return () => odd;
}
