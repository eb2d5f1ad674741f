/** Seconds of a made machine, and an engine that is told of them. */
import type { IncidentRequest } from "../../src/model/capture.ts";
import type { Notification } from "../../src/model/notification.ts";
import type { HostUsage, Snapshot } from "../../src/model/snapshot.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { SpikeResource } from "../../src/model/spikeResource.ts";
import type { TriggerEvent, TriggerRule } from "../../src/model/trigger.ts";
import type { TellOptions } from "../../src/triggers/actions.ts";
import { openTriggers, type Triggers } from "../../src/triggers/engine.ts";
import { NewestFigures } from "../../src/triggers/newestFigures.ts";

import { ManualClock, settle } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";

/** What a test says of a second. */
export interface Second {
  readonly cpu?: number;
  readonly load5?: number;
  readonly memory?: number;
  /** By mount, 0..1; undefined for one that does not answer. */
  readonly disks?: Readonly<Record<string, number | undefined>>;
  readonly ioPressure?: number;
  readonly cores?: number;
  /** Units that have failed; undefined where nobody knows. */
  readonly failedUnits?: readonly string[];
  readonly spikes?: readonly Spike[];
  /** Seconds since the one before; more than a few are a gap. */
  readonly after?: number;
}

/** The machine of that second. */
export function hostOf({ cpu, load5, memory, disks, ioPressure, failedUnits, cores = 2 }: Second): HostUsage {
  return {
    cpu: { cores, busySeconds: 0, ...(cpu === undefined ? {} : { usageRatio: cpu, busyCores: cpu * cores }) },
    ...(load5 === undefined ? {} : { load: { load1: load5 + 1, load5, load15: load5 / 2 } }),
    ...(memory === undefined ? {} : { memory: { totalBytes: 1000, availableBytes: 1000 * (1 - memory), usageRatio: memory } }),
    ...(ioPressure === undefined ? {} : { pressure: { io: { some: ioPressure } } }),
    ...(failedUnits === undefined ? {} : { units: failedUnits.map((name) => ({ name, state: "failed" })) }),
    ...(disks === undefined
      ? {}
      : {
          filesystems: Object.entries(disks).map(([mountpoint, ratio]) => ({
            device: `/dev/${mountpoint}`,
            fstype: "ext4",
            mountpoint,
            ...(ratio === undefined
              ? { error: "timeout" }
              : { size: { sizeBytes: 1000, freeBytes: 0, availableBytes: 1000 * (1 - ratio) } }),
          })),
        }),
  };
}

/** A spike that lasts. */
export function spikeOf(resource: SpikeResource, startMs: number): Spike {
  return { id: `${resource}-${startMs}`, resource, startMs, peakMs: startMs, baseline: 0, peak: 1, unit: "cores" };
}

/** A rule with a threshold; the rest is as in a short test. */
export function ruleOf(more: Partial<TriggerRule> = {}): TriggerRule {
  return {
    name: "HighCpuUsage",
    metric: "cpu",
    threshold: { direction: "above", value: 0.9 },
    forSeconds: 60,
    cooldownSeconds: 600,
    capture: true,
    notify: true,
    ...more,
  };
}

/** Everything around an engine under test; it can be stopped and opened again as after a restart. */
export class Bench {
  readonly directory: string;
  readonly events: TriggerEvent[] = [];
  readonly requests: IncidentRequest[] = [];
  readonly told: { readonly notification: Notification; readonly options: TellOptions }[] = [];
  readonly recorded = recordedLog();
  #clock = new ManualClock();
  #machine = new NewestFigures();
  capture: (request: IncidentRequest) => Promise<{ id: string }> = async () => ({ id: `archive-${this.requests.length}` });
  notify: () => Promise<void> = async () => undefined;
  context: () => { readonly verdict?: string; readonly top: readonly []; readonly page?: string } = () => ({
    verdict: "It was node.",
    top: [],
    page: "http://web1/?at=1",
  });
  onEvent: (event: TriggerEvent) => void = (event) => void this.events.push(event);

  constructor(directory: string) {
    this.directory = directory;
  }

  /** That of what was opened last: the time of what was open before stands still, as if it was killed. */
  get clock(): ManualClock {
    return this.#clock;
  }

  async open(rules: readonly TriggerRule[]): Promise<Triggers> {
    const machine = new NewestFigures();
    this.#machine = machine;
    this.#clock = new ManualClock(this.#clock.wallMs());
    const triggers = await openTriggers({
      rules,
      storageDirectory: this.directory,
      clock: this.clock,
      log: this.recorded.log,
      server: "web1",
      helpers: {
        capture: (request) => {
          this.requests.push(request);
          return this.capture(request);
        },
        notify: (notification, options) => {
          this.told.push({ notification, options });
          return this.notify();
        },
        archiveUrl: (id) => `http://web1/archives/${id}.tar.gz`,
      },
      figures: () => machine.figures,
      context: () => this.context(),
      onEvent: (event) => this.onEvent(event),
    });
    triggers.start();
    await settle();
    return triggers;
  }

  /** Lets the same second happen so often. */
  async pass(triggers: Triggers, second: Second, times = 1): Promise<void> {
    const { after = 1, spikes = [] } = second;
    for (let turn = 0; turn < times; turn++) {
      await this.clock.advance(after);
      const snapshot = snapshotOf(second, this.clock.wallMs(), after);
      this.#machine.take(snapshot);
      triggers.take(snapshot, spikes);
    }
    await this.quiet(triggers);
  }

  /** Waits until the disk has what it was given. */
  async quiet(triggers: Triggers): Promise<void> {
    await settle();
    await triggers.idle();
    await settle();
  }

  kinds(): readonly string[] {
    return this.events.map(({ kind, firing }) => (firing.instance === "" ? kind : `${kind} ${firing.instance}`));
  }

  lines(level: string): readonly string[] {
    return this.recorded
      .lines()
      .filter((line) => line.level === level)
      .map(({ message }) => String(message));
  }
}

/** The Snapshot of a second. */
export function snapshotOf(second: Second, takenAtMs: number, elapsedSeconds = 1): Snapshot {
  return { takenAtMs, elapsedSeconds, gap: elapsedSeconds > 5, host: hostOf(second), processes: [], groups: [] };
}
