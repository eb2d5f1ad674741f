/** Whether a process that has left its number in a file is still the one that wrote it. */
import { readFile } from "node:fs/promises";
import { codeOf } from "../model/errors.ts";

/** A zombie does nothing more, although it keeps its pid until it is reaped, which may never happen in a container without an init. */
const deadStates: ReadonlySet<string> = new Set(["Z", "X", "x"]);

/**
 * When a process began, of this very boot: a number alone is not enough, for in a container it is the same one after every restart.
 * Empty where the system has no procfs, and only the number counts; "dead" of one that has only its number left.
 */
export async function readBirth(pid: number): Promise<string> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return deadStates.has(fields[0] ?? "") ? "dead" : `${boot.trim()} ${fields[19] ?? ""}`;
  } catch {
    return "";
  }
}

/** True while the process with this number is the one that was born so. */
export async function isStillAlive(pid: number, birth: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // it is there and not ours
    if (codeOf(error) !== "EPERM") return false;
  }
  return (await readBirth(pid)) === birth;
}
