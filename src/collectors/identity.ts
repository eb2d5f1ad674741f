/** What a process is. The command line is redacted here, where it is read, so that nothing downstream can hold a raw one. */
import type { ProcessIdentity } from "../model/sample.ts";
import { isDenied } from "../procfs/errors.ts";
import { UserNames } from "../procfs/passwd.ts";
import { readPidCgroups, readPidCommandLine, readPidUserId } from "../procfs/pidIdentity.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { redactCommandLine } from "../redact/index.ts";
import type { ReadIdentity } from "./processTable.ts";

/** Makes the reader of identities for the machine below `root`. */
export function createIdentityReader(root: ProcRoot): ReadIdentity {
  const users = new UserNames(root);
  return (pid, kernelThread, nowSeconds): ProcessIdentity => {
    const cgroups = kernelThread ? undefined : allowed(() => readPidCgroups(root, pid));
    return {
      commandLine: kernelThread ? "" : (allowed(() => redactCommandLine(readPidCommandLine(root, pid)).text) ?? ""),
      user: kernelThread ? "root" : (allowed(() => users.nameOf(readPidUserId(root, pid), nowSeconds)) ?? ""),
      cgroupPath: cgroups?.path ?? "/",
      ...(cgroups?.unified === undefined ? {} : { unifiedCgroup: cgroups.unified }),
      ...(cgroups?.cpuacct === undefined ? {} : { cpuacctCgroup: cgroups.cpuacct }),
    };
  };
}

/** Where the kernel denies one of these (hidepid), the others still stand. */
function allowed<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}
