/** Takes what hosts push: checks it, keeps it, and says what became of it. */
import { isDeepStrictEqual } from "node:util";
import type { HubHostsAnswer, IngestAnswer, RejectedItem } from "../api/hubAnswers.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import { bytesOf } from "./budget.ts";
import { HostStore } from "./hostStore.ts";
import { readPayload, type SentItem, type SentSecond } from "./items.ts";
import type { KnownHost } from "./knownHost.ts";
import type { Sender } from "./pushLines.ts";
import { type RefusalReason, Refusals } from "./refusals.ts";
import { farFrom, inElapsedTime, shownSkew } from "./times.ts";

/** What a hub is opened with. */
export interface HubOptions {
  readonly directory: string;
  /** This machine's own name: nobody pushes for it. */
  readonly hostname: string;
  readonly version: string;
  readonly maxHosts: number;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whose request it is, as far as the door knows. */
interface Asking {
  /** Whose items are that do not say it themselves. */
  readonly host?: string | undefined;
  /** Why it may not send for a host; undefined where it may. */
  refusalToSendFor(host: string): string | undefined;
  readonly pace: () => Promise<unknown>;
}

/** What became of a payload. `reason` is why nothing of it, or not all of it, was taken. */
export interface Taken {
  readonly answer: IngestAnswer;
  readonly reason?: RefusalReason;
  readonly retrySeconds?: number;
}

interface Refused extends RejectedItem {
  readonly why: RefusalReason;
  readonly retrySeconds?: number;
}

type Indexed<Item> = Item & { readonly index: number };

const crowdedRetrySeconds = 300;
const diskRetrySeconds = 10;

/** The receiving end. */
export class Hub {
  readonly hosts: HostStore;
  readonly refusals: Refusals;
  readonly #options: HubOptions;
  #samples = 0;
  #repeated = 0;

  private constructor(options: HubOptions, hosts: HostStore) {
    this.#options = options;
    this.hosts = hosts;
    this.refusals = new Refusals(options.clock, options.log);
  }

  /** Opens it, with the hosts of the run before. @throws when their folder cannot be read */
  static async open(options: HubOptions): Promise<Hub> {
    return new Hub(options, await HostStore.open(options));
  }

  /** Takes a payload: whatever of it can be used is kept before this resolves. */
  async take(text: string, { host: asked, refusalToSendFor, pace }: Asking): Promise<Taken> {
    const { items, refusals } = await readPayload(text, asked, pace);
    const refused: Refused[] = refusals.map((one) => ({ ...one, why: "malformed" }));
    let accepted = 0;
    let repeated = 0;
    let skewSeconds: number | undefined;
    for (const [name, ofHost] of byHost(items)) {
      const known = await this.#admit(name, ofHost, refusalToSendFor);
      if ("why" in known) {
        refused.push({ index: ofHost[0]?.index ?? 0, host: name, ...known });
        continue;
      }
      const taken = await this.#keep(known, ofHost, refused);
      accepted += taken.accepted;
      repeated += taken.repeated;
      skewSeconds ??= shownSkew(known.skewSeconds);
    }
    this.#samples += accepted;
    this.#repeated += repeated;
    for (const { why, host, field, reason } of refused) this.refusals.note({ reason: why, host: host ?? "unknown", field, words: reason });
    // what must be sent again outweighs what is wrong for good: nothing is lost, and repeating does no harm
    const [first] = [...refused].sort((a, b) => (b.retrySeconds ?? 0) - (a.retrySeconds ?? 0));
    const rejected = refused.map(({ why: _, retrySeconds: __, ...one }) => one);
    return defined({
      answer: defined({ accepted, repeated, rejected, skewSeconds }),
      reason: first?.why,
      retrySeconds: first?.retrySeconds,
    });
  }

