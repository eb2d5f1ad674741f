/** Watches how often each client scrapes: further apart than the window, seconds go by that no scrape ever shows. */
import type { Log } from "../log.ts";

/** Clients that have not come for this long are forgotten. */
const forgetSeconds = 3600;

/** Remembers the last scrapes of every client. */
export class ScrapeWatch {
  readonly #windowSeconds: number;
  readonly #log: Log;
  readonly #clients = new Map<string, { lastSeconds: number; gapSeconds?: number; told: boolean }>();

  constructor(windowSeconds: number, log: Log) {
    this.#windowSeconds = windowSeconds;
    this.#log = log;
  }

  /** Notes one scrape of `client` (its address). */
  note(client: string, nowSeconds: number): void {
    for (const [name, known] of this.#clients) if (nowSeconds - known.lastSeconds > forgetSeconds) this.#clients.delete(name);
    const known = this.#clients.get(client);
    if (known === undefined) {
      this.#clients.set(client, { lastSeconds: nowSeconds, told: false });
      return;
    }
    known.gapSeconds = nowSeconds - known.lastSeconds;
    known.lastSeconds = nowSeconds;
    if (known.gapSeconds > this.#windowSeconds && !known.told) {
      known.told = true;
      this.#log.warn("scrapes are further apart than the window: seconds between them are seen by nobody", {
        client,
        gapSeconds: Math.round(known.gapSeconds),
        windowSeconds: this.#windowSeconds,
      });
    }
  }

  /** The longest last gap of all clients; undefined before anybody came twice. */
  get gapSeconds(): number | undefined {
    let longest: number | undefined;
    for (const { gapSeconds } of this.#clients.values()) {
      if (gapSeconds !== undefined) longest = Math.max(longest ?? 0, gapSeconds);
    }
    return longest;
  }
}
