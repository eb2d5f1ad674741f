/** What this process uses of the CPU, looked at from time to time. */

const lookMs = 5_000;

/** Tells every few seconds what was used since the last time. Keeps no process from ending. */
export function watchOwnCpu(onLook: (elapsedSeconds: number, cpuSeconds: number) => void): void {
  let before = { atMs: performance.now(), usage: process.cpuUsage() };
  const timer = setInterval(() => {
    const now = { atMs: performance.now(), usage: process.cpuUsage() };
    const cpuMicroseconds = now.usage.user + now.usage.system - before.usage.user - before.usage.system;
    const elapsedSeconds = (now.atMs - before.atMs) / 1e3;
    before = now;
    onLook(elapsedSeconds, cpuMicroseconds / 1e6);
  }, lookMs);
  timer.unref();
}
