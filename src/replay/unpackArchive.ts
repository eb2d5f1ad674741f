/** An archive: of its files only four are read, and nothing is written under a name that stands in it. */
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { z } from "zod";
import { asError, reasonOf } from "../model/errors.ts";
import { nestsTooDeep } from "../model/json.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { Spike, Verdict } from "../model/spike.ts";
import { eventsFileName, parseEventsFile } from "../recorder/format/eventsFile.ts";
import { schemaVersion } from "../recorder/format/header.ts";
import { spikeSchema, verdictSchema } from "../recorder/format/spikeLine.ts";
import { readContent } from "./content.ts";
import { mostLineBytes } from "./limits.ts";
import { numberedLines } from "./lines.ts";
import { ReplayProblem } from "./problem.ts";
import { newer } from "./sniff.ts";
import { type UnpackedLines, unpackLines } from "./unpackedSegments.ts";

/** What an archive says of itself. */
interface ArchiveFacts {
  readonly id: string;
  readonly culprit: string;
  readonly host: { readonly hostname: string; readonly os: string; readonly kernel: string; readonly arch: string };
  readonly missing: readonly { readonly part: string; readonly reason: string }[];
  /** Who it was, as the archive says it. */
  readonly verdict?: Verdict;
  readonly spikes: readonly Spike[];
  /** Absent where the archive has no list of them. */
  readonly events?: readonly MachineEvent[];
}

/** An archive whose seconds lie in a directory of ours. */
export interface UnpackedArchive extends UnpackedLines {
  readonly facts: ArchiveFacts;
}

const manifestSchema = z.object({
  schemaVersion: z.number(),
  id: z.string().min(1),
  culprit: z.string(),
  host: z.object({ hostname: z.string().min(1), os: z.string(), kernel: z.string(), arch: z.string() }),
  missing: z.array(z.object({ part: z.string(), reason: z.string() })),
  parts: z.array(z.object({ part: z.string(), sha256: z.string().optional() })).optional(),
});

const archiveVerdictSchema = z.object({ verdict: verdictSchema, spikes: z.array(spikeSchema) });

/** The content of one file; it must be read. */
type EntryContent = AsyncIterable<Buffer>;

const nobody = { hostname: "", os: "", kernel: "", arch: "" };
const mostEntries = 10_000;

/** The files that say what the archive is about. */
export const archiveTexts: readonly string[] = ["manifest.json", "verdict.json", eventsFileName];

/** Reads an archive and writes its seconds into the directory. @throws ReplayProblem */
export async function unpackArchive(path: string, directory: string, mostBytes: number): Promise<UnpackedArchive> {
  const torn: string[] = [];
  const content = readContent({ path, mostBytes, onTorn: (problem) => void torn.push(problem) });
  const texts = new Map<string, string>();
  const hashes = new Map<string, string>();
  let lines: UnpackedLines | undefined;
  try {
    await readEntries(content, async (name, entry) => {
      if (hashes.has(name))
        throw new ReplayProblem(`the archive holds ${JSON.stringify(name.slice(0, 100))} twice; Culprit's hold each file once`);
      const hash = createHash("sha256");
      const read = hashing(entry, hash);
      if (name === "snapshots.jsonl") lines = await unpackLines(numberedLines(read), directory, nobody, "");
      else if (archiveTexts.includes(name)) texts.set(name, await textOf(read, name));
      for await (const _ of read);
      hashes.set(name, hash.digest("hex"));
    });
  } catch (error) {
    if (error instanceof ReplayProblem) throw error;
    throw new ReplayProblem(`the archive is torn or damaged: ${torn[0] ?? reasonOf(error)}`);
  }
  return archiveOf(texts, hashes, lines, torn[0]);
}

/** The same of an archive that somebody has unpacked already; `hashes` are those of its files. @throws ReplayProblem */
export async function readUnpackedArchive(
  texts: ReadonlyMap<string, string>,
  hashes: ReadonlyMap<string, string>,
  snapshots: AsyncIterable<Buffer>,
  directory: string,
): Promise<UnpackedArchive> {
  return archiveOf(texts, hashes, await unpackLines(numberedLines(snapshots), directory, nobody, ""), undefined);
}

function archiveOf(
  texts: ReadonlyMap<string, string>,
  hashes: ReadonlyMap<string, string>,
  lines: UnpackedLines | undefined,
  torn: string | undefined,
): UnpackedArchive {
  const manifest = texts.get("manifest.json");
  if (manifest === undefined) {
    throw new ReplayProblem(
      torn === undefined
        ? "it is a tar file without a manifest.json; expected an archive of Culprit, <id>.tar.gz"
        : `the archive is torn: ${torn}; its manifest.json, which is at the end, is missing`,
    );
  }
  const { facts: known, parts } = factsOf(manifest, texts.get("verdict.json"));
  const facts = withEvents(known, texts.get(eventsFileName));
  if (lines === undefined || lines.lines === 0) {
    const why = facts.missing.find(({ part }) => part.startsWith("snapshots"))?.reason;
    throw new ReplayProblem(
      `the archive ${facts.id} holds no recorded second${why === undefined ? "" : ` (${why})`}; its summary.txt says what is known`,
    );
  }
  return { ...lines, notes: [...mismatchNote(parts, hashes), ...lines.notes], facts };
}

