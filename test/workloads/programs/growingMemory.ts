/** growingMemory SECONDS BYTES: takes so much memory, step by step, and keeps it. First it is there as it is for a while. */
import { linger, report, sleep } from "./program.ts";

const [seconds = 10, bytes = 160 * 1024 * 1024] = process.argv.slice(2).map(Number);
const steps = 20;
const beforeSeconds = 5;
const kept: Buffer[] = [];
report("before", mostBytes());
sleep(beforeSeconds * 1000);
const timer = setInterval(
  () => {
    // filled, so that every page is there and not only promised
    kept.push(Buffer.alloc(bytes / steps, kept.length + 1));
    if (kept.length < steps) return;
    clearInterval(timer);
    report(
      "grown",
      kept.reduce((sum, buffer) => sum + buffer.length, 0),
    );
    report("memory", mostBytes());
    linger();
  },
  ((seconds - beforeSeconds) * 1000) / steps,
);
// as long as somebody could still ask for them, they cannot be collected
process.stdin.once("end", () => kept.splice(0));

/** The most memory that it ever had, getrusage(2), which is what it has: it gives nothing back. */
function mostBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
