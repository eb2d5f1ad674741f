/**
 * Passes alerts on to the hosts that they are of. Durable: what was kept survives a restart; an alert that was sent twice is joined there.
 *
 * Each host has its own lane: its alerts go out one after the other, in the order in which they came, and a host that is down is tried
 * again after a while for all of them, so that it holds no other host up. What is older than `keepSeconds` is given up.
 */
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { Entry } from "../spool/batches.ts";
import { openSpool, type Spool } from "../spool/spool.ts";
import type { Peers } from "./peers.ts";
import { deliver } from "./relayDelivery.ts";
import { isSameNews, parseRelayItem, type RelayAlert, type RelayItem } from "./relayItem.ts";

/** How an alert's way ended: the other host has taken it, has refused it for good, or was not reached in time. */
export interface RelayEnd {
  readonly host: string;
  readonly alert: RelayAlert;
  readonly result: "ok" | "failed" | "expired";
  /** Why not. */
  readonly reason?: string;
}

/** What the relay works with. */
interface RelayOptions {
  readonly directory: string;
  readonly keepSeconds: number;
  readonly peers: Pick<Peers, "named" | "ask">;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly onEnd: (end: RelayEnd) => void;
}

/** How it goes with a host that did not take what it was sent. */
interface Trouble {
  readonly attempts: number;
  readonly notBeforeSeconds: number;
  readonly reason: string;
}

const mostWaiting = 1000;
const mostHostsAtOnce = 16;
const firstWaitSeconds = 1;
const longestWaitSeconds = 30;

