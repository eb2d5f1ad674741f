/**
 * How long a tick and a scrape hold the event loop at a stretch, on a machine with many of everything.
 *
 * npm run bench -- many [--interfaces 600] [--mounts 2000] [--disks 1000] [--cgroups 5000] [--cpus 512] [--processes 5000]
 *                       [--inhabited 200] [--seconds 15] [--scrapes 8] [--why]
 *
 * The machine is made of files, so reading them costs less than asking a kernel. Run it alone: whoever takes the CPU away in between is
 * measured as well; so it is also told for how long the thread itself ran, and how much of that was collecting garbage. With --why the
 * functions are told that the longest stretches were in, which makes all of them a little longer.
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
import { type Many, ManyMachine } from "./many/machine.ts";
import type { Held } from "./many/watch.ts";

const { values } = parseArgs({
  options: {
    interfaces: { type: "string", default: "600" },
    mounts: { type: "string", default: "2000" },
    disks: { type: "string", default: "1000" },
    cgroups: { type: "string", default: "5000" },
    processes: { type: "string", default: "5000" },
    inhabited: { type: "string", default: "200" },
    cpus: { type: "string", default: "512" },
    seconds: { type: "string", default: "15" },
    scrapes: { type: "string", default: "8" },
    why: { type: "boolean", default: false },
    // another build's dist/src/main.js, to compare with
    main: { type: "string", default: fileURLToPath(new URL("../src/main.js", import.meta.url)) },
  },
});
const { main, why, ...counts } = values;
const number = (text: string) => Number(text);
const [seconds, scrapes] = [number(counts.seconds), number(counts.scrapes)];
const many: Many = {
  interfaces: number(counts.interfaces),
  mounts: number(counts.mounts),
  disks: number(counts.disks),
  cgroups: number(counts.cgroups),
  cpus: number(counts.cpus),
  processes: number(counts.processes),
  inhabited: number(counts.inhabited),
};

const machine = new ManyMachine(many);
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
  {
    execArgv: ["--import", new URL("./many/watch.js", import.meta.url).href],
    env: { ...process.env, CULPRIT_BENCH_WHY: why ? "1" : "0" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  },
);
process.once("exit", () => {
  culprit.kill("SIGKILL");
  machine.remove();
  rmSync(storage, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const moving = setInterval(() => machine.pass(), 1000);

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

function say(what: string, { longestMs, most99Ms, above20, workingMs, garbageMs, causes }: Held, more = ""): void {
  const [longest, working, garbage, most99] = [longestMs, workingMs, garbageMs, most99Ms].map((ms) => ms.toFixed(1).padStart(6));
  const parts = `CPU ${working}, garbage in it ${garbage}`;
  console.log(`${what.padEnd(26)} ${longest} ms at most, ${parts}; ${above20} above 20; 99 % below ${most99} ms${more}`);
  for (const cause of causes) console.log(`    ${cause}`);
}

console.log(describeMachine());
console.log(
  Object.entries(many)
    .map(([what, count]) => `${count} ${what}`)
    .join(", "),
);
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
