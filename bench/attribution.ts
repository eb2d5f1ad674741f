/**
 * Who burnt the CPU and moved the bytes: percent of the true CPU seconds, or bytes, that the right name (or unit) was given, by Culprit
 * and by others that look at the same workload at the same time. The truth is what each workload says of itself.
 *
 * npm run bench -- attribution [--seconds 30] [--only NAME]
 */
import { parseArgs } from "node:util";
import { CgroupBoxes, whyNoCgroup } from "../test/workloads/cgroupBox.ts";
import { isNamed } from "../test/workloads/cpuWorkloads.ts";
import { diskDirectory } from "../test/workloads/diskDirectory.ts";
import { creditedBytes, creditedSeconds, type EngineTick } from "../test/workloads/engineOutput.ts";
import { runWorkloads } from "../test/workloads/run.ts";
import type { Workload } from "../test/workloads/workload.ts";
import { type AmountByName, findObservers, type Observer, type Quantity, type Seen } from "./attribution/observers.ts";
import { attributionRows, type Row } from "./attribution/rows.ts";
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
  const rows = attributionRows(boxes).filter(({ workload }) => values.only === undefined || workload.name.includes(values.only));
  if (rows.length === 0) throw new Error(`no workload's name has ${values.only}`);
  console.log(`${describeMachine()}; ${seconds} s each; cgroups: ${hierarchy ?? "none can be made here"}`);
  if (missing.length > 0) console.log(`not installed: ${missing.join(", ")}`);
  const table = [["workload", "truth", "Culprit", "without gate", ...observers.map(({ name }) => name)]];
  for (const row of rows) {
    for (const cells of await measure(row, observers)) {
      console.log(cells.join("  "));
      table.push(cells);
    }
  }
  console.log(`\n${tableOf(table)}`);
}

async function measure({ workload, quantity, innocent }: Row, observers: readonly Observer[]): Promise<string[][]> {
  let seen: readonly Seen[] = [];
  const run = await runWorkloads([workload], {
    seconds,
    baseDirectory: diskDirectory().path,
    withUngated: true,
    beforeStart: async () => void (await Promise.all(observers.map((observer) => observer.start()))),
    beforeEnd: async () => {
      seen = await Promise.all(observers.map((observer) => observer.stop()));
    },
  });
  const result = run.results[0];
  const truth = result?.truth.get(quantity);
  if (result === undefined || truth === undefined) return [[workload.name, result?.error ?? "says nothing"]];
  const percent = (credited: number | undefined) => (credited === undefined ? "-" : ((100 * credited) / truth).toFixed(1));
  const credited = (ticks: readonly EngineTick[], owns: Workload["owns"]) =>
    quantity === "cpu"
      ? creditedSeconds(ticks, owns)
      : creditedBytes(ticks, owns, quantity === "read" ? "readBytesPerSecond" : "writtenBytesPerSecond");
  const percents = (owns: Workload["owns"], process: string) => [
    ...[run.ticks, run.ungatedTicks].map((ticks) => percent(credited(ticks, owns))),
    ...seen.map((byQuantity) => percent(amountOf(byQuantity[quantity], process))),
  ];
  const line = [workload.name, truthText(truth, quantity), ...percents(workload.owns, workload.process)];
  if (innocent === undefined) return [line];
  return [line, [`${workload.name}: shown at the one that reaps`, "nothing", ...percents(isNamed(innocent), innocent)]];
}

function truthText(truth: number, quantity: Quantity): string {
  return quantity === "cpu" ? `${truth.toFixed(2)} s` : `${(truth / 2 ** 20).toFixed(0)} MiB ${quantity}`;
}

/** Undefined where the tool has no figure for this. */
function amountOf(byName: AmountByName | undefined, process: string): number | undefined {
  if (byName === undefined) return undefined;
  let sum = 0;
  for (const [name, amount] of byName) if (name.includes(process)) sum += amount;
  return sum;
}
