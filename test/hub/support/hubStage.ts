/** A hub in a folder of its own, and what hosts send it. */
import { Hub } from "../../../src/hub/hub.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { type LogLine, rememberingLog } from "../../support/rememberingLog.ts";

/** The clock of `ManualClock` at its start. */
export const t0 = Date.UTC(2026, 10, 21, 10, 0, 0);

export class HubStage {
  readonly clock = new ManualClock();
  readonly lines: LogLine[] = [];
  readonly directory: string;
  hub!: Hub;

  constructor(directory: string) {
    this.directory = directory;
  }

  static async open(directory: string, limits: { readonly maxHosts?: number; readonly maxBytes?: number } = {}): Promise<HubStage> {
    const stage = new HubStage(directory);
    await stage.openHub(limits);
    return stage;
  }

  /** Opens the hub again, as a start after a sudden end does. */
  async openHub({ maxHosts = 100, maxBytes = 1e9 }: { readonly maxHosts?: number; readonly maxBytes?: number } = {}): Promise<void> {
    const { directory, clock, lines } = this;
    this.hub = await Hub.open({ directory, hostname: "hub", version: "0.1.0", maxHosts, maxBytes, clock, log: rememberingLog(lines) });
  }

  /** Sends a body as somebody who may send for every host. */
  send(body: unknown, host?: string) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.hub.take(text, { host, refusalToSendFor: () => undefined, pace: async () => undefined });
  }

  async timesOf(host: string): Promise<readonly number[]> {
    return (await this.hub.hosts.find(host)?.lookBack.history(10_000))?.map(({ takenAtMs }) => (takenAtMs - t0) / 1000) ?? [];
  }
}

/** A script's payload, so many seconds after the start. */
export function plain(hostname: string, seconds: number, more: object = {}): object {
  return {
    hostname,
    timestamp: new Date(t0 + seconds * 1000).toISOString(),
    cpu: { percent: 25, per_core: [50, 0] },
    memory: { total: 1000, used: 400, free: 600, percent: 40 },
    disk: { total: 2000, used: 500, free: 1500, percent: 25 },
    ...more,
  };
}

/** The first line of what a Culprit sends. */
export function head(hostname: string, more: object = {}): string {
  const host = { hostname, os: "Linux", kernel: "6.18", arch: "x64" };
  return `${JSON.stringify({ schemaVersion: 1, recording: "culprit", host, culprit: "0.1.0", ...more })}\n`;
}

/** A second of a Culprit, as a line. */
export function second(seconds: number, process = "pg_dump"): string {
  const labels = { kind: "process", process, unit: "", container: "", user: "root" };
  const host = { cpu: { cores: 2, busySeconds: 5, busyCores: 1, usageRatio: 0.5 } };
  const groups = [{ ...labels, usage: { cpuCores: 0.9 } }];
  return `${JSON.stringify({ takenAtMs: t0 + seconds * 1000, elapsedSeconds: 5, gap: false, host, processes: [], groups })}\n`;
}
