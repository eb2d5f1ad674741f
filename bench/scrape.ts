/**
 * One scrape, side by side in one run: Culprit's own metrics and its node_exporter families against node_exporter and process-exporter.
 *
 * node dist/bench/scrape.js [scrapes]. Programs that are not installed are left out. CPU is what the kernel charged to the process during
 * the scrapes, less what it uses when nobody scrapes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createNodeCollectors } from "../src/metrics/node/collectors.ts";
import { defaultExclusions } from "../src/metrics/node/exclude.ts";

const scrapes = Number(process.argv[2] ?? 200);
const rounds = 5;
const idleSeconds = 5;
const main = fileURLToPath(new URL("../src/main.js", import.meta.url));
const storage = mkdtempSync(join(tmpdir(), "culprit-bench-"));
const agent = new Agent({ keepAlive: true });

interface Target {
  readonly name: string;
  readonly command: readonly string[];
  readonly port: number;
  readonly path: string;
  readonly ready: string;
}

/** All that Culprit offers, so that both do the same; node_exporter's systemd wants a bus that not every machine has. */
const nodeCollectors = createNodeCollectors(defaultExclusions)
  .map(({ collector }) => collector)
  .filter((name) => name !== "systemd");

const culprit = [process.execPath, main, "--web.listen-address=127.0.0.1:19101", `--storage.path=${storage}`, "--log.level=error"];
const targets: readonly Target[] = [
  { name: "culprit /metrics", command: culprit, port: 19101, path: "/metrics", ready: "/-/ready" },
  { name: "culprit collect[]=node", command: culprit, port: 19101, path: "/metrics?collect[]=node", ready: "/-/ready" },
  {
    name: "node_exporter",
    command: [
      "prometheus-node-exporter",
      "--web.listen-address=127.0.0.1:19102",
      "--collector.disable-defaults",
      ...nodeCollectors.map((name) => `--collector.${name}`),
    ],
    port: 19102,
    path: "/metrics",
    ready: "/metrics",
  },
  {
    name: "process-exporter",
    command: ["prometheus-process-exporter", "-web.listen-address=127.0.0.1:19103", "-procnames=node,bash,sh,prometheus"],
    port: 19103,
    path: "/metrics",
    ready: "/metrics",
  },
];

/** CPU seconds of a process, all its threads together, until now. */
function cpuSeconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function scrape(target: Target, path = target.path): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "Accept-Encoding": "gzip" };
    get({ host: "127.0.0.1", port: target.port, path, agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve(Buffer.concat(chunks).toString("latin1")) : reject(new Error(`${answer.statusCode}`)),
      );
    }).on("error", reject);
  });
}

async function series(target: Target): Promise<{ series: number; bytes: number }> {
  const text = await (await fetch(`http://127.0.0.1:${target.port}${target.path}`)).text();
  return { series: text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length, bytes: Buffer.byteLength(text) };
}

async function start(target: Target): Promise<ChildProcess | undefined> {
  const [program = "", ...args] = target.command;
  const child = spawn(program, args, { stdio: "ignore" });
  const failed = once(child, "error").then(() => true);
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await Promise.race([failed, sleep(0.1).then(() => false)])) return undefined;
    const ready = await scrape(target, target.ready).then(
      () => true,
      () => false,
    );
    if (ready) return child;
  }
  child.kill("SIGKILL");
  return undefined;
}

const sleep = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const at = (values: readonly number[], share: number) =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

async function measure(target: Target, child: ChildProcess) {
  const perScrape: number[] = [];
  const wall: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const idleFrom = cpuSeconds(child);
    await sleep(idleSeconds);
    const idlePerSecond = (cpuSeconds(child) - idleFrom) / idleSeconds;
    const began = performance.now();
    const from = cpuSeconds(child);
    for (let turn = 0; turn < scrapes; turn++) {
      const before = performance.now();
      await scrape(target);
      wall.push(performance.now() - before);
    }
    const seconds = (performance.now() - began) / 1000;
    perScrape.push(((cpuSeconds(child) - from - idlePerSecond * seconds) / scrapes) * 1000);
  }
  return {
    cpuMs: at(perScrape, 0.5),
    lowMs: Math.min(...perScrape),
    highMs: Math.max(...perScrape),
    p50: at(wall, 0.5),
    p99: at(wall, 0.99),
  };
}

try {
  const rows: { name: string; cpuMs: number; text: string }[] = [];
  for (const target of targets) {
    const child = await start(target);
    if (child === undefined) {
      console.log(`${target.name}: not installed`);
      continue;
    }
    for (let warm = 0; warm < 100; warm++) await scrape(target);
    const { cpuMs, lowMs, highMs, p50, p99 } = await measure(target, child);
    const size = await series(target);
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
    const text = `${cpuMs.toFixed(2)} (${lowMs.toFixed(2)}-${highMs.toFixed(2)}) | ${p50.toFixed(1)} / ${p99.toFixed(1)} | ${size.series} | ${size.bytes} | ${Math.round(Number(rss) / 1024)}`;
    rows.push({ name: target.name, cpuMs, text });
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  const reference = rows.find((row) => row.name === "node_exporter")?.cpuMs;
  console.log(
    "| what | CPU ms per scrape (least-most) | wall ms p50 / p99 | series | bytes | RSS MB | CPU / node_exporter |\n| --- | --- | --- | --- | --- | --- | --- |",
  );
  for (const { name, cpuMs, text } of rows)
    console.log(`| ${name} | ${text} | ${reference === undefined ? "?" : (cpuMs / reference).toFixed(2)} |`);
} finally {
  agent.destroy();
  rmSync(storage, { recursive: true, force: true });
}
