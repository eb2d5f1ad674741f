/** The whole of Culprit as it is shipped, scraped every 15 s as Prometheus does: CPU, and memory at the end. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CpuClocks } from "../lib/cpuClocks.ts";
import { freePort } from "../lib/freePort.ts";
import { pause, Started } from "../lib/started.ts";
import { familyOf } from "./peers.ts";

const mainPath = fileURLToPath(new URL("../../src/main.js", import.meta.url));
const scrapeEverySeconds = 15;

/** As Prometheus asks. */
const scrapeHeaders = {
  accept: "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
  "accept-encoding": "gzip",
};

/** What the whole process takes. */
export interface WholeCost {
  /** Percent of one core, scrapes included. */
  readonly percent: number;
  /** At the end, and the most that was seen. */
  readonly residentBytes: number;
  readonly mostResidentBytes: number;
}

/** Runs Culprit for so long. */
export async function measureWhole(seconds: number, directory: string): Promise<WholeCost> {
  const clocks = new CpuClocks(directory);
  const port = await freePort();
  const config = join(directory, "culprit.yml");
  writeFileSync(config, "{}\n");
  const storage = `--storage.path=${join(directory, "data")}`;
  const culprit = new Started([process.execPath, mainPath, `--config.file=${config}`, storage, `--web.listen-address=127.0.0.1:${port}`]);
  try {
    const scrape = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: scrapeHeaders, signal: AbortSignal.timeout(10_000) });
      if (!answer.ok || answer.headers.get("content-encoding") !== "gzip") throw new Error(`a scrape was answered with ${answer.status}`);
      await answer.text();
      // its helper is counted in; the program that both run is in memory once
      return (
        residentBytesOf(culprit.pid) +
        familyOf(culprit.pid)
          .slice(1)
          .reduce((sum, pid) => sum + ownBytesOf(pid), 0)
      );
    };
    await waitUntilReady(`http://127.0.0.1:${port}/-/ready`, culprit);
    await pause(scrapeEverySeconds);
    const [startedMs, usedBefore] = [performance.now(), await clocks.seconds(familyOf(culprit.pid))];
    const resident: number[] = [];
    while (performance.now() - startedMs < seconds * 1000) {
      await pause(scrapeEverySeconds);
      resident.push(await scrape());
    }
    const used = (await clocks.seconds(familyOf(culprit.pid))) - usedBefore;
    return {
      percent: (100 * used) / ((performance.now() - startedMs) / 1000),
      residentBytes: resident.at(-1) ?? Number.NaN,
      mostResidentBytes: Math.max(...resident),
    };
  } finally {
    await culprit.end("SIGTERM");
    clocks.close();
  }
}

function residentBytesOf(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN);
}

function ownBytesOf(pid: number): number {
  return 1024 * Number(/^Pss_Anon: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"))?.[1] ?? 0);
}

async function waitUntilReady(url: string, culprit: Started): Promise<void> {
  for (let attempt = 0; attempt < 100 && !culprit.ended; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(0.2);
  }
  throw new Error("Culprit did not become ready");
}
