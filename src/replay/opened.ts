/** What was opened, ready to be looked at. */
import type { Archive } from "../model/capture.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { Spike } from "../model/spike.ts";
import type { RecordedHost } from "../recorder/format/header.ts";
import type { LookBack } from "../recorder/reading/lookBack.ts";
import type { ReadOnlyRecording } from "../recorder/reading/readOnly.ts";
import type { LastSecond } from "./survey.ts";

/** A recording, an archive or a table. */
export interface Opened {
  readonly kind: "recording" | "archive" | "table";
  readonly host: RecordedHost;
  /** The version of Culprit that wrote it, where that is known. */
  readonly culprit?: string;
  readonly lookBack: Pick<LookBack, "downsampled" | "table" | "history" | "search"> &
    Partial<Pick<LookBack, "folded" | "fitted" | "spikes" | "recordedFromMs">>;
  /** Its seconds with single processes; a table has none. */
  readonly recording?: ReadOnlyRecording;
  readonly fromMs: number;
  readonly toMs: number;
  /** How much of that time is recorded; of a brief look, how much of it was read. */
  readonly seconds: number;
  readonly last?: LastSecond;
  /** The newest first. */
  readonly spikes: readonly Spike[];
  /** Whether they are kept beside it; else there may be others than those of an archive's verdict. */
  readonly areSpikesKept: boolean;
  /** What happened to the machine, the oldest first. */
  readonly events: readonly MachineEvent[];
  /** The archive itself, and where it lies. */
  readonly archive?: { readonly archive: Archive; readonly path: string };
  /** Who it was, as an archive says it. */
  readonly verdict?: string;
  /** What a person should know of it, in sentences: what is torn, what it does not hold. */
  readonly notes: readonly string[];
}
