/** The seconds of a recording, one after the other, as those take them who judge. */
import { judgedTick } from "../capture/report/judgedTick.ts";
import { parseRecorded } from "../recorder/format/parseLine.ts";
import type { Recording } from "../recorder/format/recording.ts";
import type { JudgedTick } from "../spikes/judge.ts";

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
