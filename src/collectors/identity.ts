/**
 * What a process is. The command line is redacted here, where it is read, so that nothing downstream can hold a raw one.
 *
 * It may change under way: by exec, by a title that the process gives itself, by setuid, and when systemd moves it to its cgroup
 * right after the fork. So it is looked at again, often while it is young and ever more rarely then.
 */
import type { ProcessIdentity } from "../model/sample.ts";
import { isDenied, isGone } from "../procfs/errors.ts";
import { UserNames } from "../procfs/passwd.ts";
import { PidArgumentsReader } from "../procfs/pidArguments.ts";
import { type PidCgroups, readPidCgroups, readPidUserId } from "../procfs/pidIdentity.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { redactArgumentList } from "../redact/index.ts";
import type { Identities } from "./processReadings.ts";

/** Knows the names that an engine has given its containers. */
export interface ContainerNaming {
  /** The name of the container that a cgroup lies in, if it is known by now. */
  nameOf(cgroupPath: string): string | undefined;
  /** Another number whenever more names are known than before. */
  readonly version: number;
  /** Asks nobody any more. */
  close?(): void;
}

/** What is remembered of an identity that was given out. */
interface Memory {
  /** Of the command line; undefined where it is denied. */
  fingerprint: number | undefined;
  readonly firstSeenSeconds: number;
  nextLookSeconds: number;
  /** The containers' names that it was made with. */
  namesVersion: number;
}

const shortestWaitSeconds = 1;
const longestWaitSeconds = 60;

const kernelIdentity: ProcessIdentity = Object.freeze({ commandLine: "", user: "root", cgroupPath: "/" });

/** Reads identities, and knows when to look at one again. */
export class IdentityReader implements Identities {
  readonly #root: ProcRoot;
  readonly #users: UserNames;
  readonly #containers: ContainerNaming | undefined;
  readonly #commandLine: PidArgumentsReader;
  readonly #memories = new WeakMap<ProcessIdentity, Memory>();

  constructor(root: ProcRoot, containers?: ContainerNaming) {
    this.#root = root;
    this.#users = new UserNames(root);
    this.#containers = containers;
    this.#commandLine = new PidArgumentsReader(root);
  }

  close(): void {
    this.#containers?.close?.();
  }

  get namesVersion(): number {
    return this.#containers?.version ?? 0;
  }

  /** Reads what a process is, when it is new or has a new name. Throws like the kernel when it is gone. */
  read(pid: number, kernelThread: boolean, nowSeconds: number): ProcessIdentity {
    if (kernelThread) return kernelIdentity;
    const line = allowed(() => this.#readCommandLine(pid));
    const identity = this.#compose(line && this.#redacted(), this.#readUser(pid, nowSeconds), this.#readCgroups(pid));
    this.#memories.set(identity, {
      fingerprint: line?.fingerprint,
      firstSeenSeconds: nowSeconds,
      nextLookSeconds: nowSeconds + shortestWaitSeconds,
      namesVersion: this.namesVersion,
    });
    return identity;
  }

  /**
   * The identity of a process that is active, looked at again when that is due: after 1, 2, 4 ... seconds, then every minute.
   * The same object when nothing has changed. A process that is gone stays what it was: whoever reads its counters will notice.
   */
  refresh(pid: number, identity: ProcessIdentity, nowSeconds: number): ProcessIdentity {
    const memory = this.#memories.get(identity);
    // kernel threads, and what this reader has not made
    if (memory === undefined) return identity;
    if (nowSeconds < memory.nextLookSeconds) return this.rename(identity);
    const age = nowSeconds - memory.firstSeenSeconds;
    memory.nextLookSeconds = nowSeconds + Math.min(longestWaitSeconds, Math.max(shortestWaitSeconds, age));
    try {
      return this.#reread(pid, identity, memory, nowSeconds);
    } catch (error) {
      if (!isGone(error)) throw error;
      return identity;
    }
  }

  /** The identity with its container's name, if that has become known since; the same object otherwise. Reads no file. */
  rename(identity: ProcessIdentity): ProcessIdentity {
    const containers = this.#containers;
    const memory = this.#memories.get(identity);
    if (containers === undefined || memory === undefined || memory.namesVersion === containers.version) return identity;
    memory.namesVersion = containers.version;
    const containerName = containers.nameOf(identity.cgroupPath);
    if (containerName === undefined || containerName === identity.containerName) return identity;
    const renamed = { ...identity, containerName };
    this.#memories.set(renamed, memory);
    return renamed;
  }

  #reread(pid: number, identity: ProcessIdentity, memory: Memory, nowSeconds: number): ProcessIdentity {
    const line = allowed(() => this.#readCommandLine(pid));
    // a process that is just ending has no command line any more, nor, in cgroup v1, its cgroup: it stays what it was
    if (line?.isEmpty) return identity;
    const sameLine = line === undefined || line.fingerprint === memory.fingerprint;
    const fresh = this.#compose(
      sameLine ? identity : this.#redacted(),
      this.#readUser(pid, nowSeconds) || identity.user,
      this.#readCgroups(pid) ?? cgroupsOf(identity),
    );
    if (sameLine && sameCircumstances(fresh, identity)) return identity;
    if (!sameLine) memory.fingerprint = line.fingerprint;
    this.#memories.set(fresh, memory);
    return fresh;
  }

  #readCommandLine(pid: number): { readonly fingerprint: number; readonly isEmpty: boolean } {
    this.#commandLine.read(pid);
    return { fingerprint: this.#commandLine.fingerprint(), isEmpty: this.#commandLine.isEmpty };
  }

  #redacted(): Pick<ProcessIdentity, "commandLine" | "arguments"> {
    const { text, arguments: list } = redactArgumentList(this.#commandLine.arguments());
    return { commandLine: text, arguments: list };
  }

  #readUser(pid: number, nowSeconds: number): string {
    return allowed(() => this.#users.nameOf(readPidUserId(this.#root, pid), nowSeconds)) ?? "";
  }

  #readCgroups(pid: number): PidCgroups | undefined {
    return allowed(() => readPidCgroups(this.#root, pid));
  }

  #compose(
    line: Pick<ProcessIdentity, "commandLine" | "arguments"> | undefined,
    user: string,
    cgroups: PidCgroups | undefined,
  ): ProcessIdentity {
    const cgroupPath = cgroups?.path ?? "/";
    const containerName = this.#containers?.nameOf(cgroupPath);
    return {
      commandLine: line?.commandLine ?? "",
      ...(line?.arguments === undefined ? {} : { arguments: line.arguments }),
      user,
      cgroupPath,
      ...(cgroups?.unified === undefined ? {} : { unifiedCgroup: cgroups.unified }),
      ...(cgroups?.cpuacct === undefined ? {} : { cpuacctCgroup: cgroups.cpuacct }),
      ...(containerName === undefined ? {} : { containerName }),
    };
  }
}

function cgroupsOf({ cgroupPath, unifiedCgroup, cpuacctCgroup }: ProcessIdentity): PidCgroups {
  return {
    path: cgroupPath,
    ...(unifiedCgroup === undefined ? {} : { unified: unifiedCgroup }),
    ...(cpuacctCgroup === undefined ? {} : { cpuacct: cpuacctCgroup }),
  };
}

function sameCircumstances(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return (
    one.user === other.user &&
    one.cgroupPath === other.cgroupPath &&
    one.unifiedCgroup === other.unifiedCgroup &&
    one.cpuacctCgroup === other.cpuacctCgroup &&
    one.containerName === other.containerName
  );
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
