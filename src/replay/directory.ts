/** A directory that is to be opened: which one of it holds the segments, and who wrote them. Nothing in it is changed. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseHeader, type RecordedHost } from "../recorder/format/header.ts";
import { type Segment, segmentPath } from "../recorder/format/segmentNames.ts";
import { listSegments, readNames } from "../recorder/reading/segmentFiles.ts";
import { readBeginning, readContent } from "./content.ts";
import { type ReplayLimits, tooLarge } from "./limits.ts";
import { ReplayProblem, whatIsExpected } from "./problem.ts";
import { beginningBytes, newer } from "./sniff.ts";
import { archiveTexts, readUnpackedArchive, type UnpackedArchive } from "./unpackArchive.ts";

interface RecordingDirectory {
  readonly directory: string;
  readonly host: RecordedHost;
  /** The version of Culprit that wrote the newest of it. */
  readonly culprit: string;
  readonly notes: readonly string[];
}

/** Finds the segments: in the directory, or in the `recording` of a storage. Undefined when it holds an archive that somebody has unpacked. */
export async function findRecording(directory: string): Promise<RecordingDirectory | undefined> {
  for (const one of [directory, join(directory, "recording")]) {
    const segments = await listSegments(one);
    if (segments.length > 0) return describe(one, segments);
  }
  const names = await readNames(directory);
  if (names.includes("snapshots.jsonl")) return undefined;
  const archive = names.find((name) => name.endsWith(".tar.gz"));
  const hint = archive === undefined ? "" : `; it holds archives: name one of them, such as ${archive}`;
  throw new ReplayProblem(`there is no segment of a recording in it (such as 20261121T100000.123Z.jsonl.gz)${hint}; ${whatIsExpected}`);
}

/** Reads an archive that lies there unpacked. @throws ReplayProblem */
export async function readArchiveDirectory(directory: string, into: string, { mostBytes }: ReplayLimits): Promise<UnpackedArchive> {
  const texts = new Map<string, string>();
  for (const name of archiveTexts) {
    const text = await readFile(join(directory, name), "utf8").catch(() => undefined);
    if (text !== undefined) texts.set(name, text);
  }
  const content = (name: string) => readContent({ path: join(directory, name), mostBytes, onTorn: () => undefined });
  return readUnpackedArchive(texts, await hashesOf(directory, mostBytes), content("snapshots.jsonl"), into);
}

/** Of everything that lies there, as far as it is of an archive's size. */
async function hashesOf(directory: string, mostBytes: number): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    bytes += (await stat(path)).size;
    if (bytes > mostBytes) throw tooLarge(mostBytes, "the unpacked archive");
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    hashes.set(relative(directory, path).replaceAll("\\", "/"), hash.digest("hex"));
  }
  return hashes;
}

async function describe(directory: string, segments: readonly Segment[]): Promise<RecordingDirectory> {
  let newest: { readonly host: RecordedHost; readonly culprit: string } | undefined;
  let newerCount = 0;
  let newerVersion: unknown;
  let foreignCount = 0;
  for (const segment of segments) {
    const first = await firstLineOf(directory, segment);
    const found = parseHeader(first);
    if (found.kind === "ours") newest = found.header;
    else if (found.kind === "foreign") foreignCount++;
    else {
      newerCount++;
      newerVersion = found.schemaVersion;
    }
  }
  if (newest === undefined) {
    if (newerCount > 0) throw newer("the recording", newerVersion);
    throw new ReplayProblem(`none of its ${segments.length} segments begins as a recording does; ${whatIsExpected}`);
  }
  const all = segments.length;
  const notes = [
    ...(newerCount > 0 ? [`${newerCount} of ${all} segments were written by a newer Culprit, and are left out`] : []),
    ...(foreignCount > 0 ? [`${foreignCount} of ${all} segments do not begin as a recording does, and are left out`] : []),
  ];
  return { directory, host: newest.host, culprit: newest.culprit, notes };
}

async function firstLineOf(directory: string, { stem, plain }: Segment): Promise<string> {
  const path = segmentPath(directory, stem, plain ? "plain" : "packed");
  const beginning = await readBeginning(path, beginningBytes).catch(() => Buffer.alloc(0));
  return beginning.toString("utf8").split("\n", 1)[0] ?? "";
}
