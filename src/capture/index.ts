/** The door of this folder. The interfaces that others are given are in contract.ts. */

export type { ArchiveFigures } from "./archives.ts";
export type { SpikeLookup } from "./archiveVerdict.ts";
export type { CaptureEnd } from "./captureQueue.ts";
export type { StartProgram } from "./command.ts";
export { type Capture, type CaptureOptions, type CaptureSettings, defaultCaptureSettings, openCapture } from "./openCapture.ts";
export type { Part } from "./part.ts";
export { type DiagnosticCommand, defaultCommands, type OwnCommand } from "./parts/commandList.ts";
export type { CulpritSources } from "./parts/culprits.ts";
export { createParts, type PartsOptions } from "./parts/index.ts";
export { type ProcessTable, type ProcessTableRow, type ProcessTableSource, readProcessTable } from "./processTable.ts";
export type { RetentionLimits } from "./retention.ts";
export type { HostIdentity } from "./summary.ts";
