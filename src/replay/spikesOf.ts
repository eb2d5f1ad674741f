/** The spikes of a recording: those that it keeps, or those that the same fold finds in it that would have found them live. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { judgedTick } from "../capture/report/judgedTick.ts";
import type { Spike } from "../model/spike.ts";
import type { RecordedSnapshot } from "../recorder/format/line.ts";
import { closedUnseen, parseSpikeLine } from "../recorder/format/spikeLine.ts";
import type { Spikes } from "../spikes/contract.ts";
import { createSpikes } from "../spikes/spikes.ts";

/** Ten times what 2000 spikes take. */
const mostStoredBytes = 256 * 1024 * 1024;

/** Reads `spikes.jsonl` beside segments and leaves it as it is; undefined where there is none. */
export async function readStoredSpikes(directory: string): Promise<readonly Spike[] | undefined> {
  const path = join(directory, "spikes.jsonl");
  const facts = await stat(path).catch(() => undefined);
  // one that is larger is none of ours: then they are looked for
  if (facts === undefined || !facts.isFile() || facts.size > mostStoredBytes) return undefined;
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const known = new Map<string, Spike>();
  for (const line of text.split("\n")) {
    const read = parseSpikeLine(line);
    if (read !== undefined) known.set(read.spike.id, closed(read.spike, read.atMs));
  }
  return newestFirst([...known.values()]);
}

/** Finds spikes, a second after the other. */
export class SpikeFinder {
  readonly #found = new Map<string, Spike>();
  #fold: Spikes = createSpikes();
  #lastMs: number | undefined;

  add(second: RecordedSnapshot): void {
    // the first second after a start knows no rates: live there was a new fold as well, which knew of no spike before
    if (second.elapsedSeconds === undefined && this.#lastMs !== undefined) this.#close();
    const tick = judgedTick(second);
    for (const { spike } of this.#fold.take(tick, tick.groups)) this.#found.set(spike.id, spike);
    this.#lastMs = second.takenAtMs;
  }

  /** All of them, the newest first. What lasts to the end is closed there: nobody has recorded its end. */
  result(): readonly Spike[] {
    this.#close();
    return newestFirst([...this.#found.values()]);
  }

  #close(): void {
    for (const spike of this.#fold.active()) this.#found.set(spike.id, closed(spike, this.#lastMs ?? spike.startMs));
    this.#fold = createSpikes();
  }
}

/** What somebody has said already wins over what is found again: of the same resource at the same time there is one. */
export function mergedSpikes(said: readonly Spike[], found: readonly Spike[], lastMs: number): readonly Spike[] {
  const kept = said.map((spike) => closed(spike, lastMs));
  const isSaid = (one: Spike) =>
    kept.some(
      ({ resource, startMs, endMs = lastMs }) => resource === one.resource && startMs <= (one.endMs ?? lastMs) && endMs >= one.startMs,
    );
  return newestFirst([...kept, ...found.filter((one) => !isSaid(one))]);
}

function closed(spike: Spike, atMs: number): Spike {
  return spike.endMs === undefined ? closedUnseen(spike, atMs) : spike;
}

function newestFirst(spikes: readonly Spike[]): readonly Spike[] {
  return [...spikes].sort((a, b) => b.startMs - a.startMs);
}
