/** Which segments and which days have to go: the oldest, when there are too many bytes or they are too old; never the newest two hours. Pure. */

/** How much of a recording is kept. */
export interface RecordingLimits {
  readonly maxBytes: number;
  readonly maxAgeSeconds: number;
}

/** A segment and the bytes of all of its files. */
export interface SizedSegment {
  readonly stem: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly bytes: number;
}

const alwaysKeptMs = 2 * 3_600_000;

/** The segments to be deleted, oldest first; `segments` are in that order as well. */
export function segmentsToDelete<One extends SizedSegment>(
  segments: readonly One[],
  limits: RecordingLimits,
  nowMs: number,
): readonly One[] {
  // what a wrong clock has dated into the future is not the newest
  const newestMs = segments.reduce((newest, { startMs, endMs }) => (startMs <= nowMs ? Math.max(newest, endMs) : newest), 0);
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const gone: One[] = [];
  for (const segment of segments) {
    const tooOld = nowMs - segment.endMs > limits.maxAgeSeconds * 1000;
    if (!tooOld && bytes <= limits.maxBytes) continue;
    // by the recording's own time: a clock that jumped ahead must not empty it
    if (segment.endMs >= newestMs - alwaysKeptMs && segment.startMs <= nowMs) continue;
    bytes -= segment.bytes;
    gone.push(segment);
  }
  return gone;
}

/** A file of a day. */
interface SizedDay {
  readonly endMs: number;
  readonly bytes: number;
}

/** The days to be deleted, oldest first; `days` are in that order as well. A clock that jumped ahead must not empty them. */
export function daysToDelete<One extends SizedDay>(days: readonly One[], limits: RecordingLimits, nowMs: number): readonly One[] {
  const newestMs = days.at(-1)?.endMs ?? 0;
  const atMs = Math.min(nowMs, newestMs);
  let bytes = days.reduce((sum, day) => sum + day.bytes, 0);
  const gone: One[] = [];
  for (const day of days.slice(0, -1)) {
    if (atMs - day.endMs <= limits.maxAgeSeconds * 1000 && bytes <= limits.maxBytes) continue;
    bytes -= day.bytes;
    gone.push(day);
  }
  return gone;
}
