/**
 * What every line used while all was quiet: a mean that forgets in some minutes, kept for the lines that are shown.
 *
 * The last minute comes from the history, where all groups are: a line that was not shown until its spike has a past as well.
 */
import type { SpikeResource } from "../model/spikeResource.ts";
import { type ResourceKey, type ResourceUsage, resourceFigure, resourceKeys } from "../model/usage.ts";
import { type LineFigures, noFigures, restOf } from "./figures.ts";
import type { Moment } from "./history.ts";

/** What lies so far back weighs a third of what is new. What is held is held against what it was long ago, as the machine's baseline is. */
const forgetSeconds: readonly number[] = resourceKeys.map((key) => (resourceFigure(key).level ? 3600 : 600));
/** More lines than are ever shown; those that were shown longest ago go first. */
const mostLines = 400;
/** Weights grow instead of all sums shrinking; from here on they are brought down again. */
const largestWeight = 1e12;

/** Which resource must have been quiet for a figure to be learnt from. */
const quietFor: readonly SpikeResource[] = resourceKeys.map((key) => resourceFigure(key).resource);
/** A rate that is not told was nothing; what is held and not shown was still there. */
const levels: readonly boolean[] = resourceKeys.map((key) => resourceFigure(key).level === true);

interface Line {
  readonly sums: number[];
  /** All weight there was before it was first shown, by key: its use then is unknown. */
  readonly before: number[];
  /** Of what is held, by key: the weight of the ticks in which it had some. */
  readonly held: number[];
  lastSeen: number;
}

/** What lines used before. `known` is false where nothing at all is known of that time. */
export interface Past {
  of(id: string): LineFigures;
  /** What the machine had and no line: of the tasks, the memory and the I/O. */
  readonly rest: LineFigures;
  readonly known: boolean;
}

/** Nothing is known of what was before. */
export const noPast: Past = { of: () => noFigures, rest: noFigures, known: false };

/** A line that is none: what no group has. */
const restId = "rest";

/** Learns what lines use when all is quiet. */
export class LinePast {
  readonly #lines = new Map<string, Line>();
  /** Of a second of now, by key. */
  readonly #weights: number[] = resourceKeys.map(() => 1);
  /** Of all time, by key. */
  readonly #totals: number[] = resourceKeys.map(() => 0);
  #tick = 0;

  /** Learns a moment that has become past. */
  add({ snapshot, figures, shown, seconds, away }: Moment): void {
    this.#tick++;
    for (let at = 0; at < resourceKeys.length; at++) {
      this.#weights[at] = (this.#weights[at] ?? 1) * Math.exp(seconds / (forgetSeconds[at] ?? 1));
    }
    const weights = quietWeights(this.#weights, seconds, away);
    for (const { id, usage } of shown) this.#addLine(id, usage, weights);
    this.#addLine(restId, restOf(figures, snapshot.groups), weights);
    for (let at = 0; at < resourceKeys.length; at++) this.#totals[at] = (this.#totals[at] ?? 0) + (weights[at] ?? 0);
    if (this.#lines.size > mostLines) this.#forgetOldest();
    if (this.#weights.some((weight) => weight > largestWeight)) this.#rescale();
  }

  /** The past as it is now, with the moments before a spike. */
  upTo(before: readonly Moment[]): Past {
    const recent = sumsOf(before, this.#weights);
    const frozen = new Map<string, LineFigures>();
    for (const id of new Set([...this.#lines.keys(), ...recent.lines.keys()])) {
      const line = this.#lines.get(id);
      const own = recent.lines.get(id);
      const figures = { ...noFigures } as Record<ResourceKey, number>;
      for (const [at, key] of resourceKeys.entries()) {
        const isLevel = levels[at] === true && line !== undefined;
        const known = line === undefined ? 0 : isLevel ? (line.held[at] ?? 0) : (this.#totals[at] ?? 0) - (line.before[at] ?? 0);
        const weight = known + (isLevel ? (own?.held[at] ?? 0) : (recent.weights[at] ?? 0));
        if (weight > 0) figures[key] = ((line?.sums[at] ?? 0) + (own?.sums[at] ?? 0)) / weight;
      }
      frozen.set(id, figures);
    }
    const known = this.#lines.size > 0 || before.length > 0;
    return { of: (id) => frozen.get(id) ?? noFigures, rest: frozen.get(restId) ?? noFigures, known };
  }

  #addLine(id: string, usage: ResourceUsage, weights: readonly number[]): void {
    let line = this.#lines.get(id);
    if (line === undefined) {
      line = emptyLine(this.#totals);
      this.#lines.set(id, line);
    }
    line.lastSeen = this.#tick;
    addUsage(line, usage, weights);
  }

  #forgetOldest(): void {
    const byAge = [...this.#lines].sort((a, b) => a[1].lastSeen - b[1].lastSeen);
    for (const [id] of byAge.slice(0, this.#lines.size - mostLines / 2)) this.#lines.delete(id);
  }

  #rescale(): void {
    for (const line of this.#lines.values()) {
      for (let at = 0; at < resourceKeys.length; at++) {
        line.sums[at] = (line.sums[at] ?? 0) / (this.#weights[at] ?? 1);
        line.before[at] = (line.before[at] ?? 0) / (this.#weights[at] ?? 1);
        line.held[at] = (line.held[at] ?? 0) / (this.#weights[at] ?? 1);
      }
    }
    for (let at = 0; at < resourceKeys.length; at++) {
      this.#totals[at] = (this.#totals[at] ?? 0) / (this.#weights[at] ?? 1);
      this.#weights[at] = 1;
    }
  }
}

/** Sums over all groups of some moments; of a figure only those in which its resource was quiet. */
function sumsOf(
  moments: readonly Moment[],
  scales: readonly number[],
): { readonly weights: readonly number[]; readonly lines: ReadonlyMap<string, Line> } {
  const total = resourceKeys.map(() => 0);
  const lines = new Map<string, Line>();
  for (const { snapshot, figures, seconds, away } of moments) {
    const weights = quietWeights(scales, seconds, away);
    for (const [at, weight] of weights.entries()) total[at] = (total[at] ?? 0) + weight;
    for (const { id, usage } of [...snapshot.groups, { id: restId, usage: restOf(figures, snapshot.groups) }]) {
      let line = lines.get(id);
      if (line === undefined) {
        line = emptyLine();
        lines.set(id, line);
      }
      addUsage(line, usage, weights);
    }
  }
  return { weights: total, lines };
}

/** What a moment weighs, by key; nothing where the key's resource was away from its baseline. */
function quietWeights(scales: readonly number[], seconds: number, away: ReadonlySet<SpikeResource>): readonly number[] {
  return scales.map((scale, at) => (away.has(quietFor[at] ?? "cpu") ? 0 : scale * seconds));
}

function emptyLine(before: readonly number[] = []): Line {
  return { sums: resourceKeys.map(() => 0), before: [...before], held: resourceKeys.map(() => 0), lastSeen: 0 };
}

function addUsage(line: Line, usage: ResourceUsage, weights: readonly number[]): void {
  const { sums, held } = line;
  // of every line in every tick: no iterators here
  for (let at = 0; at < resourceKeys.length; at++) {
    const value = usage[resourceKeys[at] ?? "cpuCores"];
    const weight = weights[at] ?? 0;
    if (value === undefined || weight === 0) continue;
    sums[at] = (sums[at] ?? 0) + value * weight;
    if (levels[at]) held[at] = (held[at] ?? 0) + weight;
  }
}
