/**
 * What the recording costs, and how long looking back on it takes: a made-up week of seconds goes through the recorder itself, second by
 * second with its syncs as in life; then Culprit is started on it and asked over HTTP.
 *
 * npm run bench -- recording [--days 7]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encodeSnapshot } from "../src/recorder/format/encodeLine.ts";
import { Ring } from "../src/recorder/ring.ts";
import { ManualClock } from "../test/support/manualClock.ts";
import { freePort } from "./lib/freePort.ts";
import { describeMachine } from "./lib/machine.ts";
import { tableOf } from "./lib/numbers.ts";
import { endStartedOnExit, pause, Started } from "./lib/started.ts";
import { MadeUpMachine } from "./recording/madeUp.ts";
import { openRecorder } from "./recording/week.ts";

const { values } = parseArgs({ options: { days: { type: "string", default: "7" } } });
const days = Number(values.days);
if (!(days > 0)) throw new Error(`--days wants a number above 0, not ${values.days}`);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const toMs = Math.floor(Date.now() / 1000) * 1000;
const mainPath = fileURLToPath(new URL("../src/main.js", import.meta.url));
const storage = mkdtempSync(join(tmpdir(), "culprit-bench-"));
endStartedOnExit();
process.once("exit", () => rmSync(storage, { recursive: true, force: true }));

console.log(describeMachine());
const cost = await makeRecording(toMs - days * dayMs, toMs);
console.log(`\nRecording, per day\n\n${tableOf([["what", "per day"], ...cost])}`);
console.log(`\nLooking back on ${days} ${days === 1 ? "day" : "days"}\n\n${tableOf(await lookBack())}`);

/** CPU of this process in seconds, and bytes that it has sent to the disk. */
function used(): { readonly cpuSeconds: number; readonly writtenBytes: number } {
  const { user, system } = process.cpuUsage();
  const written = /^write_bytes: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1];
  return { cpuSeconds: (user + system) / 1e6, writtenBytes: Number(written) };
}

async function makeRecording(fromMs: number, endMs: number): Promise<readonly (readonly string[])[]> {
  const machine = new MadeUpMachine();
  const directory = join(storage, "recording");
  const clock = new ManualClock(fromMs);
  const recorder = await openRecorder(directory, clock, new Ring({ keepSeconds: 2700, mostBytes: 64 * 2 ** 20 }));
  // making the seconds up, and encoding them, which the live page needs as well
  const sampleSeconds = 3000;
  const beforeMaking = used();
  let lineBytes = 0;
  for (let second = 0; second < sampleSeconds; second++) {
    const snapshot = machine.snapshot(fromMs - (sampleSeconds - second) * 1000);
    if (second >= sampleSeconds / 2) lineBytes += encodeSnapshot(snapshot, snapshot.groups, snapshot).length;
  }
  const making = (used().cpuSeconds - beforeMaking.cpuSeconds) / sampleSeconds;
  const before = used();
  for (let ms = fromMs; ms < endMs; ms += 1000) {
    const snapshot = machine.snapshot(ms);
    recorder.record(snapshot, snapshot.groups);
    // gives the disk its turns, as a second would
    await clock.advance(1);
    while (recorder.figures.queued > 10) await pause(0.001);
  }
  await recorder.close({ pack: true });
  const after = used();
  const { lost } = recorder.figures;
  if (lost > 0) throw new Error(`${lost} seconds were lost`);
  const sizes = await Promise.all(
    (await readdir(directory)).map(async (name) => ({
      summary: name.includes("summary"),
      bytes: (await stat(join(directory, name))).size,
    })),
  );
  const bytes = (summary: boolean) => sizes.filter((one) => one.summary === summary).reduce((sum, one) => sum + one.bytes, 0);
  const seconds = (endMs - fromMs) / 1000;
  const cpuPerSecond = (after.cpuSeconds - before.cpuSeconds) / seconds - making;
  const mb = (value: number) => `${(value / days / 1e6).toFixed(1)} MB`;
  return [
    [
      "CPU of encoding, writing, syncing, packing and summing up",
      `${(cpuPerSecond * 86_400).toFixed(0)} s, ${(cpuPerSecond * 100).toFixed(3)} % of a core`,
    ],
    ["a line", `${Math.round(lineBytes / (sampleSeconds / 2))} bytes`],
    ["segments as they are kept, packed", mb(bytes(false))],
    ["summaries", mb(bytes(true))],
    ["written to the disk in all", mb(after.writtenBytes - before.writtenBytes)],
  ];
}

async function lookBack(): Promise<readonly (readonly string[])[]> {
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
    const rows = [["what", "s (first, second time)", "CPU s", "points", "bytes", "most RSS MB"]];
    const range = (ms: number, more = "") => `from=${toMs - ms}&to=${toMs}${more}`;
    for (const [what, path] of [
      ["20 minutes", `/api/snapshots?${range(20 * minuteMs)}`],
      ["4 hours", `/api/snapshots?${range(4 * hourMs)}`],
      ["a day", `/api/snapshots?${range(dayMs)}`],
      [`${days} days`, `/api/snapshots?${range(days * dayMs)}`],
      [`${days} days, 5000 points`, `/api/snapshots?${range(days * dayMs, `&step=${Math.ceil((days * 86_400) / 4900 / 60)}m`)}`],
      [`${days} days as CSV, a minute a row`, `/api/snapshots.csv?${range(days * dayMs, "&step=1m")}`],
      ["an hour as CSV, a second a row", `/api/snapshots.csv?${range(hourMs, "&step=1")}`],
      ["/history?limit=1000", "/history?limit=1000"],
    ] as const) {
      const cpuBefore = cpuSecondsOf(culprit.pid);
      const [first, second] = [await ask(`${base}${path}`, headers), await ask(`${base}${path}`, headers)];
      const rss = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${culprit.pid}/status`, "utf8"))?.[1];
      // from here on the most is counted anew (proc_pid_clear_refs(5))
      writeFileSync(`/proc/${culprit.pid}/clear_refs`, "5");
      rows.push([
        what,
        `${first.seconds.toFixed(2)}, ${second.seconds.toFixed(2)}`,
        ((cpuSecondsOf(culprit.pid) - cpuBefore) / 2).toFixed(2),
        String(second.points ?? ""),
        String(second.bytes),
        (Number(rss) / 1024).toFixed(0),
      ]);
    }
    return rows;
  } finally {
    await culprit.end("SIGTERM");
  }
}

/** Of a process with all its threads, until now. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function ask(url: string, headers: Record<string, string>) {
  const startedMs = performance.now();
  const answer = await fetch(url, { headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  const seconds = (performance.now() - startedMs) / 1000;
  const points = text.startsWith("{") ? (JSON.parse(text) as { times: unknown[] }).times.length : text.split("\n").length - 1;
  return { seconds, bytes: text.length, points };
}
