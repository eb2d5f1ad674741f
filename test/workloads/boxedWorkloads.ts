/** Workloads in a cgroup of their own, whose processes nobody can hold responsible: unit or container have to answer for them. */
import { steadyHog } from "./cpuWorkloads.ts";
import type { EngineLine } from "./engineOutput.ts";
import { ownName, type Workload, type WorkloadTools } from "./workload.ts";

/** What a workload in a cgroup is recognised by when no process explains it. */
export interface Box {
  readonly cgroup: string;
  readonly unit?: string;
  readonly container?: string;
}

/** A line of that unit or container, of a process or of what no process explains. */
function isIn({ unit, container }: Box): (line: EngineLine) => boolean {
  return (line) => (unit === undefined || line.unit === unit) && (container === undefined || line.container === container);
}

/** Daemons that init reaps: at once, or every `laziness` seconds, being zombies until then. Not the machine's own init, for those differ. */
export function doubleFork(pauseSeconds: number, box: Box, laziness = 0): Workload {
  const process = ownName(laziness === 0 ? "daemons" : "zombies");
  return {
    name: laziness === 0 ? "double-forked daemons" : "double-forked daemons, reaped late",
    process,
    command: (tools) => [
      tools.program(reaperName, "reaper.pl"),
      `${laziness}`,
      box.cgroup,
      ...orphans(tools, process, "doubleFork.sh", pauseSeconds),
    ],
    owns: isIn(box),
  };
}

/** How the process is called that stands in for init. */
export const reaperName = ownName("reaper");

/** Children that nobody reaps. */
export function ignoredChildren(pauseSeconds: number, box: Box): Workload {
  const process = ownName("ignored");
  return {
    name: "parent ignores SIGCHLD",
    process,
    cgroup: box.cgroup,
    command: (tools) => orphans(tools, process, "ignoredChildren.pl", pauseSeconds),
    owns: isIn(box),
  };
}

function orphans(tools: WorkloadTools, process: string, file: string, pauseSeconds: number): readonly string[] {
  const burst = [...tools.node(process, "burst.ts"), "0.2", tools.report];
  return [tools.program(process, file), `${tools.seconds}`, `${pauseSeconds}`, ...burst];
}

/** A hog in a container. */
export function boxedHog(duty: number, box: Box): Workload {
  const hog = steadyHog(duty, ownName("boxed"));
  const isInBox = isIn(box);
  return { ...hog, name: "a hog in a container", cgroup: box.cgroup, owns: (line) => hog.owns(line) && isInBox(line) };
}
