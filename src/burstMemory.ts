/**
 * Gives back what a burst took. V8 collects garbage when it wants to allocate; a process that has become quiet hardly does, and megabytes
 * would lie there for minutes. Once it is calm again, V8 is brought to collect all of it, a little at a time.
 */
import { watchOwnCpu } from "./ownCpu.ts";

/** So much more than at rest is worth a collection. */
const burstBytes = 8e6;
/** With less than this of a core nothing large is going on. */
const calmCores = 0.1;

/** One finds what nobody needs any more; pages that are empty then are given back by the next one. */
const collectionsPerBurst = 2;

/** Tells from the resident memory and the CPU time of this process when a burst is over. */
export class BurstMemory {
  #restingBytes = 0;
  /** Collections that were asked for since something last went on. */
  #collections = 0;

  /** Notes what is used now, and was used since the last call. True when there may be garbage worth collecting, and there is time for it. */
  note(residentBytes: number, cores: number): boolean {
    if (cores > calmCores) {
      // what is there now is not what is there at rest
      this.#collections = 0;
      return false;
    }
    const isMore = residentBytes >= this.#restingBytes + burstBytes;
    if (isMore && this.#collections < collectionsPerBurst) {
      this.#collections++;
      return true;
    }
    // what both have left is in use
    this.#restingBytes = isMore ? residentBytes : Math.min(this.#restingBytes, residentBytes);
    this.#collections = 0;
    return false;
  }
}

/** Before that all that starting needs is being loaded. */
const firstLookSeconds = 20;

/** Looks from time to time. */
export function giveMemoryBack(): void {
  const memory = new BurstMemory();
  watchOwnCpu((elapsedSeconds, cpuSeconds) => {
    if (process.uptime() < firstLookSeconds) return;
    if (memory.note(process.memoryUsage.rss(), cpuSeconds / elapsedSeconds)) beginCollection();
  });
}

/** More than the 64 MiB outside of its heap on which V8 begins to collect step by step, and less than what makes it do so in one go. */
const pressureBytes = 72e6;

/**
 * Has V8 collect everything, step by step. There is no call for it but pressure: a block that nobody keeps and whose pages are never
 * touched, so that it takes no memory.
 */
export function beginCollection(): void {
  try {
    void new ArrayBuffer(pressureBytes);
  } catch {
    // not even addresses are left: then V8 has been collecting all the time
  }
}
