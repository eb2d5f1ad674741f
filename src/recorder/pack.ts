/** Packs complete segments, one after the other, without holding up the event loop. */
import { createReadStream, createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { createGzip, gzip } from "node:zlib";
import type { Log } from "../log.ts";
import { syncDirectory } from "../spool/durable.ts";
import type { RecordedLine } from "./format/line.ts";
import { encodeNames, fromRollup, type NamedMinute } from "./format/names.ts";
import type { Rollup } from "./format/rollup.ts";
import { type Segment, segmentPath, segmentsOf } from "./format/segmentNames.ts";
import { encodeSummary, summarise } from "./format/summary.ts";
import { packPieces } from "./packPieces.ts";
import { readNamedMinutes } from "./reading/readNames.ts";
import { OpenSegment } from "./reading/segmentReader.ts";
import { repairSegment } from "./repair.ts";
import { writeWhole } from "./writeWhole.ts";

const packText = promisify(gzip);
const linesPerTurn = 20;

interface PackerOptions {
  readonly directory: string;
  /** The first line of summaries. */
  readonly header: string;
  readonly log: Log;
  /** Told after each one. */
  readonly onPacked: (signal: AbortSignal) => Promise<void>;
}

/** Makes `.jsonl.gz`, summary and index of segments, in the order in which they are told of. */
export class Packer {
  readonly #options: PackerOptions;
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: PackerOptions) {
    this.#options = options;
  }

  add(stem: string): void {
    this.#work = this.#work.then(() => this.#pack(stem));
  }

  /** Comes back when everything is packed that was told of. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** What is being packed stays as it is until the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #pack(stem: string): Promise<void> {
    const { directory, header, log, onPacked } = this.#options;
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    try {
      if ((await repairSegment(directory, stem, log)) === "whole") {
        await packSegment(directory, stem, header, signal);
        await onPacked(signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn("recording: a segment could not be packed; it is kept as it is", { segment: stem, reason: String(error) });
    }
  }
}

/** Packs one segment. The plain file goes only when everything that takes its place is on the disk. */
export async function packSegment(directory: string, stem: string, header: string, signal: AbortSignal): Promise<void> {
  const [segment] = segmentsOf([`${stem}.jsonl`]);
  if (segment === undefined) throw new Error(`${stem} is not the name of a segment`);
  const plain = segmentPath(directory, stem, "plain");
  const summary = await summarySegment(directory, segment, signal);
  if (summary !== undefined) {
    await writeWhole(segmentPath(directory, stem, "summary"), async (path) =>
      writeFile(path, await packText(encodeSummary(summary, header)), { mode: 0o600, signal }),
    );
    const { texts, ...more } = encodeNames(await namesOf(directory, stem, summary.minutes));
    await writeWhole(segmentPath(directory, stem, "namesPacked"), async (path) =>
      writeFile(path, await packPieces(header, texts, more), { mode: 0o600, signal }),
    );
  }
  await writeWhole(segmentPath(directory, stem, "packed"), async (path) => {
    await pipeline(createReadStream(plain), createGzip(), createWriteStream(path, { mode: 0o600 }), { signal });
  });
  await syncDirectory(directory);
  await rm(plain, { force: true });
  await rm(segmentPath(directory, stem, "names"), { force: true });
}

/** What was gathered, and of minutes that were not, what the lines tell: that of a minute in which everything ended at once. */
async function namesOf(directory: string, stem: string, minutes: readonly Rollup[]): Promise<readonly NamedMinute[]> {
  const gathered = await readNamedMinutes(directory, stem);
  const known = new Set(gathered.map(({ atMs }) => atMs));
  const rest = minutes.filter(({ atMs }) => !known.has(atMs)).map(fromRollup);
  return [...gathered, ...rest].sort((a, b) => a.atMs - b.atMs);
}

async function summarySegment(directory: string, segment: Segment, signal: AbortSignal) {
  const open = await OpenSegment.open(directory, segment, () => undefined);
  if (open === undefined) return undefined;
  try {
    return await summarise(inTurns(open.lines(), signal));
  } finally {
    await open.close();
  }
}

async function* inTurns(lines: AsyncIterable<RecordedLine>, signal: AbortSignal): AsyncGenerator<RecordedLine> {
  let count = 0;
  for await (const line of lines) {
    yield line;
    if (++count % linesPerTurn !== 0) continue;
    signal.throwIfAborted();
    await nextTurn();
  }
}
