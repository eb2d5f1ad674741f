/** busyThreads SECONDS COUNT: so many threads that never rest, which is what the load average counts. */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { cpuSeconds, linger, report, spin } from "./program.ts";

if (isMainThread) {
  const [seconds = 10, count = 6] = process.argv.slice(2).map(Number);
  // started first and let loose together, so that they are all there all the time
  const endsAtMs = Date.now() + seconds * 1000;
  const workers = Array.from({ length: count }, () => new Worker(new URL(import.meta.url), { workerData: endsAtMs }));
  report("tasks", count);
  await Promise.all(workers.map((worker) => new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject))));
  report("cpu", cpuSeconds());
  linger();
} else spin(Math.max(0, (workerData as number) - Date.now()));
