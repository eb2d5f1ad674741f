/** The machine's figures for a test message: what the operating system tells at once, without the sampler. */
import { statfs } from "node:fs/promises";
import { type CpuInfo, cpus, freemem, loadavg, platform, totalmem } from "node:os";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { NotificationFigures } from "../model/notification.ts";

const measuredSeconds = 0.5;

/** Reads them; takes half a second, over which the CPU usage is measured. */
export async function readMessageFigures(clock: Clock, rootDirectory: string): Promise<NotificationFigures> {
  const before = cpus();
  await new Promise<void>((resolve) => void clock.after(measuredSeconds, resolve));
  const after = cpus();
  const cpuRatio = busyRatio(before, after);
  const ratio = await statfs(rootDirectory).then(
    // below zero, which the kernel writes without a sign, it is full
    ({ blocks, bavail }) => (blocks > 0 ? (bavail > blocks ? 1 : 1 - bavail / blocks) : undefined),
    () => undefined,
  );
  const [load1 = 0, load5 = 0, load15 = 0] = loadavg();
  return defined({
    cpuRatio,
    memoryRatio: 1 - freemem() / totalmem(),
    disk: ratio === undefined ? undefined : { mountpoint: "/", ratio },
    // Windows has no load average; Node says 0
    load: platform() === "win32" ? undefined : { load1, load5, load15 },
    cores: after.length === 0 ? undefined : after.length,
  });
}

/** Busy part of the time between two readings, over all CPUs; undefined when no time has passed. */
export function busyRatio(before: readonly CpuInfo[], after: readonly CpuInfo[]): number | undefined {
  const [first, second] = [before, after].map((list) => ({
    idle: list.reduce((sum, { times }) => sum + times.idle, 0),
    all: list.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq + times.idle, 0),
  }));
  if (first === undefined || second === undefined || second.all <= first.all) return undefined;
  return Math.min(1, Math.max(0, 1 - (second.idle - first.idle) / (second.all - first.all)));
}
