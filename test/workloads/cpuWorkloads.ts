/** The ways in which CPU time is burnt that FACTS' table names, and a few more. `pauseSeconds` keeps them light. */
import type { EngineLine } from "./engineOutput.ts";
import { ownName, type Workload } from "./workload.ts";

/** A line of processes that go by this name, whatever stands around it. */
export function isNamed(name: string): (line: EngineLine) => boolean {
  return (line) => line.kind === "process" && line.process.includes(name);
}

/** One busy thread. */
export function steadyHog(duty = 1, name = ownName("hog")): Workload {
  return {
    name: "one steady hog",
    process: name,
    command: (tools) => [...tools.node(name, "steadyHog.ts"), `${tools.seconds}`, `${duty}`],
    owns: isNamed(name),
  };
}

/** A shell that runs one short command after the other. */
export function shellLoop(pauseSeconds: number): Workload {
  return shellWorkload("shell loop of 5-20 ms commands", ownName("shells"), "shellLoop.sh", pauseSeconds);
}

/** A shell that forks and never execs. */
export function forkLoop(pauseSeconds: number): Workload {
  return shellWorkload("forks without exec, 5 ms each", ownName("forks"), "forkLoop.sh", pauseSeconds);
}

/** Workers that nobody sees twice. */
export function doomedWorkers(pauseSeconds: number): Workload {
  return shellWorkload("workers that die with their children within a second", ownName("doomed"), "doomedWorkers.sh", pauseSeconds);
}

function shellWorkload(name: string, process: string, file: string, pauseSeconds: number): Workload {
  return {
    name,
    process,
    command: (tools) => [tools.program(process, file), `${tools.seconds}`, `${pauseSeconds}`],
    owns: isNamed(process),
  };
}

/** A new process every time, of the same name as the one that starts it. */
export function shortBursts(pauseSeconds: number): Workload {
  const name = ownName("bursts");
  return {
    name: "300 ms bursts, a new process each",
    process: name,
    command: (tools) => [
      tools.program(name, "shortBursts.sh"),
      `${tools.seconds}`,
      `${pauseSeconds}`,
      ...tools.node(name, "burst.ts"),
      "0.3",
    ],
    owns: isNamed(name),
  };
}

/** Many threads that do little each, and threads that come and go. */
export function manyThreads(count = 64): Workload {
  const name = ownName("threads");
  return {
    name: "64 threads and thread churn",
    process: name,
    command: (tools) => [...tools.node(name, "manyThreads.ts"), `${tools.seconds}`, `${count}`],
    owns: isNamed(name),
  };
}

/** More busy threads than the machine has CPUs. */
export function busyThreads(count: number): Workload {
  const name = ownName("spinners");
  return {
    name: "busy threads that wait for a CPU",
    process: name,
    command: (tools) => [...tools.node(name, "busyThreads.ts"), `${tools.seconds}`, `${count}`],
    owns: isNamed(name),
  };
}

/** Asleep whenever the kernel looks. */
export function tickHider(): Workload {
  const name = ownName("hider");
  return {
    name: "a load that hides from the tick",
    process: name,
    command: (tools) => [...tools.node(name, "tickHider.ts"), `${tools.seconds}`],
    owns: isNamed(name),
  };
}

/** One process, many programs. */
export function execChain(): Workload {
  const name = ownName("chain");
  return {
    name: "exec chains",
    process: name,
    command(tools) {
      const first = tools.program(`${name}-a`, "execChain.sh");
      const second = tools.program(`${name}-b`, "execChain.sh");
      return [first, `${Math.floor(Date.now() / 1000) + tools.seconds}`, second];
    },
    owns: isNamed(name),
  };
}

/** How the two programs are called that share a pid; they say under these names what they have burnt. */
export function tenants(): readonly [first: string, second: string] {
  return [ownName("tenant1"), ownName("tenant2")];
}

/** Two programs that share a pid, one after the other; `cpu` of the truth is everything. */
export function reusedPid(pid: number): Workload {
  const name = ownName("landlord");
  const names = [name, ...tenants()];
  return {
    name: "pid reuse",
    process: name,
    command(tools) {
      const programs = tenants().map((tenant) => tools.node(tenant, "burst.ts")[0] ?? "");
      return [tools.program(name, "reusedPid.sh"), `${tools.seconds}`, `${pid}`, tools.report, ...programs];
    },
    owns: (line) => names.some((one) => isNamed(one)(line)),
  };
}
