import snappy from "snappyjs";

/** A series of a remote write request. */
export interface ReadSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly { readonly value: number; readonly bits: string; readonly timestampMs: number }[];
}

/** HELP and TYPE of a family. */
export interface ReadMetadata {
  readonly type: number;
  readonly name: string;
  readonly help: string;
}

type Field = readonly [number: number, value: number | Buffer];

/** Takes a request apart by the published form alone. */
export function readWriteRequest(body: Buffer): { readonly series: readonly ReadSeries[]; readonly metadata: readonly ReadMetadata[] } {
  const series: ReadSeries[] = [];
  const metadata: ReadMetadata[] = [];
  for (const [number, value] of fieldsOf(snappy.uncompress(body))) {
    if (number === 1) series.push(seriesOf(value as Buffer));
    else if (number === 3) metadata.push(metadataOf(value as Buffer));
    else throw new Error(`a WriteRequest has no field ${number}`);
  }
  return { series, metadata };
}

function seriesOf(bytes: Buffer): ReadSeries {
  const labels: [string, string][] = [];
  const samples: { value: number; bits: string; timestampMs: number }[] = [];
  for (const [number, value] of fieldsOf(bytes)) {
    const inner = new Map(fieldsOf(value as Buffer));
    if (number === 1) labels.push([String(inner.get(1)), String(inner.get(2))]);
    else {
      const eight = inner.get(1) as Buffer;
      samples.push({ value: eight.readDoubleLE(), bits: eight.readBigUInt64LE().toString(16), timestampMs: inner.get(2) as number });
    }
  }
  return { labels, samples };
}

function metadataOf(bytes: Buffer): ReadMetadata {
  const inner = new Map(fieldsOf(bytes));
  return { type: inner.get(1) as number, name: String(inner.get(2)), help: String(inner.get(4)) };
}

function fieldsOf(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) fields.push([tag >> 3, varint()]);
    else {
      const length = wire === 1 ? 8 : varint();
      fields.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}
