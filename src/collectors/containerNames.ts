/**
 * The names of containers, where an engine tells them. Nobody waits for it: until the answer is there, a container is its id.
 *
 * An engine is asked only when an id turned up that nobody knows, and not again for half a minute.
 */
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { listContainers, type NamesById, shownIdLength } from "./containerEngine.ts";
import type { ContainerNaming } from "./identity.ts";
import { userOfCgroup } from "./userEngines.ts";

/** Where names come from, and what they are for. */
interface ContainerNamesOptions {
  /** The engines' sockets; those that do not exist are passed over. */
  readonly sockets: readonly string[];
  /** Lists the containers of a user, who may have an engine of his own; undefined where nobody can tell. */
  readonly listOfUser?: (userId: number, signal: AbortSignal) => Promise<NamesById | undefined>;
  /** The id of the container that a cgroup lies in, or another name, or "". */
  readonly containerOf: (cgroupPath: string) => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Docker and Podman of a machine, as seen from one whose root file system is at `rootfs`. */
export function engineSockets(rootfs: string): readonly string[] {
  const prefix = rootfs.replace(/\/$/, "");
  return ["/var/run/docker.sock", ...(prefix === "" ? [] : [`${prefix}/run/docker.sock`]), `${prefix}/run/podman/podman.sock`];
}

const pauseSeconds = 30;
const patienceSeconds = 5;
/** An engine that has not listed an id this often does not know it: it is another engine's. */
const mostQuestions = 2;
const mostKnown = 10_000;
/** So many users are asked at a time. */
const mostUsers = 50;

const idPattern = new RegExp(`^[0-9a-f]{${shownIdLength}}$`);

/** Learns names in the background. */
export class ContainerNames implements ContainerNaming {
  readonly #options: ContainerNamesOptions;
  /** By id, or by user and id where only a user's engine says it. Undefined: asked for, and nobody knows it. */
  readonly #names = new Map<string, string | undefined>();
  /** How often an id has been asked for in vain. */
  readonly #unknown = new Map<string, number>();
  readonly #said = new Map<string, string>();
  #version = 0;
  #nextSeconds = Number.NEGATIVE_INFINITY;
  #cancel: Cancel | undefined;
  #asking: AbortController | undefined;
  #closed = false;

  constructor(options: ContainerNamesOptions) {
    this.#options = options;
  }

  get version(): number {
    return this.#version;
  }

  nameOf(cgroupPath: string): string | undefined {
    const id = this.#options.containerOf(cgroupPath);
    if (!idPattern.test(id)) return undefined;
    // what a user's engine says goes for that user's containers and for nobody else's
    const userId = userOfCgroup(cgroupPath);
    const key = userId === undefined ? id : `${userId}/${id}`;
    const name = this.#names.get(id) ?? this.#names.get(key);
    if (name !== undefined || this.#names.has(key)) return name;
    if (!this.#unknown.has(key) && this.#unknown.size < mostKnown) this.#unknown.set(key, 0);
    this.#plan();
    return undefined;
  }

  /** Asks nobody any more. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#asking?.abort();
  }

  #plan(): void {
    if (this.#closed || this.#cancel !== undefined || this.#asking !== undefined || this.#unknown.size === 0) return;
    const { clock } = this.#options;
    this.#cancel = clock.after(Math.max(0, this.#nextSeconds - clock.monotonicSeconds()), () => {
      this.#cancel = undefined;
      void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    const { clock, sockets } = this.#options;
    this.#nextSeconds = clock.monotonicSeconds() + pauseSeconds;
    const asking = new AbortController();
    this.#asking = asking;
    const giveUp = clock.after(patienceSeconds, () => asking.abort(new Error(`no answer within ${patienceSeconds} s`)));
    const answers = await Promise.all([
      ...sockets.map((socket) => this.#ask(socket, asking.signal)),
      ...this.#usersAskedFor().map((userId) => this.#askUser(userId, asking.signal)),
    ]);
    giveUp();
    this.#asking = undefined;
    if (this.#closed) return;
    this.#learn(answers.filter((answer) => answer !== undefined));
    this.#plan();
  }

  async #ask(socket: string, signal: AbortSignal): Promise<NamesById | undefined> {
    try {
      const names = await listContainers(socket, signal);
      this.#say(socket, "");
      return names;
    } catch (error) {
      if (!this.#closed) this.#say(socket, silenceReason(error, signal));
      return undefined;
    }
  }

  #usersAskedFor(): readonly number[] {
    return [...new Set([...this.#unknown.keys()].flatMap((key) => (key.includes("/") ? [Number.parseInt(key, 10)] : [])))].slice(
      0,
      mostUsers,
    );
  }

  async #askUser(userId: number, signal: AbortSignal): Promise<NamesById | undefined> {
    const names = await this.#options.listOfUser?.(userId, signal);
    return names && new Map([...names].map(([id, name]) => [`${userId}/${id}`, name]));
  }

  /** Without an answer it is not known that an id is unknown. */
  #learn(answers: readonly NamesById[]): void {
    if (answers.length === 0) return;
    const before = this.#names.size;
    for (const names of answers) for (const [id, name] of names) this.#names.set(id, name);
    let learnt = false;
    for (const [id, questions] of this.#unknown) {
      if (this.#names.has(id) || this.#names.has(id.replace(/^\d+\//, ""))) learnt = true;
      else if (questions + 1 < mostQuestions) {
        this.#unknown.set(id, questions + 1);
        continue;
      } else this.#names.set(id, undefined);
      this.#unknown.delete(id);
    }
    if (learnt) this.#version++;
    if (this.#names.size > before) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const id of this.#names.keys()) {
      if (this.#names.size <= mostKnown) return;
      this.#names.delete(id);
    }
  }

  /** What is wrong with an engine is said once, and that it works again as well. */
  #say(socket: string, reason: string): void {
    const before = this.#said.get(socket);
    if (reason === (before ?? "")) return;
    this.#said.set(socket, reason);
    const { log } = this.#options;
    if (reason === "") log.info("the names of containers are known again", { socket });
    else log.warn("the names of containers are not known, so their ids are shown", { socket, reason });
  }
}

/** A machine without the engine is no failure; nor is one whose engine is switched off. */
function silenceReason(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason.message : "given up";
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ECONNREFUSED") return "";
  return reasonOf(error);
}
