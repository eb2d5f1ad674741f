/** Why something that was pushed is refused: counted by these, and said once a minute a host. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";

/** As `culprit_ingest_rejected_total{reason}` counts them. */
const refusalReasons = [
  "malformed",
  "clock_skew",
  "too_old",
  "too_large",
  "too_fast",
  "too_many_hosts",
  "wrong_host",
  "unauthorised",
  "unavailable",
] as const;

/** One of them. */
export type RefusalReason = (typeof refusalReasons)[number];

interface Told {
  readonly reason: RefusalReason;
  /** The host, or the client's address where the host is not known. */
  readonly host: string;
  readonly field?: string | undefined;
  readonly words: string;
}

const quietSeconds = 60;
const mostRemembered = 2000;

/** Counts all, and says one a minute of each host. */
export class Refusals {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counts = new Map<RefusalReason, number>(refusalReasons.map((reason) => [reason, 0]));
  readonly #saidAtSeconds = new Map<string, number>();
  #unsaid = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  get counts(): ReadonlyMap<RefusalReason, number> {
    return this.#counts;
  }

  note({ reason, host, field, words }: Told, items = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + items);
    const nowSeconds = this.#clock.monotonicSeconds();
    const key = host.slice(0, 300);
    const saidAt = this.#saidAtSeconds.get(key);
    if (saidAt !== undefined && nowSeconds - saidAt < quietSeconds) {
      this.#unsaid += items;
      return;
    }
    this.#saidAtSeconds.delete(key);
    this.#saidAtSeconds.set(key, nowSeconds);
    const [oldest] = this.#saidAtSeconds.keys();
    if (this.#saidAtSeconds.size > mostRemembered && oldest !== undefined) this.#saidAtSeconds.delete(oldest);
    this.#log.warn("ingest: something that was pushed is refused", { reason, host, field, words, unsaidBefore: this.#unsaid });
    this.#unsaid = 0;
  }
}