/** The alerts on their way. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #spool: Spool<RelayItem>;
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  readonly #trouble = new Map<string, Trouble>();
  /** When this process took an alert in: the wall clock may jump while it waits. */
  readonly #sinceSeconds = new Map<string, number>();
  /** Done, but perhaps still on disk. */
  readonly #done = new Set<string>();
  #cancelTimer: Cancel = () => undefined;
  #isStarted = false;
  #isStopping = false;

  private constructor(options: RelayOptions, spool: Spool<RelayItem>) {
    this.#options = options;
    this.#spool = spool;
  }

  /** Opens the queue. Nothing is sent before `start`. @throws when its directory cannot be used */
  static async open(options: RelayOptions): Promise<Relay> {
    const { directory, log, onEnd } = options;
    const onDropped = ({ item: { host, alert } }: Entry<RelayItem>) =>
      onEnd({ host, alert, result: "failed", reason: `more than ${mostWaiting} alerts were waiting` });
    return new Relay(options, await openSpool({ directory, maxEntries: mostWaiting, parse: parseRelayItem, log, onDropped }));
  }

  /** Brings the queue back when somebody has removed it. Rejects when nothing can be kept there now. */
  check(): Promise<void> {
    return this.#spool.check();
  }

  /**
   * Resolves once the alerts are on disk: the first of them, as far as there is room. How many of them those are; the others must be sent
   * again. @throws when they cannot be kept; then none of them is
   */
  async keep(alerts: readonly { readonly host: string; readonly alert: RelayAlert }[]): Promise<number> {
    const { clock } = this.#options;
    const waiting = this.waiting();
    let room = mostWaiting - this.#spool.length;
    const items: RelayItem[] = [];
    let taken = 0;
    for (const one of alerts) {
      const item: RelayItem = { ...one, keptAtMs: clock.wallMs() };
      const isKnown = waiting.some((other) => isSameNews(item, other));
      if (!isKnown && room-- <= 0) break;
      if (!isKnown) items.push(item);
      taken++;
    }
    const kept = await this.#spool.append(items);
    for (const { id } of kept) this.#sinceSeconds.set(id, clock.monotonicSeconds());
    this.#wake();
    return taken;
  }

  /** The alerts that wait, the oldest first. */
  waiting(): readonly RelayItem[] {
    return this.#entries().map(({ item }) => item);
  }

  /** Why nothing goes out to a host at the moment. */
  troubleWith(host: string): string | undefined {
    return this.#trouble.get(host)?.reason;
  }

  /** How many wait, and how many there was no room for. */
  figures(): { readonly length: number; readonly dropped: number } {
    return { length: this.#entries().length, dropped: this.#spool.dropped };
  }

  /** Begins, with what waited since before a restart. */
  start(): void {
    this.#isStarted = true;
    this.#wake();
  }

  /** Resolves when nothing is being sent at this moment. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Lets what is being sent come to its end for so long; all else stays in the queue. */
  async stop(graceSeconds: number): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimer();
    const cancel = this.#options.clock.after(graceSeconds, () => this.#stop.abort());
    await this.idle();
    cancel();
  }

  #wake(): void {
    this.#cancelTimer();
    if (!this.#isStarted || this.#isStopping) return;
    const { clock, log } = this.#options;
    const nowSeconds = clock.monotonicSeconds();
    const first = new Map<string, Entry<RelayItem>>();
    for (const entry of this.#entries()) if (!first.has(entry.item.host)) first.set(entry.item.host, entry);
    for (const [host, entry] of first) {
      const isQuiet = (this.#trouble.get(host)?.notBeforeSeconds ?? 0) > nowSeconds && this.#secondsLeft(entry) > 0;
      if (isQuiet || this.#running.has(host) || this.#running.size >= mostHostsAtOnce) continue;
      const work = this.#advance(entry)
        .catch((error) => log.error("relay: the delivery stumbled", { host, reason: String(error) }))
        .finally(() => {
          this.#running.delete(host);
          this.#wake();
        });
      this.#running.set(host, work);
    }
    const waits = [...first].flatMap(([host, entry]) => {
      // whatever is running wakes us when it ends
      if (this.#running.has(host) || this.#running.size >= mostHostsAtOnce) return [];
      return Math.min((this.#trouble.get(host)?.notBeforeSeconds ?? nowSeconds) - nowSeconds, this.#secondsLeft(entry));
    });
    if (waits.length > 0) this.#cancelTimer = clock.after(Math.max(0.1, Math.min(...waits)), () => this.#wake());
  }

  /** Sends the first of a lane, or gives it up. */
  async #advance(entry: Entry<RelayItem>): Promise<void> {
    const { clock, log, random, peers } = this.#options;
    const { host, alert } = entry.item;
    const before = this.#trouble.get(host);
    if (this.#secondsLeft(entry) <= 0) return this.#end(entry, "expired", before?.reason ?? "Culprit was not running");
    const outcome = await deliver(peers, host, alert, this.#stop.signal);
    if (outcome.kind === "later") {
      if (this.#stop.signal.aborted) return;
      const { reason } = outcome;
      const attempts = (before?.attempts ?? 0) + 1;
      const seconds = waitSeconds(attempts, outcome.retryAfterSeconds, random);
      this.#trouble.set(host, { attempts, reason, notBeforeSeconds: clock.monotonicSeconds() + seconds });
      const fields = { host, attempts, inSeconds: Math.round(seconds * 10) / 10, reason };
      if (before?.reason === reason) log.debug("relay: a host still takes no alerts", fields);
      else log.warn("relay: a host takes no alerts; they are kept and tried again", fields);
      return;
    }
    if (before !== undefined) log.info("relay: a host takes alerts again", { host, attempts: before.attempts });
    this.#trouble.delete(host);
    if (outcome.kind === "taken") await this.#end(entry, "ok");
    else await this.#end(entry, "failed", outcome.reason);
  }

  async #end(entry: Entry<RelayItem>, result: RelayEnd["result"], reason?: string): Promise<void> {
    const { log, onEnd } = this.#options;
    const { host, alert } = entry.item;
    this.#done.add(entry.id);
    this.#sinceSeconds.delete(entry.id);
    if (!this.#entries().some(({ item }) => item.host === host)) this.#trouble.delete(host);
    const fields = { host, name: alert.labels.alertname, status: alert.status, fingerprint: alert.fingerprint };
    if (result === "ok") log.info("relay: an alert was passed on to its host", fields);
    else log.error("relay: an alert is given up and will never reach its host", { ...fields, result, reason });
    onEnd(defined({ host, alert, result, reason }));
    try {
      await this.#spool.acknowledge(entry.id);
      this.#done.delete(entry.id);
    } catch (error) {
      log.error("relay: an alert that is done with cannot be removed; it would be sent again after a restart", { reason: String(error) });
    }
  }

  /** Of what came in this process by the clock that never jumps. */
  #secondsLeft({ id, item }: Entry<RelayItem>): number {
    const { clock, keepSeconds } = this.#options;
    const since = this.#sinceSeconds.get(id);
    const ageSeconds = since === undefined ? (clock.wallMs() - item.keptAtMs) / 1000 : clock.monotonicSeconds() - since;
    return keepSeconds - Math.max(0, ageSeconds);
  }

  #entries(): readonly Entry<RelayItem>[] {
    return this.#spool.entries().filter(({ id }) => !this.#done.has(id));
  }
}

/** Twice as long each time, of that between a half and the whole; what the host asked for is not undercut, but for what would be too long. */
function waitSeconds(attempts: number, retryAfterSeconds: number | undefined, random: () => number): number {
  const whole = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(attempts - 1, 20));
  return Math.max(whole * (0.5 + 0.5 * random()), Math.min(retryAfterSeconds ?? 0, 2 * longestWaitSeconds));
}
