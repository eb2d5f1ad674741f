/** What the rows of the attribution tests have in common: how a run is held against what its workloads say of themselves. */
import assert from "node:assert/strict";
import { reaperName } from "../workloads/boxedWorkloads.ts";
import { isNamed } from "../workloads/cpuWorkloads.ts";
import { creditedSeconds, type EngineLine, type EngineTick, keyOf, linesBelow, rankByCpu } from "../workloads/engineOutput.ts";
import type { RunResult, WorkloadResult } from "../workloads/run.ts";
import type { Workload } from "../workloads/workload.ts";

/** At least so much of what a workload burnt is shown in its line, and not noticeably more than that. */
export const leastShare = 0.93;
const mostShare = 1.07;

/** The figures of one workload of a run; fails where it gave none. */
export function resultOf(run: RunResult, workload: Workload): WorkloadResult {
  const result = run.results.find((one) => one.workload === workload);
  assert.ok(result !== undefined && result.error === undefined, result?.error ?? `${workload.name} was not run`);
  return result;
}

/** What a workload says of itself. */
export function truthOf(run: RunResult, workload: Workload, key: string): number {
  const value = resultOf(run, workload).truth.get(key);
  assert.ok(value !== undefined && value > 0, `${workload.name} says nothing of ${key}`);
  return value;
}

/** Holds a workload's CPU time against its line, and its line against everybody else's. */
export function assertNamed(run: RunResult, workload: Workload): void {
  const truth = truthOf(run, workload, "cpu");
  assert.ok(truth > 0.5, `${workload.name} burnt only ${truth} s: that proves nothing`);
  const credited = creditedSeconds(run.ticks, workload.owns);
  assertShare(workload.name, truth, credited, "s", topLines(run));
  // a unit's line and a name elsewhere may not both have it
  const anywhere = creditedSeconds(run.ticks, (line) => workload.owns(line) || isNamed(workload.process)(line));
  assertShare(`${workload.name} (under its name or in its place)`, truth, anywhere, "s", topLines(run));
  const ours = linesBelow(run.ticks, run.pids);
  // in a pid namespace whatever runs outside is nobody's, and whoever is inside is ours
  const isOurs = (line: EngineLine) => (run.pids.length === 0 ? line.kind === "process" : line.kind !== "process" || ours.has(keyOf(line)));
  const isRival = (line: EngineLine) => !isElsewhere(run, workload, line) && isOurs(line);
  const [first] = rankByCpu(run.ticks).filter(({ line }) => workload.owns(line) || isRival(line));
  assert.ok(first !== undefined && workload.owns(first.line), `${workload.name}: the first line is another\n${topLines(run)}`);
}

/** Fails with all that one needs to know. */
export function assertShare(name: string, truth: number, credited: number, unit: string, more = ""): void {
  const said = `${name}: ${truth.toFixed(2)} ${unit} in truth, ${credited.toFixed(2)} ${unit} shown, ${percent(credited / truth)}`;
  assert.ok(credited >= leastShare * truth, `${said}, too little\n${more}`);
  assert.ok(credited <= mostShare * truth, `${said}, too much\n${more}`);
}

/** Every second's lines make up the machine's busy time: nothing is counted twice, nothing is lost. */
export function assertSums(ticks: readonly EngineTick[]): void {
  for (const { lines, busyCores, elapsedSeconds } of ticks) {
    const sum = lines.reduce((cores, line) => cores + (line.usage.cpuCores ?? 0), 0);
    assert.ok(
      Math.abs(sum - busyCores) < 1e-6,
      `the lines make ${sum} cores, the machine was busy with ${busyCores} (${elapsedSeconds} s)`,
    );
  }
}

/** Workloads are no rivals of each other, and the reaper has a test of its own. Nor are programs that a busy machine runs meanwhile. */
function isElsewhere(run: RunResult, workload: Workload, line: EngineLine): boolean {
  const isOfOther = (other: Workload) => other.owns(line) || isNamed(other.process)(line);
  return isNamed(reaperName)(line) || run.results.some((other) => other.workload !== workload && isOfOther(other.workload));
}

function topLines(run: RunResult): string {
  return rankByCpu(run.ticks)
    .slice(0, 8)
    .map(({ line, seconds }) => `  ${seconds.toFixed(2)} s  ${line.kind} ${line.process} ${line.unit} ${line.container}`)
    .join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
