/** The seconds of a recording, one after the other, as those take them who judge. */
import { judgedTick } from "../capture/report/judgedTick.ts";
import { EventFinder } from "../events/eventFinder.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import { parseRecorded } from "../recorder/format/parseLine.ts";
import type { Recording } from "../recorder/format/recording.ts";
import type { JudgedTick } from "../spikes/judge.ts";
import type { Opened } from "./opened.ts";
import { mergedSpikes, SpikeFinder } from "./spikesOf.ts";

/** Those that ended after `fromMs` and not after `toMs`, the oldest first. */
export async function* ticksOf(recording: Recording, fromMs: number, toMs: number): AsyncGenerator<JudgedTick> {
  const span = await recording.between(fromMs + 1, toMs);
  try {
    for await (const line of span) {
      const second = parseRecorded(line);
      if (second !== undefined) yield judgedTick(second);
    }
  } finally {
    await span.close();
  }
}

/** So much before a stretch is where its spikes may begin, and what they are held against. */
const beforeMs = 3_600_000;
const afterMs = 600_000;

/** What happened in a stretch and around it: what is kept, and where nothing is, what the folds find. */
export async function happenedAround(
  { recording, spikes, events, areSpikesKept, toMs: lastMs }: Pick<Opened, "recording" | "spikes" | "events" | "areSpikesKept" | "toMs">,
  fromMs: number,
  toMs: number,
): Promise<Pick<Opened, "spikes" | "events">> {
  if (recording === undefined || areSpikesKept) return { spikes, events };
  const finder = new SpikeFinder();
  const happened = new EventFinder();
  const found: MachineEvent[] = [];
  for await (const line of recording.through(fromMs - beforeMs, toMs + afterMs)) {
    const second = parseRecorded(line);
    if (second === undefined) continue;
    finder.add(second);
    found.push(...happened.take(second));
  }
  return { spikes: mergedSpikes(spikes, finder.result(), lastMs), events: events.length > 0 ? events : found };
}
