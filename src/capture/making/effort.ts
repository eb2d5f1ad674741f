/**
 * How much goes into an archive. A promised archive must be made: where the disk has no room, or where making it has crashed Culprit
 * before, less is attempted, and what is left out is said. Pure.
 */
import type { CaptureRequest } from "../../model/capture.ts";
import type { Manifest } from "../archives/manifest.ts";
import type { Part } from "./part.ts";
import type { FinishedFile } from "./runParts.ts";

/** What is attempted. */
export interface Effort {
  /** The recording is cut in a small archive. */
  readonly size: Manifest["size"];
  /** Which parts: all, Culprit's own, or none but what was asked for. */
  readonly parts: "all" | "own" | "none";
  /** Why it is not all of it. */
  readonly reason?: string;
}

/** After so many crashed tries with Culprit's own parts only, nothing is attempted any more that could crash it. */
const mostOwnTries = 3;

/** What is attempted after so many tries that failed; `shortage` says what the disk lacks. */
export function effortOf(triesBefore: number, shortage: string | undefined): Effort {
  if (triesBefore === 0) return shortage === undefined ? { size: "full", parts: "all" } : smallEffort(shortage);
  const reason = `it was begun ${triesBefore === 1 ? "once" : `${triesBefore} times`} before and did not come to its end`;
  if (triesBefore > mostOwnTries) return { size: "small", parts: "none", reason };
  return triesBefore === 1 && shortage === undefined ? { size: "full", parts: "own", reason } : smallEffort(reason);
}

/** The small archive of Culprit's own parts. */
export function smallEffort(reason: string): Effort {
  return { size: "small", parts: "own", reason };
}

/** Whether a part is made. */
export function isIncluded(part: Part, { parts }: Effort): boolean {
  if (parts === "none") return part.when === "now" && part.isPlain === true;
  return parts === "all" || part.when === "after" || part.external !== true;
}

/** In how many pieces the parts are made: each is one, besides those that it tells of itself. */
export function piecesOf(parts: readonly Part[], effort: Effort): number {
  const pieces = (part: Part) => 1 + (part.when === "now" ? (part.pieces ?? 0) : 0);
  return parts.filter((part) => isIncluded(part, effort)).reduce((sum, part) => sum + pieces(part), 0);
}

/** The files that were made, and those that were left out with the reason. */
export function withLeftOut(files: readonly FinishedFile[], parts: readonly Part[], effort: Effort): readonly FinishedFile[] {
  const leftOut = parts.filter((part) => !isIncluded(part, effort));
  const made = files.filter(({ name }) => !leftOut.some((part) => name === part.name || name.startsWith(`${part.name}/`)));
  const reason = `left out: ${effort.reason ?? ""}`;
  return [...made, ...leftOut.map(({ name }) => ({ name, result: "missing", reason, durationSeconds: 0 }) as const)];
}

/** What the archive says of it. */
export function effortNotes({ size, parts, reason }: Effort): readonly string[] {
  if (reason === undefined) return [];
  if (parts === "none") return [`only what was asked for: ${reason}; nothing of the machine and of the recording is in it`];
  if (size === "small") return [`a small archive: ${reason}; commands are left out and the recording is cut`];
  return [`of Culprit's own parts only: ${reason}; commands are left out`];
}

/** What was cut off before it came here. */
export function truncationNotes({ truncatedAlerts = 0 }: CaptureRequest): readonly string[] {
  if (truncatedAlerts === 0) return [];
  const [alerts, have] = truncatedAlerts === 1 ? ["1 more alert", "has"] : [`${truncatedAlerts} more alerts`, "have"];
  return [`${alerts} of the same notification ${have} no archive: Alertmanager cut them off (max_alerts of its receiver)`];
}
