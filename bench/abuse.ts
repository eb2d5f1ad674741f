/**
 * What rude clients can do to Culprit: each kind for some seconds against a Culprit under the memory limit of its unit, while its sampler
 * works. It must answer /-/healthy and a scrape within a second, miss fewer than 5 % of its ticks, stay alive, and be as before half a
 * minute later. With --minutes all kinds are mixed for so long, and then its heap and memory must be small after a rest.
 *
 * npm run bench -- abuse [--only pipelining,silence] [--seconds 10] [--descriptors 256]
 *     [--days 7 | --recording DIR]
 * npm run bench -- abuse --minutes 45 [--rest 5]
 *
 * It needs root, for the cgroup. Exits with 1 when something does not hold.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { attacks } from "./abuse/attacks.ts";
import { watch } from "./abuse/watch.ts";
import { describeMachine } from "./lib/machine.ts";
import { tableOf } from "./lib/numbers.ts";
import { endStartedOnExit, pause, Started } from "./lib/started.ts";
import { type Figures, unitMemoryBytes, Victim } from "./lib/victim.ts";
import { makeWeek } from "./recording/week.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(attacks).join(",") },
    seconds: { type: "string", default: "10" },
    days: { type: "string", default: "7" },
    recording: { type: "string" },
    descriptors: { type: "string" },
    minutes: { type: "string" },
    rest: { type: "string", default: "5" },
  },
});
const names = values.only.split(",");
const strange = names.find((name) => attacks[name] === undefined);
if (strange !== undefined) throw new Error(`--only wants some of ${Object.keys(attacks).join(",")}, not ${strange}`);
const seconds = Number(values.seconds);
const mega = 1e6;
const attackerPath = fileURLToPath(new URL("./abuse/attacker.js", import.meta.url));

endStartedOnExit();
const folder = mkdtempSync(join(tmpdir(), "culprit-bench-"));
const storage = join(folder, "data");
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
console.log(describeMachine());
console.log("making a past to look back on");
if (values.recording === undefined) await makeWeek(join(storage, "recording"), Number(values.days));
else cpSync(values.recording, join(storage, "recording"), { recursive: true });
const victim = await Victim.start({
  storage,
  memoryBytes: unitMemoryBytes,
  // what else goes on on this machine asks for no captures
  yaml: "triggers: []\n",
  ...(values.descriptors === undefined ? {} : { descriptors: Number(values.descriptors) }),
});
const broken: string[] = [];
if (values.minutes === undefined) await oneByOne();
else await mixed(Number(values.minutes), Number(values.rest));
await victim.stop();
for (const what of broken) console.log(`BROKEN  ${what}`);
process.exitCode = broken.length === 0 ? 0 : 1;

function check(what: string, holds: boolean): string {
  if (!holds) broken.push(what);
  return holds ? "" : " !";
}

function attack(name: string, forSeconds: number): Promise<void> {
  const attacker = new Started([process.execPath, attackerPath, name, String(victim.port), String(forSeconds)], { input: victim.token });
  return attacker.over();
}

async function oneByOne(): Promise<void> {
  const rows = [
    ["what", "longest /-/healthy", "longest scrape", "ticks missed", "memory: most", "memory: before, after", "CPU: before, after"],
  ];
  await settled();
  for (const name of names) {
    const before = { cpu: await victim.cpuPercent(10), bytes: victim.residentBytes(), figures: await victim.figures() };
    const seen = await watch(victim, attack(name, seconds));
    const figures = await victim.figures().catch(() => undefined);
    if (!victim.isAlive || figures === undefined || victim.oomKills > 0) {
      broken.push(`${name}: Culprit died (${victim.oomKills} killed for want of memory)`);
      break;
    }
    // what was promised is still being kept
    for (let tries = 0; tries < 300 && (await victim.metric('culprit_queue_length{queue="captures"}')) > 0; tries++) await pause(1);
    await pause(30);
    const after = { cpu: await victim.cpuPercent(10), bytes: victim.residentBytes() };
    const missed = figures.missed - before.figures.missed;
    const missedRatio = missed / Math.max(1, missed + figures.samples - before.figures.samples);
    const cells = [
      `${seen.healthySeconds.toFixed(2)} s${check(`${name}: /-/healthy within a second: ${seen.trouble}`, seen.healthySeconds < 1)}`,
      `${seen.scrapeSeconds.toFixed(2)} s${check(`${name}: a scrape within a second: ${seen.trouble}`, seen.scrapeSeconds < 1)}`,
      `${(100 * missedRatio).toFixed(1)} %${check(`${name}: fewer than 5 % of ticks missed`, missedRatio < 0.05)}`,
      `${(seen.mostBytes / mega).toFixed(0)} MB`,
      `${(before.bytes / mega).toFixed(0)}, ${(after.bytes / mega).toFixed(0)} MB${check(`${name}: memory within 20 %`, after.bytes < before.bytes * 1.2)}`,
      `${before.cpu.toFixed(1)}, ${after.cpu.toFixed(1)} %${check(`${name}: CPU within a point`, after.cpu < before.cpu + 1)}`,
    ];
    console.log(`${name}: ${attacks[name]?.what}: ${cells.join(", ")}`);
    rows.push([attacks[name]?.what ?? name, ...cells]);
  }
  console.log(`\n${tableOf(rows)}`);
}

/** The first minute of a process is not like the others, and what the past needs is put in order then. */
async function settled(): Promise<void> {
  await pause(50);
  for (let tries = 0; tries < 20 && (await victim.cpuPercent(10)) > 5; tries++);
}

