/**
 * How long a tick and a scrape hold the event loop at a stretch, on a machine with many of everything.
 *
 * npm run bench -- many [--interfaces 600] [--mounts 2000] [--disks 1000] [--cgroups 5000] [--cpus 512] [--seconds 15] [--scrapes 8]
 *
 * The machine is made of files, so reading them costs less than asking a kernel. Run it alone: whoever takes the CPU away in between is
 * measured as well.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freePort } from "./lib/freePort.ts";
import { describeMachine } from "./lib/machine.ts";
import { pause } from "./lib/started.ts";
import { ManyMachine } from "./many/machine.ts";

const { values } = parseArgs({
  options: {
    interfaces: { type: "string", default: "600" },
    mounts: { type: "string", default: "2000" },
    disks: { type: "string", default: "1000" },
    cgroups: { type: "string", default: "5000" },
    cpus: { type: "string", default: "512" },
    seconds: { type: "string", default: "15" },
    scrapes: { type: "string", default: "8" },
    // another build's dist/src/main.js, to compare with
    main: { type: "string", default: fileURLToPath(new URL("../src/main.js", import.meta.url)) },
  },
});
const { main, ...counts } = values;
const [interfaces, mounts, disks, cgroups, cpus, seconds, scrapes] = [
  ...[counts.interfaces, counts.mounts, counts.disks, counts.cgroups, counts.cpus, counts.seconds, counts.scrapes],
].map(Number) as [number, number, number, number, number, number, number];

const machine = new ManyMachine({ interfaces, mounts, disks, cgroups, cpus });
const storage = mkdtempSync(join(tmpdir(), "culprit-bench-"));
writeFileSync(join(storage, "culprit.yml"), "web: { auth: always }\n");
const port = await freePort();
const culprit: ChildProcess = fork(
  main,
  [
    ...[`--config.file=${join(storage, "culprit.yml")}`, `--storage.path=${storage}`, "--log.level=error"],
    ...[`--web.listen-address=127.0.0.1:${port}`, `--path.procfs=${machine.directory}/proc`],
    ...[`--path.sysfs=${machine.directory}/sys`, `--path.rootfs=${machine.directory}/root`],
  ],
  { execArgv: ["--import", new URL("./many/watch.js", import.meta.url).href], stdio: ["ignore", "ignore", "inherit", "ipc"] },
);
process.once("exit", () => {
  culprit.kill("SIGKILL");
  machine.remove();
  rmSync(storage, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const moving = setInterval(() => machine.pass(), 1000);

interface Held {
  readonly longestMs: number;
  readonly most99Ms: number;
}

/** How long the loop was held while `work` was done, apart from what was before. */
async function heldWhile(work: () => Promise<void>): Promise<Held> {
  await ask();
  await work();
  return ask();
}

async function ask(): Promise<Held> {
  culprit.send("held");
  const [held] = (await once(culprit, "message")) as [Held];
  return held;
}

async function scrape(query: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics${query}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${query}: ${answer.status} ${text}`);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
}

function say(what: string, { longestMs, most99Ms }: Held, more = ""): void {
  console.log(`${what.padEnd(26)} ${longestMs.toFixed(1).padStart(7)} ms at most, 99 % below ${most99Ms.toFixed(1).padStart(6)} ms${more}`);
}

console.log(describeMachine());
console.log(`${interfaces} interfaces, ${mounts} mounts, ${disks} disks, ${cgroups} cgroups, ${cpus} CPUs`);
for (let attempt = 0; attempt < 150; attempt++) {
  if ((await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok === true) break;
  await pause(0.2);
}
say("the first ticks", await heldWhile(() => pause(seconds)));
say("ticks", await heldWhile(() => pause(seconds)));
const collectors = ["netclass", "netdev", "filesystem", "diskstats", "cpu", "softnet", "schedstat"];
for (const query of ["", "?collect[]=node", ...collectors.map((name) => `?collect[]=${name}`)]) {
  let series = 0;
  const held = await heldWhile(async () => {
    for (let index = 0; index < scrapes; index++) {
      series = await scrape(query);
      await pause(0.2);
    }
  });
  say(`/metrics${query}`, held, `, ${series} series`);
}
clearInterval(moving);
process.exit();
