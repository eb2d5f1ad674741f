/** Loaded into a Culprit before it starts: says, when asked, how long its event loop was held at a stretch since it was asked last. */
import { monitorEventLoopDelay } from "node:perf_hooks";

const resolutionMs = 1;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();

process.on("message", () => {
  process.send?.({
    longestMs: Math.max(0, delay.max / 1e6 - resolutionMs),
    most99Ms: Math.max(0, delay.percentile(99) / 1e6 - resolutionMs),
  });
  delay.reset();
});
process.channel?.unref();
