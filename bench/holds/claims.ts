/** A claim of the bench `holds`, and what it is held with. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pause } from "../lib/started.ts";
import type { Victim } from "../lib/victim.ts";

/** One thing that held once and must go on holding. */
export interface Claim {
  readonly name: string;
  /** Throws when it does not hold; may say what was seen. `folder` is its own. */
  hold(folder: string): Promise<string | undefined>;
}

/** The storage of a claim's Culprit. */
export function storageIn(folder: string): string {
  const path = join(folder, "data");
  mkdirSync(path, { recursive: true });
  return path;
}

/** The payload of a webhook that has so many alerts of this name. */
export function alertsOf(name: string, count = 1): string {
  const alerts = Array.from({ length: count }, (_, at) => ({
    status: "firing",
    labels: { alertname: count === 1 ? name : `${name}${at}`, instance: "web1" },
    startsAt: new Date().toISOString(),
  }));
  return JSON.stringify({ version: "4", alerts });
}

/** Sends an alert; the status and the id of its archive. */
export async function sendAlert(victim: Victim, name: string): Promise<{ readonly status: number; readonly archiveId: string }> {
  const answer = await victim.send("/webhook", { method: "POST", body: alertsOf(name) });
  const { results } = (await answer.json()) as { results?: readonly { readonly archiveId?: string }[] };
  return { status: answer.status, archiveId: results?.[0]?.archiveId ?? "" };
}

/** The bytes of an archive once it is there. @throws when it does not come in time */
export async function archiveBytes(victim: Victim, id: string, seconds = 90): Promise<Buffer> {
  const untilMs = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await victim.send(`/archives/${id}.tar.gz`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.status === 200) return bytes;
    assert.ok(
      performance.now() < untilMs,
      `there is no archive ${id} after ${seconds} s: ${answer.status} ${bytes.toString().slice(0, 200)}`,
    );
    await pause(0.5);
  }
}

/** Asks again and again until it is so. @throws when it never is */
export async function until(what: string, seconds: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const untilMs = performance.now() + seconds * 1000;
  while (!(await holds())) {
    assert.ok(performance.now() < untilMs, `after ${seconds} s still not: ${what}`);
    await pause(0.2);
  }
}

/** It answers, and looks at the machine. */
export async function assertWell(victim: Victim): Promise<void> {
  assert.ok(victim.isAlive, "Culprit has ended");
  await victim.ask("/-/healthy", 5);
  const before = await victim.metric("culprit_samples_total");
  await until("a new sample", 10, async () => (await victim.metric("culprit_samples_total")) > before);
}
