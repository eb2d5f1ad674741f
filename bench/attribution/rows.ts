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
import { ownName, type Workload } from "../../test/workloads/workload.ts";

/** All workloads; those that need cgroups are left out where none can be made. */
export function attributionRows(boxes: CgroupBoxes | undefined): readonly Workload[] {
  const rows = [steadyHog(), shellLoop(0), forkLoop(0), doomedWorkers(0), shortBursts(0), manyThreads(), execChain(), tickHider()];
  if (boxes === undefined) return rows;
  const box = (name: string) => {
    const unit = `${ownName(name)}.service`;
    return { cgroup: boxes.make(`system.slice/${unit}`), unit };
  };
  return [
    ...rows,
    doubleFork(0.3, box("culprit-bench-orphans")),
    doubleFork(0.3, box("culprit-bench-zombies"), 0.8),
    ignoredChildren(0.3, box("culprit-bench-ignored")),
  ];
}
