/** The few messages of remote write 1.0 as Protocol Buffers: a WriteRequest is the series and the metadata one after the other. */

const varintWire = 0;
const doubleWire = 1;
const bytesWire = 2;

/** What a receiver takes as the end of a series: this NaN and no other. */
const staleBits = 0x7ff0_0000_0000_0002n;

/** A value, or the end of the series. */
type SampleValue = number | "stale";

/** The types of a family, by their numbers in MetricMetadata. */
const familyTypes: ReadonlyMap<string, number> = new Map([
  ["counter", 1],
  ["gauge", 2],
  ["histogram", 3],
  ["summary", 5],
]);

/** The labels of a series, to be followed by its samples; `pairs` are sorted by name, `__name__` among them. */
export function encodeLabels(pairs: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(pairs.map(([name, value]) => field(1, Buffer.concat([text(1, name), text(2, value)]))));
}

/** A TimeSeries of one sample, as a field of the WriteRequest. */
export function encodeSeries(labels: Buffer, value: SampleValue, timestampMs: number): Buffer {
  const time = varint(timestampMs);
  const sampleLength = 1 + 8 + 1 + time.length;
  const length = varint(labels.length + 2 + sampleLength);
  const all = Buffer.allocUnsafe(1 + length.length + labels.length + 2 + sampleLength);
  let at = all.writeUInt8((1 << 3) | bytesWire, 0);
  at += length.copy(all, at);
  at += labels.copy(all, at);
  at = all.writeUInt8((2 << 3) | bytesWire, at);
  at = all.writeUInt8(sampleLength, at);
  at = all.writeUInt8((1 << 3) | doubleWire, at);
  at = value === "stale" ? all.writeBigUInt64LE(staleBits, at) : all.writeDoubleLE(value, at);
  at = all.writeUInt8((2 << 3) | varintWire, at);
  time.copy(all, at);
  return all;
}

/** A MetricMetadata, as a field of the WriteRequest. */
export function encodeMetadata({ name, help, type }: { readonly name: string; readonly help: string; readonly type: string }): Buffer {
  const kind = Buffer.concat([varint((1 << 3) | varintWire), varint(familyTypes.get(type) ?? 0)]);
  return field(3, Buffer.concat([kind, text(2, name), text(4, help)]));
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | bytesWire), varint(content.length), content]);
}

/** Whole numbers from 0 to 2^53. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
