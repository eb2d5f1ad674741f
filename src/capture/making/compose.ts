/** Puts the files of a capture together: the summary before them, the manifest behind them. */
import type { CaptureRequest, JoinedAlert, PartOutcome } from "../../model/capture.ts";
import { namedIn } from "../../model/culprit.ts";
import { defined } from "../../model/defined.ts";
import type { PackedFile, Written } from "../archives/archiveWriter.ts";
import type { Manifest } from "../archives/manifest.ts";
import type { ArchiveVerdict } from "../report/archiveVerdict.ts";
import type { SpanDigest } from "../report/digest.ts";
import { type HostIdentity, renderSummary } from "../report/summary.ts";
import type { Late } from "../requests/late.ts";
import { jsonContent, textContent } from "./content.ts";
import type { Span } from "./part.ts";
import type { ProcessListRow } from "./processList.ts";
import type { FinishedFile } from "./runParts.ts";

/** All that is known when the files are ready to be written. */
export interface CaptureFacts {
  readonly request: CaptureRequest;
  readonly host: HostIdentity;
  readonly version: string;
  readonly joined: readonly JoinedAlert[];
  readonly late?: Late | undefined;
  readonly size: Manifest["size"];
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly asked: Span;
  readonly digest: SpanDigest;
  /** Absent where nothing is recorded. */
  readonly verdict?: ArchiveVerdict | undefined;
  readonly rows?: readonly ProcessListRow[] | undefined;
  readonly notes: readonly string[];
  readonly files: readonly FinishedFile[];
}

/** The files to be packed, and the manifest that can be made once they are. */
interface Composition {
  readonly files: readonly PackedFile[];
  readonly manifest: (written: ReadonlyMap<string, Written>) => Manifest;
}

/** The manifest's place inside the archive. */
const manifestName = "manifest.json";

const summaryName = "summary.txt";
const verdictName = "verdict.json";

/** Composes the archive. */
export function composeArchive(facts: CaptureFacts): Composition {
  const summary: FinishedFile = { name: summaryName, content: textContent(renderSummary(facts)), durationSeconds: 0 };
  const verdict: FinishedFile =
    facts.verdict === undefined
      ? { name: verdictName, result: "missing", reason: "nothing is recorded of this time", durationSeconds: 0 }
      : { name: verdictName, content: jsonContent(facts.verdict), durationSeconds: 0 };
  const all = [summary, verdict, ...facts.files];
  return {
    files: all.flatMap(({ name, content }) => (content === undefined ? [] : [{ name, content }])),
    manifest: (written) => manifestOf(facts, all, written),
  };
}

/** The manifest as the last file. */
export function manifestFile(manifest: Manifest): PackedFile {
  return { name: manifestName, content: jsonContent(manifest) };
}

function manifestOf(facts: CaptureFacts, files: readonly FinishedFile[], written: ReadonlyMap<string, Written>): Manifest {
  const { request, host, version, late, size, startedAtMs, finishedAtMs, asked, digest, notes } = facts;
  const verdict = facts.verdict?.verdict;
  const process = verdict && namedIn(verdict).find(({ group }) => group.kind === "process")?.group.process;
  return defined({
    schemaVersion: 1,
    id: request.id,
    culprit: version,
    host,
    request,
    joined: facts.joined,
    late,
    size,
    startedAtMs,
    finishedAtMs,
    asked,
    covered: { fromMs: digest.first ?? startedAtMs, toMs: digest.last ?? finishedAtMs, snapshots: digest.seconds, holes: digest.holes },
    process,
    verdict,
    notes,
    parts: files.map((file) => outcomeOf(file, written.get(file.name))),
    missing: files.flatMap(({ name, content, reason = "it made no file" }) => (content === undefined ? [{ part: name, reason }] : [])),
  });
}

function outcomeOf({ name, result = "ok", reason, exitCode, durationSeconds }: FinishedFile, written: Written | undefined): PartOutcome {
  return defined({
    part: name,
    result,
    reason,
    durationSeconds: Math.round(durationSeconds * 1000) / 1000,
    exitCode,
    ...written,
  });
}
