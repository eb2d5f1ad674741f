/**
 * Remembers which alert went to which host, so that a link with the alert's fingerprint is answered with the archive of that host.
 *
 * It is written behind the work and not before it: what a crash forgets, the queue knows, or the hosts themselves when they are asked.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { writeDurably } from "../spool/durable.ts";

/** Where an alert went, and what came of it; nothing yet while it waits. */
export interface RelayedAlert {
  readonly fingerprint: string;
  readonly host: string;
  readonly atMs: number;
  readonly result?: "ok" | "failed" | "expired";
  readonly reason?: string;
}

const mostRemembered = 2000;
const stored = z.object({
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      host: z.string(),
      atMs: z.number(),
      result: z.enum(["ok", "failed", "expired"]).optional(),
      reason: z.string().optional(),
    }),
  ),
});

/** The newest alerts that were relayed, in a file. */
export class RelayedAlerts {
  readonly #path: string;
  readonly #log: Log;
  readonly #clock: Clock;
  #byFingerprint: Map<string, RelayedAlert>;
  #writing: Promise<void> | undefined;
  #isDirty = false;

  private constructor(path: string, log: Log, clock: Clock, alerts: readonly RelayedAlert[]) {
    this.#path = path;
    this.#log = log;
    this.#clock = clock;
    this.#byFingerprint = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
  }

  /** Reads the file; one that cannot be understood is begun anew, with a line in the log. */
  static async open(path: string, log: Log, clock: Clock): Promise<RelayedAlerts> {
    try {
      const { alerts } = stored.parse(JSON.parse(await readFile(path, "utf8")));
      return new RelayedAlerts(path, log, clock, alerts as readonly RelayedAlert[]);
    } catch (error) {
      const isNew = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isNew) log.warn("relay: what was passed on before is forgotten, its file cannot be read", { path, reason: String(error) });
      return new RelayedAlerts(path, log, clock, []);
    }
  }

  find(fingerprint: string): RelayedAlert | undefined {
    return this.#byFingerprint.get(fingerprint);
  }

  /** An alert is on its way to a host, or is found to be that host's. */
  note(fingerprint: string, host: string, end: Pick<RelayedAlert, "result" | "reason"> = {}): void {
    const known = this.#byFingerprint.get(fingerprint);
    const atMs = known?.host === host ? known.atMs : this.#clock.wallMs();
    this.#byFingerprint.delete(fingerprint);
    this.#byFingerprint.set(fingerprint, { fingerprint, host, atMs, ...end });
    for (const oldest of this.#byFingerprint.keys()) {
      if (this.#byFingerprint.size <= mostRemembered) break;
      this.#byFingerprint.delete(oldest);
    }
    this.#isDirty = true;
    this.#writing ??= this.#write();
  }

  /** Resolves when the file says what is known. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#isDirty) {
      this.#isDirty = false;
      try {
        await writeDurably(this.#path, `${JSON.stringify({ alerts: [...this.#byFingerprint.values()] })}\n`);
      } catch (error) {
        this.#log.warn("relay: where alerts went cannot be written down", { path: this.#path, reason: String(error) });
      }
    }
    this.#writing = undefined;
  }
}
