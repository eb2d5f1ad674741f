import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { requireFree, requireServer } from "../support/servers.ts";
import { type Box, boxedHog, doubleFork, ignoredChildren, reaperName } from "../workloads/boxedWorkloads.ts";
import { CgroupBoxes, type Hierarchy, whyNoCgroup } from "../workloads/cgroupBox.ts";
import { isNamed } from "../workloads/cpuWorkloads.ts";
import { creditedSeconds } from "../workloads/engineOutput.ts";
import { type RunResult, runWorkloads } from "../workloads/run.ts";
import { ownName } from "../workloads/workload.ts";
import { assertNamed, assertSums } from "./attributionRows.ts";

const seconds = 10;
const containers = { hog: randomBytes(32).toString("hex"), orphans: randomBytes(32).toString("hex") };
const units = {
  orphans: `${ownName("culprit-test-orphans")}.service`,
  zombies: `${ownName("culprit-test-zombies")}.service`,
  ignored: `${ownName("culprit-test-ignored")}.service`,
};

describe("which unit or container burnt the CPU", () => {
  for (const hierarchy of ["cpuacct", "unified"] as const) {
    describe(`by the accounting of cgroup ${hierarchy === "unified" ? "v2" : "v1"}`, () => proveInBoxes(hierarchy));
  }
});

function proveInBoxes(hierarchy: Hierarchy): void {
  const orphanage = hierarchy === "unified" ? "container" : "unit";
  const rows = [
    `names the ${orphanage} of daemons that init reaps`,
    "names the unit of daemons that are zombies for a while",
    "names the unit of children that nobody reaps",
    "names the container of a process",
  ];
  let boxes: CgroupBoxes | undefined;
  let run: RunResult | undefined;

  before(async function () {
    requireFree(this, whyNoCgroup(hierarchy));
    requireServer(this, "perl");
    this.timeout(180_000);
    boxes = new CgroupBoxes(hierarchy);
    boxes.occupy(`system.slice/${ownName("culprit-test-resident")}.service`);
    const workloads = [
      doubleFork(0.6, orphanage === "container" ? inContainer(boxes, containers.orphans) : inUnit(boxes, units.orphans)),
      doubleFork(0.6, inUnit(boxes, units.zombies), 0.8),
      ignoredChildren(0.6, inUnit(boxes, units.ignored)),
      boxedHog(0.3, inContainer(boxes, containers.hog)),
    ];
    run = await runWorkloads(workloads, { seconds });
  });
  after(() => boxes?.remove());

  for (const [index, title] of rows.entries()) {
    it(title, () => {
      const workload = run?.results[index]?.workload;
      assert.ok(run !== undefined && workload !== undefined);
      assertNamed(run, workload);
    });
  }

  it("blames nobody for what he merely reaps", () => {
    const reaper = creditedSeconds(run?.ticks ?? [], isNamed(reaperName));
    assert.ok(reaper < 0.2, `${reaperName} is shown with ${reaper} s`);
  });

  it("adds up to the machine's busy time in every second", () => assertSums(run?.ticks ?? []));
}

function inUnit(boxes: CgroupBoxes, unit: string): Box {
  return { cgroup: boxes.make(`system.slice/${unit}`), unit };
}

function inContainer(boxes: CgroupBoxes, id: string): Box {
  return { cgroup: boxes.make(`docker/${id}`), container: id.slice(0, 12) };
}
