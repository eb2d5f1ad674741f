/**
 * Goes before others when the CPUs are short, as long as it needs little of them: the hour of overload is the one that Culprit exists for,
 * and between fifty busy loops an equal would get a second of work done in half a minute. Who makes it work for long (rude clients) does
 * not make it push others aside.
 *
 * Only root, or who was given the limit (`LimitNICE=-10`), may do so; everybody else stays an equal.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { watchOwnCpu } from "./ownCpu.ts";

/** As `nice` counts: lower goes first. */
const firstNiceness = -10;
const equalNiceness = 0;

/** Who has used more than this of a core since the last look is an equal, until it uses half of that. A capture takes a second or two. */
const mostCores = 0.6;

/** Tells from its own use of the CPU who may go first. */
export class Modesty {
  #isFirst = true;

  /** Notes what was used since the last call. */
  mayGoFirst(cores: number): boolean {
    this.#isFirst = cores <= (this.#isFirst ? mostCores : mostCores / 2);
    return this.#isFirst;
  }
}

/** Sets the niceness of this process. @throws where that is not allowed */
type SetNiceness = (niceness: number) => void;

/** Goes first from now on, where it is allowed to and nobody has given this process a niceness of its own. True when it does. */
export function goFirst(currentNiceness: number, set: SetNiceness = setNiceness): boolean {
  if (currentNiceness !== equalNiceness || !isAllowed(() => set(firstNiceness))) return false;
  const modesty = new Modesty();
  let isFirst = true;
  watchOwnCpu((elapsedSeconds, cpuSeconds) => {
    const may = modesty.mayGoFirst(cpuSeconds / elapsedSeconds);
    if (may !== isFirst && isAllowed(() => set(may ? firstNiceness : equalNiceness))) isFirst = may;
  });
  return true;
}

function isAllowed(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

/** On Linux each thread has one of its own, and those that are made later take it over, as do programs that are started. */
function setNiceness(niceness: number): void {
  setPriority(process.pid, niceness);
  if (process.platform !== "linux") return;
  for (const thread of readdirSync("/proc/self/task")) isAllowed(() => setPriority(Number(thread), niceness));
  // where sessions share the CPUs among them (sched_autogroup_enabled) a niceness counts only within one: ours has its own, if it is ours
  const stat = readFileSync("/proc/self/stat", "latin1");
  const session = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3];
  if (Number(session) === process.pid) isAllowed(() => writeFileSync("/proc/self/autogroup", String(niceness)));
}
