/** growingMemory SECONDS BYTES: takes so much memory, step by step, and keeps it. */
import { linger, report } from "./program.ts";

const [seconds = 10, bytes = 160 * 1024 * 1024] = process.argv.slice(2).map(Number);
const steps = 20;
const kept: Buffer[] = [];
const timer = setInterval(
  () => {
    // filled, so that every page is there and not only promised
    kept.push(Buffer.alloc(bytes / steps, kept.length + 1));
    if (kept.length < steps) return;
    clearInterval(timer);
    report(
      "memory",
      kept.reduce((sum, buffer) => sum + buffer.length, 0),
    );
    linger();
  },
  (seconds * 1000) / steps,
);
// as long as somebody could still ask for them, they cannot be collected
process.stdin.once("end", () => kept.splice(0));
