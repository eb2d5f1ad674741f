/** Seconds of a machine on which many names come and go: 200 at work in each minute, 5000 in all. The same every time. */
import type { GroupUsage } from "../../src/model/group.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";

const daemons = 120;
const passing = 80;
const allNames = 5000;

/** Makes Snapshots. */
export class ManyNames {
  readonly #idle: readonly GroupUsage[];
  #random = 1;

  /** `idle` more groups only sleep. */
  constructor(idle: number) {
    this.#idle = Array.from({ length: idle }, (_, index) => groupOf(`idle-${index}`, { cpuCores: 0, residentBytes: 1e7 }));
  }

  /** The second that ends at `takenAtMs`; over a minute all 200 have run. */
  snapshot(takenAtMs: number, atOnce = 200): Snapshot {
    const minute = Math.floor(takenAtMs / 60_000);
    const names = Array.from({ length: atOnce }, (_, index) =>
      index < daemons ? `service-${index}` : `job-${(minute * passing + index) % (allNames - daemons)}`,
    );
    const groups = names.map((name) =>
      groupOf(name, {
        cpuCores: this.#next() ** 3,
        residentBytes: 1e7 + Math.floor(this.#next() * 1e8),
        runningTasks: this.#next() < 0.2 ? 1 : 0,
        uninterruptibleTasks: 0,
        readBytesPerSecond: this.#next() < 0.2 ? Math.floor(this.#next() * 1e6) : 0,
        writtenBytesPerSecond: this.#next() < 0.4 ? Math.floor(this.#next() * 1e6) : 0,
      }),
    );
    const host = { cpu: { cores: 8, busyCores: 4, busySeconds: 1, usageRatio: 0.5 } };
    return { takenAtMs, elapsedSeconds: 1, gap: false, host, processes: [], groups: [...this.#idle, ...groups] };
  }

  /** 0..1 (Park and Miller). */
  #next(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }
}

function groupOf(process: string, usage: GroupUsage["usage"]): GroupUsage {
  const unit = process.startsWith("job-") ? "cron.service" : `${process}.service`;
  return { id: process, kind: "process", process, unit, container: "", user: process.startsWith("job-") ? "batch" : "root", usage };
}
