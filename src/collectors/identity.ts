/**
 * What a process is. The command line is redacted here, where it arrives, so that nothing downstream can hold a raw one. It is asked for,
 * not read: such a read may never return. Until it is known the process goes by the name that the kernel has for it.
 *
 * It may change under way: by exec, by a title that the process gives itself, by setuid, and when systemd moves it to its cgroup
 * right after the fork. So it is looked at again, often while it is young and ever more rarely then.
 */
import { defined } from "../model/defined.ts";
import type { ProcessIdentity, ProcessKey } from "../model/processes.ts";
import { isDenied, isGone } from "../procfs/errors.ts";
import { UserNames } from "../procfs/passwd.ts";
import { commandLinePath, fingerprintOf, mostArgumentBytes, splitArguments, trimArguments } from "../procfs/pidArguments.ts";
import { type PidCgroups, readPidCgroups, readPidUserId } from "../procfs/pidIdentity.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { Skips } from "../procfs/skips.ts";
import { carefulRedactor, type Redactor } from "../redact/redactor.ts";
import type { Question, SlowReads } from "../slowReads/slowReads.ts";
import { type CommandLine, cgroupsOf, composeIdentity, sameCircumstances } from "./identityParts.ts";
import { readPidFile } from "./pidFiles.ts";

/** Knows the names that an engine has given its containers. */
export interface ContainerNaming {
  /** The name of the container that a cgroup lies in, if it is known by now. */
  nameOf(cgroupPath: string): string | undefined;
  /** Another number whenever more names are known than before. */
  readonly version: number;
  /** Asks nobody any more. */
  close?(): void;
}

/** A process that is new, or that moved. */
interface SeenProcess {
  readonly pid: number;
  readonly key: ProcessKey;
  readonly kernelThread: boolean;
  /** It is in uninterruptible sleep, perhaps with its memory locked. */
  readonly isWaiting: boolean;
}

/** What is remembered of an identity that was given out. */
interface KnownIdentity {
  /** Undefined as long as nobody has told it. */
  line: CommandLine | undefined;
  fingerprint: number | undefined;
  readonly firstSeenSeconds: number;
  nextLookSeconds: number;
  /** The containers' names that it was made with. */
  namesVersion: number;
}

/** A command line that is to be asked for. */
interface Wanted {
  readonly process: SeenProcess;
  readonly known: KnownIdentity;
}

const shortestWaitSeconds = 1;
const longestWaitSeconds = 60;
/** Ticks between two attempts to ask those who were not asked. */
const askedAgainAfterAsks = 10;

const kernelIdentity: ProcessIdentity = Object.freeze({ commandLine: "", user: "root", cgroupPath: "/" });

/** Reads identities, and knows when to look at one again. */
export class IdentityReader {
  readonly #root: ProcRoot;
  readonly #reads: SlowReads;
  readonly #skips: Skips;
  readonly #users: UserNames;
  readonly #containers: ContainerNaming | undefined;
  readonly #redactor: Redactor;
  readonly #known = new WeakMap<ProcessIdentity, KnownIdentity>();
  #wanted: Wanted[] = [];
  /** No helper was there to be asked: without a second try an idle process would never get its name. */
  #unasked: Wanted[] = [];
  #asks = 0;
  #news: number[] = [];
  #rulesVersion: number | undefined;

  constructor(root: ProcRoot, reads: SlowReads, containers?: ContainerNaming, skips = new Skips(), redactor: Redactor = carefulRedactor) {
    this.#root = root;
    this.#reads = reads;
    this.#skips = skips;
    this.#users = new UserNames(root);
    this.#containers = containers;
    this.#redactor = redactor;
    this.#rulesVersion = redactor.version;
  }

  /** Gives back what it holds. */
  close(): void {
    this.#containers?.close?.();
  }

  /** Another number whenever there are new names for what is known already. */
  get namesVersion(): number {
    return this.#containers?.version ?? 0;
  }

  /** Of a process that is new or has a new name: all but the command line, which is asked for. Throws like the kernel when it is gone. */
  read(process: SeenProcess, nowSeconds: number): ProcessIdentity {
    if (process.kernelThread) return kernelIdentity;
    const { pid } = process;
    const known: KnownIdentity = {
      line: undefined,
      fingerprint: undefined,
      firstSeenSeconds: nowSeconds,
      nextLookSeconds: nowSeconds + shortestWaitSeconds,
      namesVersion: this.namesVersion,
    };
    const identity = this.#compose(undefined, this.#readUser(pid, nowSeconds), this.#readCgroups(pid));
    this.#known.set(identity, known);
    this.#wanted.push({ process, known });
    return identity;
  }

  /**
   * The identity of a process that is active, looked at again when that is due: after 1, 2, 4 ... seconds, then every minute.
   * The same object when nothing has changed. A process that is gone stays what it was: the read of its counters will notice.
   */
  refresh(process: SeenProcess, identity: ProcessIdentity, nowSeconds: number): ProcessIdentity {
    const known = this.#known.get(identity);
    // kernel threads, and what this reader has not made
    if (known === undefined) return identity;
    if (nowSeconds < known.nextLookSeconds) return this.rename(identity);
    const age = nowSeconds - known.firstSeenSeconds;
    known.nextLookSeconds = nowSeconds + Math.min(longestWaitSeconds, Math.max(shortestWaitSeconds, age));
    try {
      const fresh = this.#reread(process.pid, identity, known, nowSeconds);
      this.#wanted.push({ process, known });
      return fresh;
    } catch (error) {
      if (!isGone(error)) throw error;
      return identity;
    }
  }

