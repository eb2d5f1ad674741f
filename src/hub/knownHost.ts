/** One host that pushes here: who it is, what it has sent, and its recording. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { codeOf } from "../model/errors.ts";
import { parseJsonObject } from "../model/json.ts";
import type { TriggerFiring } from "../model/trigger.ts";
import type { RecordedHost } from "../recorder/format/header.ts";
import type { RecordedSnapshot } from "../recorder/format/line.ts";
import { LookBack } from "../recorder/reading/lookBack.ts";
import { openSpikeStore, type SpikeStore } from "../recorder/spikeStore.ts";
import { makeDirectory, writeDurably } from "../spool/durable.ts";
import { HostSegments } from "./hostSegments.ts";
import { Pace } from "./pace.ts";
import type { Sender } from "./pushLines.ts";

/** What is remembered of a host beside its recording. */
export interface HostRecord {
  readonly hostname: string;
  readonly firstSeenMs: number;
  /** A script sends for it: nobody has judged what it says. */
  readonly isPlain: boolean;
  /** Who sent last, where it was a Culprit. */
  readonly sender?: Omit<Sender, "sentAtMs">;
  /** The newest firings of its triggers, the newest first. */
  readonly firings: readonly TriggerFiring[];
}

interface KnownHostOptions {
  readonly directory: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onComplete: (host: KnownHost, stem: string) => void;
}

/** Of a script nothing is known but its name. */
const unknownMachine = { os: "", kernel: "", arch: "" } as const;
/** A request every five seconds is usual; a backlog comes in large ones. */
const requestPace = { perSecond: 5, most: 300 } as const;
/** A day at a second every five is 17 280. */
const itemPace = { perSecond: 200, most: 50_000 } as const;
const mostSpikes = 500;
const mostFirings = 50;

/** Known since it sent something, or since the hub has found its folder. */
export class KnownHost {
  readonly directory: string;
  readonly segments: HostSegments;
  readonly lookBack: LookBack;
  readonly requests: Pace;
  readonly items: Pace;
  record: HostRecord;
  lastReceivedMs: number | undefined;
  newest: RecordedSnapshot | undefined;
  skewSeconds: number | undefined;
  readonly #options: KnownHostOptions;
  #spikes: Promise<SpikeStore> | undefined;

  constructor(record: HostRecord, options: KnownHostOptions) {
    const { directory, version, clock, onComplete } = options;
    const nowSeconds = clock.monotonicSeconds();
    this.#options = options;
    this.record = record;
    this.directory = directory;
    this.requests = new Pace(requestPace, nowSeconds);
    this.items = new Pace(itemPace, nowSeconds);
    this.segments = new HostSegments({ directory, version, onComplete: (stem) => onComplete(this, stem) });
    this.lookBack = new LookBack({ directory, ring: { between: () => [] }, say: () => undefined }, record.hostname);
  }

  get name(): string {
    return this.record.hostname;
  }

  /** The machine, as the heads of its segments name it. */
  get machine(): RecordedHost {
    return this.record.sender?.host ?? { hostname: this.name, ...unknownMachine };
  }

  /** When its recording begins; undefined where there is none. */
  get recordedFromMs(): number | undefined {
    return this.segments.segments[0]?.startMs;
  }

  /** Its spikes, as it has judged them itself; read when they are first asked for. */
  spikes(): Promise<SpikeStore> {
    const { clock, log } = this.#options;
    this.#spikes ??= openSpikeStore({ directory: this.directory, clock, log, maxCount: mostSpikes });
    return this.#spikes;
  }

  /** The firings that are known, with these, which may tell the end of one. */
  firingsWith(news: readonly TriggerFiring[]): readonly TriggerFiring[] {
    const all = new Map([...this.record.firings].reverse().map((firing) => [firing.id, firing]));
    for (const firing of news) all.set(firing.id, firing);
    return [...all.values()].sort((a, b) => b.firedAtMs - a.firedAtMs).slice(0, mostFirings);
  }

  /** Comes back when nothing of it is on its way to the disk. */
  async close(): Promise<void> {
    await this.segments.idle();
    await (await this.#spikes)?.close();
  }

  /** Brings the record to the disk. */
  async save(): Promise<void> {
    await makeDirectory(this.directory);
    await writeDurably(recordPath(this.directory), `${JSON.stringify({ schemaVersion: 1, ...this.record })}\n`);
  }
}

/** What is remembered of the host of a folder; undefined where it is none of a hub's. */
export async function readRecord(directory: string): Promise<HostRecord | undefined> {
  let text: string;
  try {
    text = await readFile(recordPath(directory), "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
  const { hostname, firstSeenMs, isPlain, sender, firings } = parseJsonObject(text) ?? {};
  if (typeof hostname !== "string" || typeof firstSeenMs !== "number") return undefined;
  return defined({
    hostname,
    firstSeenMs,
    isPlain: isPlain === true,
    sender: isSender(sender) ? sender : undefined,
    firings: firingsOf(firings),
  });
}

function isSender(value: unknown): value is Sender {
  return typeof value === "object" && value !== null && "host" in value && "version" in value;
}

/** They were looked at when they came. */
function firingsOf(value: unknown): readonly TriggerFiring[] {
  return Array.isArray(value) ? (value as readonly TriggerFiring[]) : [];
}

function recordPath(directory: string): string {
  return join(directory, "host.json");
}
