/**
 * The audit: `audit.jsonl` in the storage has one line of JSON for every trigger, alert, capture, delivery, silence and unclean end, with the
 * figures of the machine at that moment. It answers "what did Culprit know and do that night" without any other tool.
 */
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { NotificationFigures } from "../model/notification.ts";
import { RotatingFile } from "./rotatingFile.ts";

type AuditEvent =
  | "trigger_fired"
  | "trigger_resolved"
  | "alert"
  | "alerts_truncated"
  | "relay"
  | "capture"
  | "delivery"
  | "unclean_end"
  | "silence_begun"
  | "silence_ended";

/** What the audit is written with. */
interface AuditOptions {
  readonly storageDirectory: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The machine now. */
  readonly figures: () => NotificationFigures;
}

/** The audit of one Culprit. */
export interface Audit {
  /** Writes a line; `figures` are those of now where the event has none of its own. Facts are redacted already. */
  record(event: AuditEvent, facts: Readonly<Record<string, unknown>>, figures?: NotificationFigures): void;
  /** Lines that wait for the disk, and lines that were lost. */
  figures(): { readonly length: number; readonly dropped: number };
  /** For the last moment of a process that crashes. */
  flushNow(): void;
  close(): Promise<void>;
}

/** Opens the audit. @throws when its file cannot be one */
export async function openAudit({ storageDirectory, maxBytes, maxFiles, clock, log, figures }: AuditOptions): Promise<Audit> {
  const path = join(storageDirectory, "audit.jsonl");
  const file = await RotatingFile.open({
    path,
    maxBytes,
    maxFiles,
    clock,
    waitsForPermission: true,
    onFailure: (reason) => log.error("audit: the file cannot be written; the newest lines wait", { path, reason }),
    onRecovery: (lost) => log.warn("audit: the file is written again", { path, lost }),
  });
  return {
    record(event, facts, machine = figures()) {
      file.write(`${JSON.stringify({ time: new Date(clock.wallMs()).toISOString(), event, ...facts, machine })}\n`);
    },
    figures: () => file.figures,
    flushNow: () => file.flushNow(),
    close: () => file.close(),
  };
}
