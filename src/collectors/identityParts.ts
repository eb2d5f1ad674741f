/** What an identity is put together from. Pure. */
import { defined } from "../model/defined.ts";
import type { ProcessIdentity } from "../model/processes.ts";
import type { PidCgroups } from "../procfs/pidIdentity.ts";

/** As it is kept: redacted, whole and in arguments. */
export type CommandLine = Pick<ProcessIdentity, "commandLine" | "arguments">;

/** An identity of what is known; a process without cgroups lives in the root. */
export function composeIdentity(
  line: CommandLine | undefined,
  user: string,
  cgroups: PidCgroups | undefined,
  containerName: string | undefined,
): ProcessIdentity {
  return defined({
    commandLine: line?.commandLine ?? "",
    arguments: line?.arguments,
    user,
    cgroupPath: cgroups?.path ?? "/",
    unifiedCgroup: cgroups?.unified,
    cpuacctCgroup: cgroups?.cpuacct,
    containerName,
  });
}

/** Where an identity says that it lives. */
export function cgroupsOf({ cgroupPath, unifiedCgroup, cpuacctCgroup }: ProcessIdentity): PidCgroups {
  return defined({ path: cgroupPath, unified: unifiedCgroup, cpuacct: cpuacctCgroup });
}

/** Whether two say the same of all but the command line. */
export function sameCircumstances(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return (
    one.user === other.user &&
    one.cgroupPath === other.cgroupPath &&
    one.unifiedCgroup === other.unifiedCgroup &&
    one.cpuacctCgroup === other.cpuacctCgroup &&
    one.containerName === other.containerName
  );
}
