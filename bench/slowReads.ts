/**
 * What it costs that reads which may hang are made by a helper process: Culprit's tick with its helper beside one that makes all reads
 * itself, on a machine with 5000 processes, and with 1000 new ones a second that each live for a second. CPU and memory of the helper
 * are counted in.
 *
 * npm run bench -- slowReads [--quick] [--beside FOLDER] [--only processes|newborns]
 *
 * With --beside the other one is the tick of another build, whose `dist` FOLDER is: of a version from before there was a helper.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { familyOf } from "./cost/peers.ts";
import { populate } from "./cost/population.ts";
import { compileC } from "./lib/compile.ts";
import { CpuClocks } from "./lib/cpuClocks.ts";
import { describeMachine } from "./lib/machine.ts";
import { spreadOf, tableOf, textOf } from "./lib/numbers.ts";
import { endStartedOnExit, pause, Started } from "./lib/started.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, beside: { type: "string" }, only: { type: "string" } },
});
if (values.only !== undefined && !["processes", "newborns"].includes(values.only))
  throw new Error(`--only wants processes or newborns, not ${values.only}`);
const { warmSeconds, rounds, roundSeconds } = values.quick
  ? { warmSeconds: 15, rounds: 5, roundSeconds: 5 }
  : { warmSeconds: 120, rounds: 9, roundSeconds: 10 };
const tickPath = fileURLToPath(new URL("./cost/tick.js", import.meta.url));
const other = values.beside === undefined ? [tickPath, "--direct"] : [resolve(values.beside, "bench/cost/tick.js")];

endStartedOnExit();
const directory = mkdtempSync(join(tmpdir(), "culprit-bench-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
const clocks = new CpuClocks(directory);
console.log(`${describeMachine()}; ${rounds} rounds of ${roundSeconds} s, median (least-most)\n`);
const otherName = values.beside === undefined ? "tick that reads itself" : "tick of the other build";
const rows = [["machine", "tick with its helper, % of a core", otherName, "ratio", "memory with helper, MB", "of the other"]];
if (values.only !== "newborns") {
  const quiet = await populate({ processes: 5000, activeRatio: 0.02 }, directory);
  rows.push(["5000 processes, 2 % active", ...(await compare())]);
  await quiet.end();
}
if (values.only !== "processes") {
  const newborns = new Started([compileC("newborns", directory), "1000", "1000"], { keepOutput: true });
  await newborns.waitFor(/^ready$/m);
  rows.push(["1000 new processes a second", ...(await compare())]);
  await newborns.end();
}
console.log(tableOf(rows));
clocks.close();

/** Both at once, in the same seconds. */
async function compare(): Promise<readonly string[]> {
  const start = (args: readonly string[]) => new Started([process.execPath, ...args], { keepOutput: true });
  const both = [start([tickPath]), start(other)] as const;
  try {
    for (const one of both) await one.waitFor(/^ready$/m, 60);
    await pause(warmSeconds);
    const families = both.map(({ pid }) => familyOf(pid));
    const look = async () => {
      const seconds: number[] = [];
      for (const family of families) seconds.push(await clocks.seconds(family));
      return seconds;
    };
    const used: [number, number][] = [];
    let before = await look();
    for (let round = 0; round < rounds; round++) {
      const startedMs = performance.now();
      await pause(roundSeconds);
      const now = await look();
      const seconds = (performance.now() - startedMs) / 1000;
      used.push([0, 1].map((which) => (100 * ((now[which] ?? 0) - (before[which] ?? 0))) / seconds) as [number, number]);
      before = now;
    }
    return [
      textOf(spreadOf(used.map(([one]) => one))),
      textOf(spreadOf(used.map(([, other]) => other))),
      textOf(spreadOf(used.map(([one, other]) => one / other))),
      ...families.map((family) => memoryOf(family)),
    ];
  } finally {
    for (const one of both) await one.end();
  }
}

/** What they take from the machine: what they share (the program itself) is counted once. In brackets the sum of their resident sizes. */
function memoryOf(family: readonly number[]): string {
  const sum = (name: string) =>
    family.reduce((total, pid) => {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
      return total + Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1] ?? 0) * 1024;
    }, 0);
  return `${(sum("Pss_Anon") / 1e6).toFixed(1)} of its own (${(sum("Rss") / 1e6).toFixed(1)} resident)`;
}
