import assert from "node:assert/strict";
import {
  doomedWorkers,
  execChain,
  forkLoop,
  manyThreads,
  shellLoop,
  shortBursts,
  steadyHog,
  tickHider,
} from "../workloads/cpuWorkloads.ts";
import { type RunResult, runWorkloads } from "../workloads/run.ts";
import type { Workload } from "../workloads/workload.ts";
import { assertNamed, assertSums } from "./attributionRows.ts";

const seconds = 10;

describe("who burnt the CPU", () => {
  describe("when children burnt it that are gone", () =>
    proveTogether([shellLoop(0.05), forkLoop(0.15), doomedWorkers(0.1), shortBursts(0.7)]));
  describe("when one process burnt it", () => proveTogether([steadyHog(), execChain()]));
  describe("when it is hard to see", () => proveTogether([manyThreads(), tickHider()]));
});

/** Runs these side by side and holds each against its own figures, as seen with the gate and without. */
function proveTogether(workloads: readonly Workload[]): void {
  let run: RunResult | undefined;
  const done = () => {
    assert.ok(run !== undefined);
    return run;
  };
  before(async function () {
    this.timeout(60_000);
    run = await runWorkloads(workloads, { seconds, withUngated: true });
  });
  for (const workload of workloads) {
    it(`shows its name and all of it: ${workload.name}`, () => assertNamed(done(), workload));
    it(`shows the same without the gate: ${workload.name}`, () => assertNamed({ ...done(), ticks: done().ungatedTicks }, workload));
  }
  it("adds up to the machine's busy time in every second", () => assertSums(done().ticks));
}