  /** The hosts as `GET /api/hosts` tells of them. */
  answer(): HubHostsAnswer {
    const hosts = this.hosts.list().map((host) =>
      defined({
        host: host.name,
        kind: host.record.isPlain ? ("plain" as const) : ("culprit" as const),
        version: host.record.sender?.version,
        firstSeenMs: host.record.firstSeenMs,
        lastReceivedMs: host.lastReceivedMs,
        newestMs: host.newest?.takenAtMs,
        recordedFromMs: host.recordedFromMs,
        bytes: bytesOf(host.segments.segments),
        skewSeconds: shownSkew(host.skewSeconds),
      }),
    );
    return { bytes: this.hosts.bytes, maxBytes: this.#options.maxBytes, hosts };
  }

  /** What is counted. */
  figures() {
    return { samples: this.#samples, repeated: this.#repeated, rejected: this.refusals.counts, ...this.answer() };
  }

  /** The host that items are from, if it may send now. */
  async #admit(
    name: string,
    items: readonly Indexed<SentItem>[],
    refusalToSendFor: Asking["refusalToSendFor"],
  ): Promise<KnownHost | Omit<Refused, "index" | "host">> {
    const isOwn = name.toLowerCase() === this.#options.hostname.toLowerCase();
    const foreign = isOwn
      ? `${JSON.stringify(name)} is the name of this hub itself, which needs nobody to tell of it`
      : refusalToSendFor(name);
    if (foreign !== undefined) return { why: "wrong_host", field: "hostname", reason: foreign };
    const { clock, log } = this.#options;
    let host = this.hosts.find(name);
    if (host === undefined) {
      if (this.hosts.isFull) {
        const reason = `${JSON.stringify(name)} is one host more than this hub takes (ingest.maxHosts); remove one, or set more`;
        return { why: "too_many_hosts", field: "hostname", reason, retrySeconds: crowdedRetrySeconds };
      }
      try {
        host = await this.hosts.add(defined({ hostname: name, firstSeenMs: clock.wallMs(), isPlain: true, firings: [] }));
      } catch (error) {
        log.error("hub: a host could not be added", { host: name, reason: reasonOf(error) });
        return unavailable(error);
      }
    }
    const nowSeconds = clock.monotonicSeconds();
    const waitSeconds = host.requests.take(1, nowSeconds) ?? host.items.take(items.length, nowSeconds);
    if (waitSeconds === undefined) return host;
    return {
      why: "too_fast",
      field: "hostname",
      reason: `${name} sends more than is taken: wait ${waitSeconds} s`,
      retrySeconds: waitSeconds,
    };
  }

  async #keep(
    host: KnownHost,
    items: readonly Indexed<SentItem>[],
    refused: Refused[],
  ): Promise<{ readonly accepted: number; readonly repeated: number }> {
    const { clock } = this.#options;
    const nowMs = clock.wallMs();
    const seconds: Indexed<SentSecond>[] = [];
    for (const item of items) {
      if (item.kind !== "second") continue;
      const far = farFrom(nowMs, item.snapshot.takenAtMs);
      if (far === undefined) seconds.push(item);
      else refused.push({ index: item.index, host: host.name, field: item.isPlain ? "timestamp" : "takenAtMs", ...far });
    }
    const sender = senderIn(items);
    if (sender?.sentAtMs !== undefined) host.skewSeconds = (sender.sentAtMs - nowMs) / 1000;
    const before = host.newest;
    const told = inElapsedTime(seconds, before);
    try {
      const judged = await this.#remember(host, sender, items);
      const { stored, repeated } = await host.segments.keep(
        host.machine,
        told.map(({ snapshot, line }) => ({ takenAtMs: snapshot.takenAtMs, line })),
      );
      host.lastReceivedMs = nowMs;
      const last = told.at(-1)?.snapshot;
      if (last !== undefined && last.takenAtMs > (host.newest?.takenAtMs ?? 0)) host.newest = last;
      // a script sends what it has just read: a time ahead of ours can only be its clock's
      if (sender?.sentAtMs === undefined && last !== undefined) host.skewSeconds = Math.max(0, (last.takenAtMs - nowMs) / 1000);
      return { accepted: stored.length + judged, repeated };
    } catch (error) {
      this.#options.log.error("hub: what a host has pushed could not be kept and is refused", { host: host.name, reason: reasonOf(error) });
      refused.push({ index: items[0]?.index ?? 0, host: host.name, ...unavailable(error) });
      return { accepted: 0, repeated: 0 };
    }
  }

  /** What is new about the host itself, and what it has judged. Gives how many spikes and firings were told. */
  async #remember(host: KnownHost, sent: Sender | undefined, items: readonly SentItem[]): Promise<number> {
    const { sentAtMs: _, ...sender } = sent ?? {};
    const spikes = items.flatMap((item) => (item.kind === "spike" ? [item.spike] : []));
    const firings = items.flatMap((item) => (item.kind === "firing" ? [item.sent.firing] : []));
    const second = items.findLast((item) => item.kind === "second");
    const record = {
      ...host.record,
      isPlain: sent === undefined && (second?.isPlain ?? host.record.isPlain),
      ...(sent === undefined ? {} : { sender: sender as Omit<Sender, "sentAtMs"> }),
      firings: firings.length === 0 ? host.record.firings : host.firingsWith(firings),
    };
    if (!isDeepStrictEqual(record, host.record)) {
      host.record = record;
      await host.save();
    }
    if (spikes.length > 0) {
      const store = await host.spikes();
      for (const spike of spikes) store.save(spike);
      await store.flush();
    }
    return spikes.length + firings.length;
  }
}

function unavailable(error: unknown) {
  return { why: "unavailable", field: "body", reason: `it could not be kept: ${reasonOf(error)}`, retrySeconds: diskRetrySeconds } as const;
}

function byHost(items: readonly { readonly index: number; readonly item: SentItem }[]): ReadonlyMap<string, readonly Indexed<SentItem>[]> {
  const hosts = new Map<string, Indexed<SentItem>[]>();
  for (const { index, item } of items) {
    const ofHost = hosts.get(item.host) ?? [];
    ofHost.push({ ...item, index });
    hosts.set(item.host, ofHost);
  }
  return hosts;
}

function senderIn(items: readonly SentItem[]): Sender | undefined {
  return items.findLast((item) => item.kind === "sender")?.sender;
}
