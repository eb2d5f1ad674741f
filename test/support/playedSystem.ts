import { readFileSync } from "node:fs";
import type { PortableSystem } from "../../src/collectors/portable.ts";
import { fixturePath } from "./paths.ts";

type Answered = "currentLoad" | "mem" | "fsSize" | "fsStats" | "networkStats" | "processes";
type Answers = { readonly [Name in Answered]: Awaited<ReturnType<PortableSystem[Name]>> };

/** One look at a machine. */
export interface PlayedRound extends Answers {
  readonly uptimeSeconds: number;
  readonly loadAverages: readonly number[];
}

interface Played {
  readonly synthetic: boolean;
  readonly platform: NodeJS.Platform;
  readonly ownPid: number;
  readonly cores: number;
  readonly secondsBetweenRounds: number;
  readonly rounds: readonly PlayedRound[];
}

/** A machine that answers as a fixture says; it moves on when a test says so. */
export class PlayedSystem implements PortableSystem {
  readonly platform: NodeJS.Platform;
  readonly ownPid: number;
  readonly played: Played;
  /** Questions in the order in which they were asked. */
  readonly asked: string[] = [];
  #round: PlayedRound;
  readonly #instead = new Map<Answered, () => Promise<never>>();

  /** Shows the first round of test/fixtures/<name>.json. */
  constructor(name: string) {
    this.played = JSON.parse(readFileSync(fixturePath(`${name}.json`), "utf8")) as Played;
    this.platform = this.played.platform;
    this.ownPid = this.played.ownPid;
    this.#round = this.recorded(0);
  }

  /** Shows another round, with changes of the test's own. */
  show(round: number, changes: Partial<PlayedRound> = {}): void {
    this.#round = { ...this.recorded(round), ...changes };
  }

  /** What the fixture says of a round. */
  recorded(round: number): PlayedRound {
    const recorded = this.played.rounds[round];
    if (recorded === undefined) throw new Error(`the fixture has no round ${round}`);
    return recorded;
  }

  /** Lets a question fail, or hang, until `heal`. */
  break(name: Answered, instead: () => Promise<never>): void {
    this.#instead.set(name, instead);
  }

  heal(): void {
    this.#instead.clear();
  }

  cores = () => this.played.cores;
  uptimeSeconds = () => this.#round.uptimeSeconds;
  loadAverages = () => this.#round.loadAverages;
  timezoneOffsetMinutes = () => 0;
  currentLoad = () => this.#answer("currentLoad");
  mem = () => this.#answer("mem");
  fsSize = () => this.#answer("fsSize");
  fsStats = () => this.#answer("fsStats");
  networkStats = () => this.#answer("networkStats");
  processes = () => this.#answer("processes");

  #answer<Name extends Answered>(name: Name): Promise<Answers[Name]> {
    this.asked.push(name);
    const instead = this.#instead.get(name);
    return instead === undefined ? Promise.resolve(this.#round[name]) : instead();
  }
}
