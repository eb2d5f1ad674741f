/** Puts together what happened to the machine: what is found in its seconds, what package managers write down, what people tell of. */
import { randomUUID } from "node:crypto";
import type { Config } from "../config.ts";
import { EventFinder, type LookedAt } from "../events/eventFinder.ts";
import { EventStore } from "../events/eventStore.ts";
import { PackageLogs } from "../events/packageLogs.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { eventLimits, type MachineEvent, type WantedEvent } from "../model/machineEvent.ts";
import type { RecordedSnapshot } from "../recorder/format/line.ts";

interface MachineEventsOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The last second of the run before. */
  readonly before: Pick<RecordedSnapshot, "takenAtMs" | "host"> | undefined;
  /** Told of those that are new. */
  readonly onNew: (events: readonly MachineEvent[]) => void;
}

/** What became of something that somebody told of. */
type Posted = { readonly event: MachineEvent } | { readonly refused: "too_many" | "unwritten"; readonly reason: string };

/** The events of this machine. */
export interface MachineEvents {
  readonly revision: number;
  between(fromMs: number, toMs: number): readonly MachineEvent[];
  take(second: LookedAt): void;
  post(wanted: WantedEvent): Promise<Posted>;
  check(): Promise<void>;
  start(): void;
  close(): Promise<void>;
}

/** Opens them. */
export async function openMachineEvents(config: Config, options: MachineEventsOptions): Promise<MachineEvents> {
  const { directory, clock, log, before, onNew } = options;
  const store = await EventStore.open({ directory, clock, log });
  const finder = new EventFinder(before && { takenAtMs: before.takenAtMs, bootTimeSeconds: before.host.bootTimeSeconds });
  const add = (found: readonly MachineEvent[]) => {
    const news = found.length === 0 ? found : store.add(found);
    for (const { kind, text } of news) if (kind !== "packages") log.info("event", { kind, text });
    if (news.length > 0) onNew(news);
  };
  const packages = new PackageLogs({ rootfs: config.paths.rootfs, clock, log, onEvents: add });
  let posted: readonly number[] = [];
  return {
    get revision() {
      return store.revision;
    },
    between: (fromMs, toMs) => store.between(fromMs, toMs),
    take: (second) => add(finder.take(second)),
    async post({ atMs, text, unit, by }) {
      const now = clock.monotonicSeconds();
      posted = posted.filter((seconds) => now - seconds < 60);
      if (posted.length >= eventLimits.mostPerMinute) {
        return { refused: "too_many", reason: `more than ${eventLimits.mostPerMinute} events in a minute are not taken` };
      }
      posted = [...posted, now];
      const event: MachineEvent = defined({
        id: randomUUID(),
        ...{ atMs, kind: "deployment", text, unit, by: by === "" ? undefined : by },
      });
      const refusal = await store.keep(event);
      if (refusal !== undefined) return { refused: "unwritten", reason: `the event cannot be kept now: ${refusal.message}` };
      onNew([event]);
      return { event };
    },
    check: () => store.check(),
    start: () => packages.start(),
    async close() {
      packages.stop();
      await store.close();
    },
  };
}