/** Many may stand before the door still, on a machine that has something else to do. */
async function figuresOnceAnswered(): Promise<Figures> {
  for (let tries = 1; ; tries++) {
    const figures = await victim.figures().catch(() => undefined);
    if (figures !== undefined) return figures;
    if (!victim.isAlive || tries === 10) throw new Error("Culprit answers no more");
  }
}

/** All at once, each for a while, in an order of chance. */
async function mixed(minutes: number, restMinutes: number): Promise<void> {
  await settled();
  console.log(`before: ${(victim.residentBytes() / mega).toFixed(0)} MB`);
  const before = await victim.figures();
  const until = performance.now() + minutes * 60_000;
  const lane = async (): Promise<void> => {
    while (performance.now() < until && victim.isAlive) {
      await attack(names[Math.floor(Math.random() * names.length)] ?? "", Math.min(seconds, (until - performance.now()) / 1000));
    }
  };
  const seen = await watch(victim, Promise.all([lane(), lane()]), (text) => console.log(text));
  const after = await figuresOnceAnswered();
  const missed = after.missed - before.missed;
  const missedRatio = missed / Math.max(1, missed + after.samples - before.samples);
  console.log(
    `during: /-/healthy ${seen.healthySeconds.toFixed(2)} s, scrape ${seen.scrapeSeconds.toFixed(2)} s at most, ${(100 * missedRatio).toFixed(1)} % of ticks missed, ${(seen.mostBytes / mega).toFixed(0)} MB at most, killed ${victim.oomKills}${seen.trouble === "" ? "" : `; ${seen.trouble}`}`,
  );
  check("alive after all of it", victim.isAlive && victim.oomKills === 0);
  let heapBytes = Number.POSITIVE_INFINITY;
  for (let second = 0; second < restMinutes * 60; second += 5) {
    await pause(5);
    // what is garbage is not live: the least that was seen
    heapBytes = Math.min(heapBytes, (await figuresOnceAnswered()).heapBytes);
  }
  const bytes = victim.residentBytes();
  console.log(
    `after a rest of ${restMinutes} minutes: live heap ${(heapBytes / mega).toFixed(0)} MB, memory ${(bytes / mega).toFixed(0)} MB`,
  );
  check("a live heap of at most 55 MB", heapBytes <= 55 * mega);
  check("at most 95 MB of memory", bytes <= 95 * mega);
}
