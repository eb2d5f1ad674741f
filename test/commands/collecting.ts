/** A program that makes garbage, brings V8 to collect it and says whether that was done. */
import { setTimeout as pause } from "node:timers/promises";
import { beginCollection } from "../../src/burstMemory.ts";

let isCollected = false;
const registry = new FinalizationRegistry(() => {
  isCollected = true;
});
registry.register(
  Array.from({ length: 100_000 }, (_, at) => ({ at })),
  undefined,
);
await pause(1);
beginCollection();
const endMs = performance.now() + 60_000;
while (!isCollected && performance.now() < endMs) await pause(10);
process.stdout.write(isCollected ? "collected" : "kept");
