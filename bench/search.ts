/**
 * What the index of names costs, and how long a search takes: days of a machine with 200 names at work in each minute and 5000 in all go
 * through the recorder itself; then Culprit is started on them and asked over HTTP.
 *
 * npm run bench -- search [--days 7]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { atOnce } from "../src/model/steps.ts";
import { NamesOfMinute } from "../src/recorder/namesOfMinute.ts";
import { freePort } from "./lib/freePort.ts";
import { describeMachine } from "./lib/machine.ts";
import { tableOf } from "./lib/numbers.ts";
import { endStartedOnExit, pause, Started } from "./lib/started.ts";
import { ManyNames } from "./recording/manyNames.ts";
import { makeWeek } from "./recording/week.ts";

const { values } = parseArgs({ options: { days: { type: "string", default: "7" } } });
const days = Number(values.days);
if (!(days > 0)) throw new Error(`--days wants a number above 0, not ${values.days}`);

const toMs = Math.floor(Date.now() / 1000) * 1000;
const fromMs = toMs - days * 86_400_000;
const mainPath = fileURLToPath(new URL("../src/main.js", import.meta.url));
const storage = mkdtempSync(join(tmpdir(), "culprit-bench-"));
endStartedOnExit();
process.once("exit", () => rmSync(storage, { recursive: true, force: true }));

console.log(describeMachine());
console.log(`\nA tick\n\n${tableOf([["groups", "of which ran", "us of CPU"], ...costPerTick()])}`);
// each minute has four seconds: as many names as any, and made in a minute
await makeWeek(join(storage, "recording"), days, { machine: new ManyNames(0), endMs: toMs, mostGroups: 30 });
console.log(`\nThe index\n\n${tableOf([["what", "per day"], ...(await sizes())])}`);
console.log(`\nSearching ${days} days\n\n${tableOf(await searches())}`);

function costPerTick(): readonly (readonly string[])[] {
  return [
    [200, 20],
    [500, 200],
    [5000, 100],
  ].map(([all = 0, running = 0]) => {
    const machine = new ManyNames(all - running);
    const snapshots = Array.from({ length: 60 }, (_, second) => machine.snapshot(second * 1000, running));
    const names = new NamesOfMinute();
    const round = (minute: number) => {
      for (const snapshot of snapshots) atOnce(names.take({ ...snapshot, takenAtMs: snapshot.takenAtMs + minute * 60_000 }));
    };
    for (let minute = 0; minute < 20; minute++) round(minute);
    const before = process.cpuUsage();
    for (let minute = 20; minute < 120; minute++) round(minute);
    const { user, system } = process.cpuUsage(before);
    return [String(all), String(running), ((user + system) / 6000).toFixed(1)];
  });
}

async function sizes(): Promise<readonly (readonly string[])[]> {
  const directory = join(storage, "recording");
  const found = await Promise.all(
    (await readdir(directory)).map(async (name) => ({ name, bytes: (await stat(join(directory, name))).size })),
  );
  const perDay = (part: string) => {
    const bytes = found.filter(({ name }) => name.includes(part)).reduce((sum, one) => sum + one.bytes, 0);
    return `${(bytes / days / 1e6).toFixed(1)} MB`;
  };
  return [
    ["index of names", perDay(".names.")],
    ["minute summaries of 30 groups", perDay(".summary.")],
  ];
}

/** What a process has used since it began. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

async function searches(): Promise<readonly (readonly string[])[]> {
  const port = await freePort();
  const config = join(storage, "culprit.yml");
  writeFileSync(config, "recording: { maxBytes: 100GiB, maxAge: 1y }\n");
  const culprit = new Started([
    process.execPath,
    mainPath,
    `--config.file=${config}`,
    `--storage.path=${storage}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=error",
  ]);
  try {
    const base = `http://127.0.0.1:${port}`;
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await fetch(`${base}/-/ready`).catch(() => undefined))?.ok === true) break;
      await pause(0.2);
    }
    const headers = { Authorization: `Bearer ${readFileSync(join(storage, "tokens", "admin"), "utf8").trim()}` };
    const rows = [["what", "q", "s (first, second, third)", "s of CPU", "found", "minutes", "bytes"]];
    for (const [what, query] of [
      ["one that ran now and then", "job-4711"],
      ["one that ran all the time", "service-17"],
      ["nobody", "nginx"],
      ["a user with all the steady ones", "user:root"],
      ["a part of a unit's name", "unit:service-1"],
      ["a user with thousands of names", "user:batch"],
      ["everybody", "e"],
    ] as const) {
      const times: string[] = [];
      let text = "";
      const cpuBefore = cpuSecondsOf(culprit.pid);
      for (let time = 0; time < 3; time++) {
        const startedMs = performance.now();
        const answer = await fetch(`${base}/api/search?q=${encodeURIComponent(query)}&from=${fromMs}&to=${toMs}`, { headers });
        text = await answer.text();
        if (!answer.ok) throw new Error(`${query}: ${answer.status} ${text}`);
        times.push(((performance.now() - startedMs) / 1000).toFixed(2));
      }
      const cpu = ((cpuSecondsOf(culprit.pid) - cpuBefore) / 3).toFixed(2);
      const { total, all } = JSON.parse(text) as { total: number; all: { minutes: number } | null };
      rows.push([what, query, times.join(", "), cpu, String(total), String(all?.minutes ?? 0), String(text.length)]);
    }
    return rows;
  } finally {
    await culprit.end("SIGTERM");
  }
}
