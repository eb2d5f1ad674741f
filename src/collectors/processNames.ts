/** Gives processes another identity where more has become known than when they were read: containers' names, command lines. */
import type { ProcessIdentity, ProcessReading } from "../model/processes.ts";
import type { ReadingOptions } from "./processReadings.ts";
import { type ProcessChanges, renamed, type Slot } from "./processSlot.ts";

/** The names of known processes. */
export class ProcessNames {
  readonly #identities: ReadingOptions["identities"];
  readonly #slots: ReadonlyMap<number, Slot>;

  constructor(identities: ReadingOptions["identities"], slots: ReadonlyMap<number, Slot>) {
    this.#identities = identities;
    this.#slots = slots;
  }

  /** Nothing else has moved, but containers' names may have been learnt: perhaps its own. */
  refresh(slot: Slot, nowSeconds: number, changed: ProcessReading[]): void {
    if (slot.namesVersion === this.#identities.namesVersion) return;
    slot.namesVersion = this.#identities.namesVersion;
    const identity = this.#identities.rename(slot.reading.identity);
    if (identity === slot.reading.identity) return;
    slot.reading = renamed(slot, identity, nowSeconds);
    changed.push(slot.reading);
  }

  /** Has all of them told once more where secrets are cut by other rules now: who sleeps would keep the old line for ever. */
  askAgain(): void {
    if (!this.#identities.isToldAnew) return;
    for (const { pid, reading } of this.#slots.values()) {
      const { key, kernelThread, state, identity } = reading;
      this.#identities.askAgain({ pid, key, kernelThread, isWaiting: state === "D" }, identity);
    }
  }

  /** Takes in what was asked for and is known by now; `beganSeconds` is when the tick began. */
  learn({ changed }: ProcessChanges, beganSeconds: number): void {
    for (const pid of this.#identities.takeNews()) {
      const slot = this.#slots.get(pid);
      if (slot === undefined) continue;
      const identity = this.#identities.rename(slot.reading.identity);
      if (identity === slot.reading.identity) continue;
      if (slot.reading.readAtSeconds >= beganSeconds) {
        // read in this tick, and not handed on yet
        (slot.reading as { identity: ProcessIdentity }).identity = identity;
        continue;
      }
      slot.reading = renamed(slot, identity, slot.lastReadSeconds);
      changed.push(slot.reading);
    }
  }
}
