import assert from "node:assert/strict";
import { requireFree } from "../support/servers.ts";
import {
  doomedWorkers,
  execChain,
  forkLoop,
  isNamed,
  manyThreads,
  reusedPid,
  shellLoop,
  shortBursts,
  steadyHog,
  tenants,
  tickHider,
} from "../workloads/cpuWorkloads.ts";
import { creditedSeconds } from "../workloads/engineOutput.ts";
import { PidNamespace, whyNoPidNamespace } from "../workloads/pidNamespace.ts";
import { type RunResult, runWorkloads } from "../workloads/run.ts";
import type { Workload } from "../workloads/workload.ts";
import { assertNamed, assertSums, resultOf, truthOf } from "./attributionRows.ts";

const seconds = 10;

describe("who burnt the CPU", () => {
  describe("when children burnt it that are gone", () =>
    proveTogether([shellLoop(0.05), forkLoop(0.15), doomedWorkers(0.1), shortBursts(0.7)]));
  describe("when one process burnt it", () => proveTogether([steadyHog(), execChain()]));
  describe("when it is hard to see", () => proveTogether([manyThreads(), tickHider()]));

  describe("when pids come back", () => {
    it("gives each of two programs under one pid its own, in a pid namespace", async function () {
      requireFree(this, whyNoPidNamespace());
      this.timeout(180_000);
      const namespace = await PidNamespace.create();
      try {
        const workload = reusedPid(500);
        const run = await runWorkloads([workload], { seconds, prefix: namespace.prefix, withUngated: true });
        assertNamed(run, workload);
        assertNamed({ ...run, ticks: run.ungatedTicks }, workload);
        const pids = resultOf(run, workload).output.match(/^pid \d+$/gm) ?? [];
        assert.ok(pids.length >= 4 && pids.every((pid) => pid === "pid 500"), `the pids were ${pids}`);
        for (const name of tenants()) {
          const truth = truthOf(run, workload, name);
          const credited = creditedSeconds(run.ticks, isNamed(name));
          // what nobody saw of them is their parent's; what they did not burn is not theirs
          assert.ok(credited <= 1.03 * truth && credited >= 0.3 * truth, `${name}: ${truth} s in truth, ${credited} s shown`);
        }
      } finally {
        await namespace.close();
      }
    });
  });
});

/** Runs these side by side and holds each against its own figures, as seen with the gate and without. */
function proveTogether(workloads: readonly Workload[]): void {
  let run: RunResult | undefined;
  const done = () => {
    assert.ok(run !== undefined);
    return run;
  };
  before(async function () {
    this.timeout(180_000);
    run = await runWorkloads(workloads, { seconds, withUngated: true });
  });
  for (const workload of workloads) {
    it(`shows its name and all of it: ${workload.name}`, () => assertNamed(done(), workload));
    it(`shows the same without the gate: ${workload.name}`, () => assertNamed({ ...done(), ticks: done().ungatedTicks }, workload));
  }
  it("adds up to the machine's busy time in every second", () => assertSums(done().ticks));
}
