/** The whole of Culprit as it is shipped, scraped every 15 s as Prometheus does: CPU, and memory at the end. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
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

/** A Node to run it on. */
export interface NodeProgram {
  readonly version: string;
  readonly path: string;
}

/** What the whole program takes. */
export interface WholeCost {
  readonly version: string;
  /** Percent of one core, scrapes and the helper process included. */
  readonly percent: number;
  /** At the end, and the most that was seen. */
  readonly residentBytes: number;
  readonly mostResidentBytes: number;
  /** What the helper process holds beside that, at the end: the program that both run is in memory once. */
  readonly helperBytes: number;
}

/** Runs Culprit for so long on each of these Nodes, all beside each other. */
export async function measureWhole(seconds: number, directory: string, nodes: readonly NodeProgram[]): Promise<readonly WholeCost[]> {
  const clocks = new CpuClocks(directory);
  const runs: Run[] = [];
  try {
    for (const node of nodes) {
      forgetPages(node.path);
      runs.push(await startRun(node, directory));
    }
    for (const run of runs) await waitUntilReady(`${run.url}-/ready`, run.culprit);
    await pause(scrapeEverySeconds);
    const startedMs = performance.now();
    const usedBefore = await usedSeconds(clocks, runs);
    while (performance.now() - startedMs < seconds * 1000) {
      await pause(scrapeEverySeconds);
      for (const run of runs) run.resident.push(await scrape(run));
    }
    const usedAfter = await usedSeconds(clocks, runs);
    const elapsedSeconds = (performance.now() - startedMs) / 1000;
    return runs.map(({ version, culprit, resident }, index) => ({
      version,
      percent: (100 * ((usedAfter[index] ?? Number.NaN) - (usedBefore[index] ?? Number.NaN))) / elapsedSeconds,
      residentBytes: resident.at(-1) ?? Number.NaN,
      mostResidentBytes: Math.max(...resident),
      helperBytes: helpersOf(culprit).reduce((sum, pid) => sum + ownBytesOf(pid), 0),
    }));
  } finally {
    for (const { culprit } of runs) await culprit.end("SIGTERM");
    clocks.close();
  }
}

interface Run extends NodeProgram {
  readonly culprit: Started;
  readonly url: string;
  readonly resident: number[];
}

/**
 * A binary that has just been unpacked lies in memory in large pieces, and each that is touched counts whole: 25 MB more than what the same
 * binary takes once it has been read for being run, as it is after every boot. What other programs are running stays in memory.
 */
function forgetPages(path: string): void {
  execFileSync("dd", [`if=${path}`, "iflag=nocache", "count=0", "status=none"]);
}

async function startRun(node: NodeProgram, directory: string): Promise<Run> {
  const port = await freePort();
  const folder = mkdtempSync(join(directory, "whole-"));
  const config = join(folder, "culprit.yml");
  writeFileSync(config, "{}\n");
  const flags = [`--config.file=${config}`, `--storage.path=${join(folder, "data")}`, `--web.listen-address=127.0.0.1:${port}`];
  return { ...node, culprit: new Started([node.path, mainPath, ...flags]), url: `http://127.0.0.1:${port}/`, resident: [] };
}

/** Its resident bytes right after. */
async function scrape({ url, culprit }: Run): Promise<number> {
  const answer = await fetch(`${url}metrics`, { headers: scrapeHeaders, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok || answer.headers.get("content-encoding") !== "gzip") throw new Error(`a scrape was answered with ${answer.status}`);
  await answer.text();
  return residentBytesOf(culprit.pid);
}

/** One after the other: the clocks answer one question at a time. */
async function usedSeconds(clocks: CpuClocks, runs: readonly Run[]): Promise<readonly number[]> {
  const used: number[] = [];
  for (const { culprit } of runs) used.push(await clocks.seconds(familyOf(culprit.pid)));
  return used;
}

function helpersOf(culprit: Started): readonly number[] {
  return familyOf(culprit.pid).filter((pid) => pid !== culprit.pid);
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
