/**
 * Who burnt the CPU: percent of the true CPU seconds that the right name (or unit) was given, by Culprit and by others that look at
 * the same workload at the same time. The truth is what each workload says of itself.
 *
 * npm run bench -- attribution [--seconds 30] [--only NAME]
 */
import { parseArgs } from "node:util";
import { CgroupBoxes, whyNoCgroup } from "../test/workloads/cgroupBox.ts";
import { creditedSeconds } from "../test/workloads/engineOutput.ts";
import { runWorkloads } from "../test/workloads/run.ts";
import type { Workload } from "../test/workloads/workload.ts";
import { findObservers, type Observer, type SecondsByName } from "./attribution/observers.ts";
import { attributionRows } from "./attribution/rows.ts";
import { describeMachine } from "./lib/machine.ts";
import { tableOf } from "./lib/numbers.ts";
import { endStartedOnExit } from "./lib/started.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "30" }, only: { type: "string" } } });
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 5) throw new Error(`--seconds wants a whole number from 5 on, not ${values.seconds}`);

const hierarchy = (["cpuacct", "unified"] as const).find((one) => whyNoCgroup(one) === undefined);
const boxes = hierarchy === undefined ? undefined : new CgroupBoxes(hierarchy);
endStartedOnExit();
process.once("exit", () => boxes?.remove());
await main();

async function main(): Promise<void> {
  const { observers, missing } = findObservers();
  const rows = attributionRows(boxes).filter(({ name }) => values.only === undefined || name.includes(values.only));
  if (rows.length === 0) throw new Error(`no workload's name has ${values.only}`);
  console.log(`${describeMachine()}; ${seconds} s each; cgroups: ${hierarchy ?? "none can be made here"}`);
  if (missing.length > 0) console.log(`not installed: ${missing.join(", ")}`);
  const table = [["workload", "true CPU s", "Culprit", "without gate", ...observers.map(({ name }) => name)]];
  for (const workload of rows) {
    const row = await measure(workload, observers);
    console.log(row.join("  "));
    table.push(row);
  }
  console.log(`\n${tableOf(table)}`);
}

async function measure(workload: Workload, observers: readonly Observer[]): Promise<string[]> {
  let seen: readonly SecondsByName[] = [];
  const run = await runWorkloads([workload], {
    seconds,
    withUngated: true,
    beforeStart: async () => void (await Promise.all(observers.map((observer) => observer.start()))),
    beforeEnd: async () => {
      seen = await Promise.all(observers.map((observer) => observer.stop()));
    },
  });
  const result = run.results[0];
  const truth = result?.truth.get("cpu");
  if (result === undefined || truth === undefined) return [workload.name, result?.error ?? "says nothing"];
  const percent = (credited: number) => ((100 * credited) / truth).toFixed(1);
  return [
    workload.name,
    truth.toFixed(2),
    percent(creditedSeconds(run.ticks, workload.owns)),
    percent(creditedSeconds(run.ungatedTicks, workload.owns)),
    ...seen.map((byName) => percent(secondsOf(byName, workload.process))),
  ];
}

function secondsOf(byName: SecondsByName, process: string): number {
  let sum = 0;
  for (const [name, seconds] of byName) if (name.includes(process)) sum += seconds;
  return sum;
}
