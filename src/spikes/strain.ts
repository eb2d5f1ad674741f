/**
 * What a machine suffers from, judged by itself and not by its past: people start Culprit because something is wrong already, and what
 * lasts for long becomes usual.
 */
import type { SpikeResource } from "../model/spikeResource.ts";
import type { MachineSize, WatchedValues } from "./figures.ts";

/** A strained machine. */
export interface Strain {
  readonly resource: SpikeResource;
  /** Since when it has been so; with `fromStart`, perhaps since earlier: nobody looked before. */
  readonly sinceMs: number;
  readonly fromStart: boolean;
}

/** Levels fall back to what is new in so many seconds: one busy second is no strain. */
const smoothSeconds = 8;
/** So long it must be strained, and so long be well again. */
const leastSeconds = 5;
/** Where it begins to hurt. */
const much = { busyRatio: 0.95, memoryPressure: 0.1, usedRatio: 0.95, ioPressure: 0.5, tasksPerCore: 1.5 } as const;

/** What hurts, the worst first: memory makes everything else suffer, a full CPU explains a high load. */
function strainOf(figures: WatchedValues, { cores, memoryBytes }: MachineSize): SpikeResource | undefined {
  const { busyCores = 0, loadTasks = 0, usedBytes = 0, memoryPressureRatio = 0, ioPressureRatio = 0 } = figures;
  if (memoryPressureRatio >= much.memoryPressure || (memoryBytes > 0 && usedBytes >= much.usedRatio * memoryBytes)) return "memory";
  if (busyCores >= much.busyRatio * cores) return "cpu";
  if (ioPressureRatio >= much.ioPressure) return "io";
  return loadTasks >= much.tasksPerCore * cores + 1 ? "load" : undefined;
}

/** Follows a machine tick by tick. */
export class StrainWatch {
  #smooth: WatchedValues = {};
  #seconds = 0;
  #strain: Strain | undefined;
  #otherwiseSeconds = 0;
  #otherwise: SpikeResource | undefined;
  #otherwiseSinceMs = 0;

  /** What it suffers from; undefined while it is well. */
  get strain(): Strain | undefined {
    return this.#strain;
  }

  take(figures: WatchedValues, takenAtMs: number, seconds: number, size: MachineSize): void {
    const weight = Math.max(seconds / smoothSeconds, seconds / (this.#seconds + seconds));
    const old = this.#smooth;
    this.#smooth = Object.fromEntries(
      Object.entries(figures).map(([key, value]) => [key, (old[key as keyof WatchedValues] ?? value) * (1 - weight) + value * weight]),
    );
    this.#seconds += seconds;
    const now = strainOf(this.#smooth, size);
    if (now === this.#strain?.resource) {
      this.#otherwiseSeconds = 0;
      return;
    }
    if (this.#otherwiseSeconds === 0 || now !== this.#otherwise) this.#otherwiseSinceMs = takenAtMs - seconds * 1000;
    this.#otherwiseSeconds = now === this.#otherwise ? this.#otherwiseSeconds + seconds : seconds;
    this.#otherwise = now;
    if (this.#otherwiseSeconds < leastSeconds) return;
    const fromStart = this.#seconds - this.#otherwiseSeconds < leastSeconds;
    this.#strain = now === undefined ? undefined : { resource: now, sinceMs: this.#otherwiseSinceMs, fromStart };
    this.#otherwiseSeconds = 0;
  }
}
