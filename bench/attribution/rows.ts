/** The rows of the table: FACTS' own, and a few ways of hiding that it does not have. */
import { doubleFork, ignoredChildren } from "../../test/workloads/boxedWorkloads.ts";
import type { CgroupBoxes } from "../../test/workloads/cgroupBox.ts";
import {
  doomedWorkers,
  execChain,
  forkLoop,
  manyThreads,
  shellLoop,
  shortBursts,
  steadyHog,
  tickHider,
} from "../../test/workloads/cpuWorkloads.ts";
import { reapedWriter, shortWriters, steadyReader, steadyWriter, writersReapers } from "../../test/workloads/otherWorkloads.ts";
import { ownName, type Workload } from "../../test/workloads/workload.ts";
import type { Quantity } from "./observers.ts";

/** A workload, and which of its figures is looked at. */
export interface Row {
  readonly workload: Workload;
  readonly quantity: Quantity;
  /** A process that did nothing of it but may well be shown with all of it: this has a line of its own, and 0 is right. */
  readonly innocent?: string;
}

/** All rows; those that need cgroups are left out where none can be made. */
export function attributionRows(boxes: CgroupBoxes | undefined): readonly Row[] {
  const plain = [steadyHog(), shellLoop(0), forkLoop(0), doomedWorkers(0), shortBursts(0), manyThreads(), execChain(), tickHider()];
  const written = [steadyWriter(), shortWriters()];
  return [
    ...[...plain, ...(boxes === undefined ? [] : boxedRows(boxes))].map((workload) => ({ workload, quantity: "cpu" as const })),
    ...written.map((workload) => ({ workload, quantity: "written" as const })),
    { workload: reapedWriter(), quantity: "written", innocent: writersReapers.parent },
    { workload: steadyReader(256 * 2 ** 20), quantity: "read" },
  ];
}

function boxedRows(boxes: CgroupBoxes): readonly Workload[] {
  const box = (name: string) => {
    const unit = `${ownName(name)}.service`;
    return { cgroup: boxes.make(`system.slice/${unit}`), unit };
  };
  return [
    doubleFork(0.3, box("culprit-bench-orphans")),
    doubleFork(0.3, box("culprit-bench-zombies"), 0.8),
    ignoredChildren(0.3, box("culprit-bench-ignored")),
  ];
}
