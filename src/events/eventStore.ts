/** The events that are kept, in `events.json` beside the spikes: so many of each kind, so that none can drive the others out. */
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { eventKinds, eventLimits, type MachineEvent } from "../model/machineEvent.ts";
import { eventsFile, eventsFileName, parseEventsFile } from "../recorder/format/eventsFile.ts";
import { makeDirectoryIfPossible } from "../spool/durable.ts";
import { JsonFile } from "../spool/jsonFile.ts";

interface EventStoreOptions {
  /** Made if it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

const mostOfKind = 300;

/** Keeps them. */
export class EventStore {
  readonly #clock: Clock;
  readonly #file: JsonFile<readonly MachineEvent[]>;
  /** The oldest first. */
  #events: readonly MachineEvent[] = [];
  #revision = 0;

  constructor({ directory, clock, log }: EventStoreOptions) {
    this.#clock = clock;
    this.#file = new JsonFile({
      path: join(directory, eventsFileName),
      parse: parseEventsFile,
      toJson: eventsFile,
      what: "events: their list",
      ifLost: "those of the past are not shown",
      ifUnwritten: "they are kept in memory",
      clock,
      log,
    });
  }

  /** Opens the store and reads what is there. */
  static async open(options: EventStoreOptions): Promise<EventStore> {
    await makeDirectoryIfPossible(options.directory);
    const store = new EventStore(options);
    store.#events = (await store.#file.load()) ?? [];
    return store;
  }

  /** Rises with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** Keeps those that are new, or have changed; gives them back. They are on their way to the disk when this returns. */
  add(events: readonly MachineEvent[]): readonly MachineEvent[] {
    const known = new Map(this.#events.map((event) => [event.id, event]));
    const oldestMs = this.#clock.wallMs() - eventLimits.oldestSeconds * 1000;
    const news = events.filter((event) => event.atMs >= oldestMs && JSON.stringify(known.get(event.id)) !== JSON.stringify(event));
    if (news.length === 0) return news;
    for (const event of news) known.set(event.id, event);
    void this.#keep([...known.values()].filter(({ atMs }) => atMs >= oldestMs));
    const kept = new Set(this.#events.map(({ id }) => id));
    return news.filter(({ id }) => kept.has(id));
  }

  /** Keeps one that somebody was promised: fulfilled when it is on the disk, or with the reason why it is not, and then it is not kept. */
  async keep(event: MachineEvent): Promise<Error | undefined> {
    const refusal = await this.#keep([...this.#events, event]);
    if (refusal !== undefined) void this.#keep(this.#events.filter(({ id }) => id !== event.id));
    return refusal;
  }

  /** Those of a range, the oldest first. */
  between(fromMs: number, toMs: number): readonly MachineEvent[] {
    const found: MachineEvent[] = [];
    for (let index = this.#firstFrom(fromMs); index < this.#events.length; index++) {
      const event = this.#events[index] as MachineEvent;
      if (event.atMs > toMs) break;
      found.push(event);
    }
    return found;
  }

  /** Brings the file back where somebody has removed it. Rejects when the disk does not take it. */
  check(): Promise<void> {
    return this.#file.check();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Where those begin that are not older: asked for every spike that lasts, in every second. */
  #firstFrom(fromMs: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle] as MachineEvent).atMs < fromMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #keep(events: readonly MachineEvent[]): Promise<Error | undefined> {
    this.#revision++;
    const sorted = [...events].sort((a, b) => a.atMs - b.atMs);
    const kept = new Set(eventKinds.flatMap((kind) => sorted.filter((event) => event.kind === kind).slice(-mostOfKind)));
    this.#events = sorted.filter((event) => kept.has(event));
    return this.#file.save(this.#events);
  }
}
