import assert from "node:assert/strict";
import { advance } from "../../../src/attribution/advance.ts";
import { createLedger } from "../../../src/attribution/ledger.ts";
import { collectSample } from "../../../src/collectors/collectSample.ts";
import { createPortableSource, type PortableSource, type PortableSystem } from "../../../src/collectors/portable.ts";
import type { ProcessReading } from "../../../src/model/processes.ts";
import type { Sample } from "../../../src/model/sample.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { ManualClock, settle } from "../../support/manualClock.ts";
import { type PlayedRound, PlayedSystem } from "../../support/playedSystem.ts";
import { recordedLog } from "../../support/recordedLog.ts";

type Listed = PlayedRound["processes"]["list"][number];

/** The portable source on a fixture, with its own clock; `more` adds what the fixture's machine lacks. */
export class PlayedSource {
  readonly clock = new ManualClock();
  readonly system: PlayedSystem;
  readonly source: PortableSource;
  readonly lines: () => readonly Record<string, unknown>[];
  /** How often the source said that there is a reading. */
  readings = 0;

  constructor(name: string, more: Partial<PortableSystem> = {}) {
    this.system = Object.assign(new PlayedSystem(name), more);
    const { log, lines } = recordedLog();
    this.lines = lines;
    this.source = createPortableSource({ system: this.system, clock: this.clock, log, random: () => 0.5 });
  }

  /** Begins the first round; it is over unless something in it was broken before. */
  async begin(): Promise<void> {
    this.source.start(() => this.readings++);
    await settle();
  }

  async first(): Promise<Sample> {
    await this.begin();
    return this.take();
  }

  /** The next round, five seconds later. */
  async round(index: number, changes: Partial<PlayedRound> = {}): Promise<void> {
    this.system.show(index, changes);
    await this.clock.advance(5);
  }

  async next(index: number, changes: Partial<PlayedRound> = {}): Promise<Sample> {
    await this.round(index, changes);
    return this.take();
  }

  take(): Sample {
    return collectSample(this.source.collectors, "portable", this.clock);
  }

  /** The processes of a round, changed one by one; undefined takes one away. */
  processes(index: number, change: (process: Listed) => Listed | undefined): Pick<PlayedRound, "processes"> {
    const list = this.system
      .recorded(index)
      .processes.list.map(change)
      .filter((one) => one !== undefined);
    return { processes: { list } };
  }

  async end(): Promise<void> {
    const end = this.source.stop();
    await this.clock.advance(60);
    await end;
  }
}

/** How a part fared, in one word or in the words of its failure. */
export function outcome(sample: Sample, part: string): string {
  const found = sample.outcomes.find((one) => one.collector === part);
  assert.ok(found, part);
  return found.reason ?? found.result;
}

/** A process among those that changed. */
export function changed(sample: Sample, pid: number): ProcessReading | undefined {
  return sample.processes?.changed.find((process) => process.pid === pid);
}

/** What the last of these Samples comes to. */
export function fold(...samples: Sample[]): Snapshot {
  const ledger = createLedger();
  let last: Snapshot | undefined;
  for (const sample of samples) last = advance(ledger, sample, { gapSeconds: 60 });
  assert.ok(last);
  return last;
}
