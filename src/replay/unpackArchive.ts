/** An archive: of its files only three are read, and nothing is written under a name that stands in it. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { z } from "zod";
import type { Spike, Verdict } from "../model/spike.ts";
import { schemaVersion } from "../recorder/header.ts";
import { spikeSchema, verdictSchema } from "../recorder/spikeLine.ts";
import { readContent } from "./content.ts";
import { mostLineBytes } from "./limits.ts";
import { numberedLines } from "./lines.ts";
import { ReplayProblem } from "./problem.ts";
import { newer } from "./sniff.ts";
import { type UnpackedLines, unpackLines } from "./unpackedSegments.ts";

/** What an archive says of itself. */
export interface ArchiveFacts {
  readonly id: string;
  readonly culprit: string;
  readonly host: { readonly hostname: string; readonly os: string; readonly kernel: string; readonly arch: string };
  readonly missing: readonly { readonly part: string; readonly reason: string }[];
  /** Who it was, as the archive says it. */
  readonly verdict?: Verdict;
  /** The spikes that it names. */
  readonly spikes: readonly Spike[];
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
});

const archiveVerdictSchema = z.object({ verdict: verdictSchema, spikes: z.array(spikeSchema) });

/** The content of one file; it must be read, or resumed. */
type EntryContent = AsyncIterable<Buffer> & { resume(): unknown };

const nobody = { hostname: "", os: "", kernel: "", arch: "" };
const mostEntries = 10_000;

/** Reads an archive and writes its seconds into the directory. @throws ReplayProblem */
export async function unpackArchive(path: string, directory: string, mostBytes: number): Promise<UnpackedArchive> {
  const torn: string[] = [];
  const content = readContent({ path, mostBytes, onTorn: (problem) => void torn.push(problem) });
  const texts = new Map<string, string>();
  let lines: UnpackedLines | undefined;
  try {
    await readEntries(content, async (name, entry) => {
      if (name === "snapshots.jsonl") lines = await unpackLines(numberedLines(entry), directory, nobody, "");
      else if (name === "manifest.json" || name === "verdict.json") texts.set(name, await textOf(entry, name));
      else entry.resume();
    });
  } catch (error) {
    if (error instanceof ReplayProblem) throw error;
    throw new ReplayProblem(`the archive is torn or damaged: ${torn[0] ?? (error instanceof Error ? error.message : String(error))}`);
  }
  return archiveOf(texts, lines, torn[0]);
}

/** The same of an archive that somebody has unpacked already. @throws ReplayProblem */
export async function readUnpackedArchive(
  texts: ReadonlyMap<string, string>,
  snapshots: AsyncIterable<Buffer>,
  directory: string,
): Promise<UnpackedArchive> {
  return archiveOf(texts, await unpackLines(numberedLines(snapshots), directory, nobody, ""), undefined);
}

function archiveOf(texts: ReadonlyMap<string, string>, lines: UnpackedLines | undefined, torn: string | undefined): UnpackedArchive {
  const manifest = texts.get("manifest.json");
  if (manifest === undefined) {
    throw new ReplayProblem(
      torn === undefined
        ? "it is a tar file without a manifest.json; expected an archive of Culprit, <id>.tar.gz"
        : `the archive is torn: ${torn}; its manifest.json, which is at the end, is missing`,
    );
  }
  const facts = factsOf(manifest, texts.get("verdict.json"));
  if (lines === undefined || lines.lines === 0) {
    const why = facts.missing.find(({ part }) => part.startsWith("snapshots"))?.reason;
    throw new ReplayProblem(
      `the archive ${facts.id} holds no recorded second${why === undefined ? "" : ` (${why})`}; its summary.txt says what is known`,
    );
  }
  return { ...lines, facts };
}

function factsOf(manifest: string, verdict: string | undefined): ArchiveFacts {
  const json = parsed(manifest, "manifest.json");
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === "number" && version > schemaVersion) throw newer("the archive", version);
  const checked = manifestSchema.safeParse(json);
  if (!checked.success) throw new ReplayProblem(`manifest.json is not Culprit's: ${issueOf(checked.error)}`);
  const { id, culprit, host, missing } = checked.data;
  const known = { id, culprit, host, missing };
  if (verdict === undefined) return { ...known, spikes: [] };
  const said = archiveVerdictSchema.safeParse(parsed(verdict, "verdict.json"));
  if (!said.success) throw new ReplayProblem(`verdict.json is not Culprit's: ${issueOf(said.error)}`);
  return { ...known, verdict: said.data.verdict, spikes: said.data.spikes };
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join(".") || "the content"}: ${issue?.message ?? "not understood"}`;
}

function parsed(text: string, name: string): unknown {
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
    // without this whoever writes into it would wait for ever
    entries.destroy(error instanceof Error ? error : new Error(String(error)));
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
