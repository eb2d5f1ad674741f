/** A thread that asks file systems for their size: one that never answers holds this thread and nothing else. */
import { statfsSync } from "node:fs";
import { parentPort } from "node:worker_threads";

const port = parentPort;

port?.on("message", (path: string | Uint8Array) => {
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = statfsSync(typeof path === "string" ? path : Buffer.from(path));
    port.postMessage({ size: { bsize, blocks, bfree, bavail, files, ffree } });
  } catch (error) {
    const { code = String(error), message } = error as NodeJS.ErrnoException;
    port.postMessage({ code, message });
  }
});
