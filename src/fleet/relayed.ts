/**
 * Remembers which alert went to which host, so that a link with the alert's fingerprint is answered with the archive of that host.
 *
 * It is written after the work: what a crash loses is still in the queue, or known to the hosts when they are asked.
 */
import { z } from "zod";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { checked } from "../spool/checked.ts";
import { JsonFile } from "../spool/jsonFile.ts";

/** Where an alert went, and what came of it; nothing yet while it waits. */
export interface RelayedAlert {
  readonly fingerprint: string;
  readonly host: string;
  readonly atMs: number;
  readonly result?: "ok" | "failed" | "expired";
  readonly reason?: string;
}

const mostRemembered = 2000;

const alert: z.ZodType<RelayedAlert> = z.object({
  fingerprint: z.string(),
  host: z.string(),
  atMs: z.number(),
  result: z.enum(["ok", "failed", "expired"]).exactOptional(),
  reason: z.string().exactOptional(),
});
const stored = z.object({ alerts: z.array(alert) });

type ByFingerprint = Map<string, RelayedAlert>;

/** The newest alerts that were relayed, in a file. */
export class RelayedAlerts {
  readonly #file: JsonFile<ByFingerprint>;
  readonly #clock: Clock;
  readonly #byFingerprint: ByFingerprint;

  private constructor(file: JsonFile<ByFingerprint>, clock: Clock, byFingerprint: ByFingerprint) {
    this.#file = file;
    this.#clock = clock;
    this.#byFingerprint = byFingerprint;
  }

  static async open(path: string, log: Log, clock: Clock): Promise<RelayedAlerts> {
    const file = new JsonFile<ByFingerprint>({
      path,
      parse: (json) => new Map(checked(stored, json).alerts.map((one) => [one.fingerprint, one])),
      toJson: (byFingerprint) => ({ alerts: [...byFingerprint.values()] }),
      what: "relay: the list of where alerts went",
      ifLost: "their hosts are asked when somebody looks for one",
      ifUnwritten: "after a restart their hosts are asked when somebody looks for one",
      clock,
      log,
    });
    return new RelayedAlerts(file, clock, (await file.load()) ?? new Map());
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
    void this.#file.save(this.#byFingerprint);
  }

  /** Brings the file back where somebody has removed it. Rejects when the disk does not take it. */
  check(): Promise<void> {
    return this.#file.check();
  }

  /** Resolves when the file says what is known, or cannot. */
  close(): Promise<void> {
    return this.#file.close();
  }
}
