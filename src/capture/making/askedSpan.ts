/** What of the recording goes into an archive. */
import type { CaptureRequest } from "../../model/capture.ts";
import type { RecordedLine, RecordedLines } from "../../recorder/format/line.ts";
import type { Span } from "./part.ts";

/** The settings that a span depends on. */
interface SpanSettings {
  readonly afterSeconds: number;
  readonly maxSpanSeconds: number;
}

/**
 * From before the onset until now; of a crash until the last second before it. Of a very late capture, or of one that has failed before,
 * the end is given up, not the onset.
 */
export function askedSpan(
  { origin, requestedAtMs, onsetMs, lookbackSeconds }: CaptureRequest,
  triesBefore: number,
  { afterSeconds, maxSpanSeconds }: SpanSettings,
  nowMs: number,
): Span {
  if (origin === "crash") return { fromMs: onsetMs - lookbackSeconds * 1000, toMs: onsetMs };
  const earliestMs = requestedAtMs + (afterSeconds - maxSpanSeconds) * 1000;
  const fromMs = Math.max(onsetMs - lookbackSeconds * 1000, earliestMs);
  const lastMs = triesBefore === 0 ? fromMs + maxSpanSeconds * 1000 : requestedAtMs + afterSeconds * 1000;
  return { fromMs, toMs: Math.min(nowMs, lastMs) };
}

/** In the small archive: ten minutes, and no more than this of lines. */
const smallLines = 600;
const smallBytes = 4 * 1024 * 1024;

/** The newest lines, as many as a small archive holds. */
export async function newestLines(lines: RecordedLines): Promise<readonly RecordedLine[]> {
  const newest: { readonly takenAtMs: number; readonly line: string; readonly bytes: number }[] = [];
  let bytes = 0;
  for await (const { takenAtMs, line } of lines) {
    newest.push({ takenAtMs, line, bytes: Buffer.byteLength(line) });
    bytes += Buffer.byteLength(line);
    while (newest.length > smallLines || bytes > smallBytes) bytes -= newest.shift()?.bytes ?? 0;
  }
  return newest;
}