type WrittenParts = z.output<typeof manifestSchema>["parts"];

/** What is not as it was when the archive was made. */
function mismatchNote(parts: WrittenParts, hashes: ReadonlyMap<string, string>): readonly string[] {
  if (parts === undefined) return ["its manifest names no sha256: whether the archive is as it was made cannot be told"];
  const known = new Map(parts.flatMap(({ part, sha256 }) => (sha256 === undefined ? [] : [[part, sha256] as const])));
  const changed = [...known].flatMap(([name, sha256]) => (hashes.get(name) === sha256 ? [] : [name]));
  const added = [...hashes.keys()].filter((name) => name !== "manifest.json" && name !== "" && !known.has(name));
  const all = [...changed, ...added];
  if (all.length === 0) return [];
  const shown = all.slice(0, 5).map((name) => name.slice(0, 100));
  const more = all.length > shown.length ? ` and ${all.length - shown.length} more` : "";
  return [
    `the archive does not match its own manifest (sha256 of ${shown.join(", ")}${more}): it was changed or damaged after it was made, do not trust it`,
  ];
}

function factsOf(manifest: string, verdict: string | undefined): { readonly facts: ArchiveFacts; readonly parts: WrittenParts } {
  const json = parsed(manifest, "manifest.json");
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === "number" && version > schemaVersion) throw newer("the archive", version);
  const checked = manifestSchema.safeParse(json);
  if (!checked.success) throw new ReplayProblem(`manifest.json is not Culprit's: ${issueOf(checked.error)}`);
  const { id, culprit, host, missing, parts } = checked.data;
  const known = { id, culprit, host, missing };
  if (verdict === undefined) return { facts: { ...known, spikes: [] }, parts };
  const said = archiveVerdictSchema.safeParse(parsed(verdict, "verdict.json"));
  if (!said.success) throw new ReplayProblem(`verdict.json is not Culprit's: ${issueOf(said.error)}`);
  return { facts: { ...known, verdict: said.data.verdict, spikes: said.data.spikes }, parts };
}

function withEvents(facts: ArchiveFacts, text: string | undefined): ArchiveFacts {
  if (text === undefined) return facts;
  const json = parsed(text, eventsFileName);
  try {
    return { ...facts, events: parseEventsFile(json) };
  } catch (error) {
    throw new ReplayProblem(`${eventsFileName} is not Culprit's: ${error instanceof z.ZodError ? issueOf(error) : reasonOf(error)}`);
  }
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join(".") || "the content"}: ${issue?.message ?? "not understood"}`;
}

function parsed(text: string, name: string): unknown {
  if (nestsTooDeep(text)) throw new ReplayProblem(`${name} of the archive nests deeper than any of Culprit's`);
  try {
    return JSON.parse(text);
  } catch {
    throw new ReplayProblem(`${name} of the archive is no JSON`);
  }
}

/** Hands every file over by its name below the top folder. @throws ReplayProblem for names and kinds that no archive of Culprit has */
async function readEntries(content: AsyncIterable<Buffer>, take: (name: string, entry: EntryContent) => Promise<void>): Promise<void> {
  const entries = extract();
  let problem: unknown;
  const looking = (async () => {
    let count = 0;
    for await (const entry of entries) {
      const { name, type } = entry.header;
      if (++count > mostEntries) throw new ReplayProblem(`the archive has more than ${mostEntries} files; Culprit's have some dozens`);
      checkEntry(name, type);
      await take(name.replace(/^[^/]+\//, ""), entry as EntryContent);
    }
  })().catch((error: unknown) => {
    problem = error;
    // without this its writer would wait for ever
    entries.destroy(asError(error));
  });
  const reading = pipeline(Readable.from(content, { objectMode: true, highWaterMark: 1 }), entries).catch((error: unknown) => {
    problem ??= error;
  });
  await Promise.all([reading, looking]);
  if (problem !== undefined) throw problem;
}

function checkEntry(name: string, type: Header["type"]): void {
  const shown = JSON.stringify(name.slice(0, 100));
  if (name.startsWith("/") || /[\\\0]|^[A-Za-z]:/.test(name) || name.split("/").includes("..")) {
    throw new ReplayProblem(`the archive holds ${shown}, which leads out of its folder; no archive of Culprit does`);
  }
  if (type !== "file" && type !== "directory") {
    throw new ReplayProblem(`the archive holds ${shown}, which is a ${type}; an archive of Culprit holds files only`);
  }
}

async function* hashing(entry: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of entry) {
    hash.update(chunk);
    yield chunk;
  }
}

async function textOf(entry: AsyncIterable<Buffer>, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of entry) {
    bytes += chunk.length;
    if (bytes > mostLineBytes) throw new ReplayProblem(`${name} of the archive is too large to be one of Culprit's`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
