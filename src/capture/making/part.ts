/** What a part of a capture is, and what it is given. */
import type { CaptureRequest, PartOutcome } from "../../model/capture.ts";
import type { RecordedLines } from "../../recorder/format/line.ts";
import type { FileContent } from "./content.ts";
import type { ProcessList } from "./processList.ts";

/** A file that a part made, or the reason why it made none. */
export interface PartFile {
  /** Its name inside the archive. */
  readonly name: string;
  /** Absent when there is nothing to show. */
  readonly content?: FileContent;
  /** Left out: ok. */
  readonly result?: PartOutcome["result"];
  readonly reason?: string;
  readonly exitCode?: number;
  /** Left out: that of the whole part. */
  readonly durationSeconds?: number;
}

/** A stretch of time. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What every part knows. */
export interface NowContext {
  readonly request: CaptureRequest;
  /** The processes at the start of the capture, read once for all parts. */
  processList(): Promise<ProcessList>;
  /** Called by a part that has pieces, for each that is done. */
  readonly onPiece?: () => void;
}

/** What is known at the end as well. */
export interface AfterContext extends NowContext {
  /** The time that the archive is asked to cover. */
  readonly asked: Span;
  readonly recorded: RecordedLines;
}

/** Closest to the trouble: runs as soon as the capture begins. */
export interface NowPart {
  readonly name: string;
  readonly when: "now";
  /** Starts other programs: left out of the small archive. */
  readonly external?: boolean;
  /** Asks nothing of the machine and of the disk: it is in every archive. */
  readonly isPlain?: boolean;
  /** It takes long, and tells of so many pieces as they are done. */
  readonly pieces?: number;
  run(context: NowContext, signal: AbortSignal): Promise<readonly PartFile[]>;
}

/** Runs when the seconds after the trouble are recorded as well. */
export interface AfterPart {
  readonly name: string;
  readonly when: "after";
  run(context: AfterContext, signal: AbortSignal): Promise<readonly PartFile[]>;
}

/** One part of a capture. A part that throws is written down as failed and takes no other part with it. */
export type Part = NowPart | AfterPart;