  /** The identity with what has become known since: command line, container's name. The same object when nothing has. Reads no file. */
  rename(identity: ProcessIdentity): ProcessIdentity {
    const known = this.#known.get(identity);
    if (known === undefined) return identity;
    const line = known.line !== undefined && known.line.arguments !== identity.arguments ? known.line : undefined;
    const containerName = this.#newContainerName(identity, known);
    if (line === undefined && containerName === undefined) return identity;
    const renamed = defined({ ...identity, ...line, containerName: containerName ?? identity.containerName });
    this.#known.set(renamed, known);
    return renamed;
  }

  /** Asks for the command lines that are wanted by now; undefined when none are. */
  ask(): Promise<void> | undefined {
    if (++this.#asks % askedAgainAfterAsks === 0) this.#wanted.push(...this.#unasked.splice(0));
    const wanted = this.#wanted;
    if (wanted.length === 0) return undefined;
    this.#wanted = [];
    const questions = wanted.map(({ process: { pid, key, isWaiting } }): Question => {
      return { path: commandLinePath(this.#root, pid), of: key, isDoubtful: isWaiting, most: mostArgumentBytes };
    });
    return this.#reads.ask(questions, (answer, index) => {
      const one = wanted[index] as Wanted;
      // denied, gone, odd or silent: it keeps the identity that is known
      if (answer.bytes !== undefined) this.#learn(one, trimArguments(answer.bytes));
      else if (answer.silent !== undefined) {
        this.#skips.addSaid();
        if (!answer.isPending) this.#unasked.push(one);
      } else if (!isDenied(answer.error) && !isGone(answer.error)) {
        this.#skips.add(questions[index]?.path.toString() ?? "", answer.error);
      }
    });
  }

  /** True when answers usually come within a moment. */
  get isQuick(): boolean {
    return this.#reads.isRunning;
  }

  /** Asks once more for what is known, where secrets are cut by other rules now; `isToldAnew` says when. */
  askAgain(process: SeenProcess, identity: ProcessIdentity): void {
    const known = this.#known.get(identity);
    if (known === undefined) return;
    known.fingerprint = undefined;
    this.#wanted.push({ process, known });
  }

  /** True once after each change of the rules. */
  get isToldAnew(): boolean {
    const { version } = this.#redactor;
    if (version === this.#rulesVersion) return false;
    this.#rulesVersion = version;
    return true;
  }

  /** The pids of those of whom something has become known since the last time: `rename` has it. */
  takeNews(): readonly number[] {
    const news = this.#news;
    if (news.length > 0) this.#news = [];
    return news;
  }

  #learn({ process, known }: Wanted, bytes: Buffer): void {
    // a process that is just ending has no command line any more: it stays what it was
    if (bytes.length === 0 && known.line !== undefined) return;
    const fingerprint = fingerprintOf(bytes);
    if (fingerprint === known.fingerprint) return;
    known.fingerprint = fingerprint;
    const { text, arguments: list } = this.#redactor.argumentList(splitArguments(bytes));
    known.line = { commandLine: text, arguments: list };
    this.#news.push(process.pid);
  }

  /** Undefined when there is none that is new. */
  #newContainerName({ cgroupPath, containerName }: ProcessIdentity, known: KnownIdentity): string | undefined {
    const containers = this.#containers;
    if (containers === undefined || known.namesVersion === containers.version) return undefined;
    known.namesVersion = containers.version;
    const name = containers.nameOf(cgroupPath);
    return name === containerName ? undefined : name;
  }

  #reread(pid: number, identity: ProcessIdentity, known: KnownIdentity, nowSeconds: number): ProcessIdentity {
    const user = this.#readUser(pid, nowSeconds) || identity.user;
    // a process that is just ending has left its cgroup of version 1 already
    const fresh = this.#compose(known.line ?? identity, user, this.#readCgroups(pid) ?? cgroupsOf(identity));
    if (fresh.arguments === identity.arguments && sameCircumstances(fresh, identity)) return identity;
    this.#known.set(fresh, known);
    return fresh;
  }

  #readUser(pid: number, nowSeconds: number): string {
    return this.#attempt(pid, "status", () => this.#users.nameOf(readPidUserId(this.#root, pid), nowSeconds)) ?? "";
  }

  #readCgroups(pid: number): PidCgroups | undefined {
    return this.#attempt(pid, "cgroup", () => readPidCgroups(this.#root, pid));
  }

  /** Where one of these is denied (hidepid), missing or odd, the others still stand. */
  #attempt<Value>(pid: number, file: string, read: () => Value): Value | undefined {
    return readPidFile(this.#root, pid, file, this.#skips, read);
  }

  #compose(line: CommandLine | undefined, user: string, cgroups: PidCgroups | undefined): ProcessIdentity {
    return composeIdentity(line, user, cgroups, this.#containers?.nameOf(cgroups?.path ?? "/"));
  }
}
