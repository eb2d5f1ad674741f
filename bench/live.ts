/**
 * What the live page costs: the CPU of the server with no, one and many listeners to its stream, and that of a browser that shows the
 * page, at rest.
 *
 * npm run bench -- live [--clients 100] [--seconds 20] [--rounds 3] [--browser]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type ClientRequest, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freePort } from "./lib/freePort.ts";
import { describeMachine } from "./lib/machine.ts";
import { spreadOf, tableOf, textOf } from "./lib/numbers.ts";
import { endStartedOnExit, pause, Started } from "./lib/started.ts";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "100" },
    seconds: { type: "string", default: "20" },
    rounds: { type: "string", default: "3" },
    browser: { type: "boolean", default: false },
  },
});
const [clients, seconds, rounds] = [Number(values.clients), Number(values.seconds), Number(values.rounds)];
if (!(clients >= 1 && seconds >= 1 && rounds >= 1)) throw new Error("--clients, --seconds and --rounds want numbers from 1 on");

const mainPath = fileURLToPath(new URL("../src/main.js", import.meta.url));
const storage = mkdtempSync(join(tmpdir(), "culprit-bench-"));
/** USER_HZ: what /proc/PID/stat counts in on every Linux that Node runs on. */
const ticksPerSecond = 100;

endStartedOnExit();
process.once("exit", () => rmSync(storage, { recursive: true, force: true }));
const port = await freePort();
const config = join(storage, "culprit.yml");
writeFileSync(config, "web: { auth: always }\n");
const culprit = new Started([
  process.execPath,
  mainPath,
  `--config.file=${config}`,
  `--storage.path=${storage}`,
  `--web.listen-address=127.0.0.1:${port}`,
  "--log.level=error",
]);
const base = `http://127.0.0.1:${port}/`;
for (let attempt = 0; attempt < 100; attempt++) {
  if ((await fetch(`${base}-/ready`).catch(() => undefined))?.ok === true) break;
  await pause(0.2);
}
const token = readFileSync(join(storage, "tokens", "admin"), "utf8").trim();

console.log(describeMachine());
const counts = [0, 1, clients];
const shares = new Map<number, number[]>(counts.map((count) => [count, []]));
let receivedBytes = 0;
await pause(10);
// in turns, so that what else goes on falls on all of them
for (let round = 0; round < rounds; round++) {
  for (const count of counts) shares.get(count)?.push(await measure(count));
}
const rows = counts.map((count) => [String(count), textOf(spreadOf(shares.get(count) ?? []), " %")]);
console.log(`\n${tableOf([["listeners", "the server's share of one CPU (least-most)"], ...rows])}`);
console.log(
  `\nOne listener receives ${Math.round(receivedBytes / clients / seconds / rounds / 100) / 10} kB a second. RSS ${Math.round(residentMegabytes(culprit.pid))} MB.`,
);
if (values.browser)
  console.log(`\nA browser with the page open uses ${(await browserShare()).toFixed(1)} % of one CPU, all of its processes.`);
await culprit.end("SIGTERM");

/** Percent of one CPU that the server uses while so many listen. */
async function measure(count: number): Promise<number> {
  const requests = await Promise.all(Array.from({ length: count }, () => listen(count === clients)));
  await pause(2);
  const before = cpuSeconds(culprit.pid);
  const beganAt = performance.now();
  await pause(seconds);
  const share = ((cpuSeconds(culprit.pid) - before) / ((performance.now() - beganAt) / 1000)) * 100;
  for (const request of requests) request.destroy();
  await pause(1);
  return share;
}

function listen(counts: boolean): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const request = get(`${base}api/live`, { headers: { Authorization: `Bearer ${token}` }, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`/api/live answered ${response.statusCode}`));
      response.on("error", () => {});
      response.on("data", (chunk: Buffer) => {
        if (counts) receivedBytes += chunk.length;
      });
      resolve(request);
    });
    request.on("error", reject);
  });
}

/** User and system time of a process. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function residentMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** A window of 1440 x 900 at rest, its twenty minutes still filling up. */
async function browserShare(): Promise<number> {
  const { chromium } = await import("playwright-core");
  const server = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
  });
  try {
    const page = await (await server.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    const session = await server.newBrowserCDPSession();
    const usage = async (): Promise<number> => {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    };
    await page.goto(`${base}login?token=${token}`);
    await page.locator('.pill[data-state="live"]').waitFor();
    await pause(10);
    const before = await usage();
    await pause(seconds);
    return (((await usage()) - before) / seconds) * 100;
  } finally {
    await server.close();
  }
}
