/** Which segments of which hosts have to go when all together are more than the budget. Pure. */

/** A segment of a host, with all of its files. */
export interface StoredSegment {
  readonly stem: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly bytes: number;
}

/** What is stored of one host; its segments are in the order of their times. */
interface StoredHost {
  readonly host: string;
  readonly segments: readonly StoredSegment[];
}

/** A segment to be deleted. */
interface Victim {
  readonly host: string;
  readonly segment: StoredSegment;
}

/**
 * The oldest segment of whoever has most, until there is room: a host that sends little keeps all it has, and those that send much end up
 * with as much as each other. The newest segment of a host stays to the last.
 */
export function segmentsOverBudget(hosts: readonly StoredHost[], maxBytes: number): readonly Victim[] {
  const left = hosts.map(({ host, segments }) => ({ host, segments, gone: 0, bytes: bytesOf(segments) }));
  let bytes = left.reduce((sum, one) => sum + one.bytes, 0);
  const victims: Victim[] = [];
  while (bytes > maxBytes) {
    const able = left.filter(({ segments, gone }) => gone < segments.length);
    const spare = able.filter(({ segments, gone }) => gone < segments.length - 1);
    const [first, ...others] = spare.length > 0 ? spare : able;
    if (first === undefined) break;
    const largest = others.reduce((most, one) => (one.bytes > most.bytes ? one : most), first);
    const segment = largest.segments[largest.gone] as StoredSegment;
    largest.gone++;
    largest.bytes -= segment.bytes;
    bytes -= segment.bytes;
    victims.push({ host: largest.host, segment });
  }
  return victims;
}

/** All of them together. */
export function bytesOf(segments: readonly StoredSegment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}
