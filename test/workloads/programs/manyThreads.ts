/** manyThreads SECONDS COUNT: so many threads that do a little each, and one after the other that lives for a moment. */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { cpuSeconds, linger, report, sleep, spin } from "./program.ts";

interface Task {
  readonly endsAtMs: number;
  readonly busyMs: number;
  readonly restMs: number;
}

if (isMainThread) await main();
else work(workerData as Task);

function work({ endsAtMs, busyMs, restMs }: Task): void {
  do {
    spin(busyMs);
    sleep(restMs);
  } while (Date.now() < endsAtMs);
}

async function main(): Promise<void> {
  const [seconds = 10, count = 64] = process.argv.slice(2).map(Number);
  const endsAtMs = Date.now() + seconds * 1000;
  const ended: Promise<unknown>[] = [];
  for (let index = 0; index < count; index++) ended.push(start({ endsAtMs, busyMs: 2, restMs: 250 }));
  while (Date.now() < endsAtMs) await start({ endsAtMs: 0, busyMs: 20, restMs: 10 });
  await Promise.all(ended);
  report("cpu", cpuSeconds());
  linger();
}

function start(task: Task): Promise<unknown> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task, resourceLimits: { maxOldGenerationSizeMb: 8 } });
  return new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
}
