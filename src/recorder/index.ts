/** The door of this folder. */
export { type Cell, csvLine } from "./csv.ts";
export { FlightRecorder, type FlightRecorderOptions } from "./flightRecorder.ts";
export type { RecordedHost } from "./header.ts";
export type { HistoryEntry } from "./history.ts";
export type { LookBack } from "./lookBack.ts";
export { type AskedRange, type Range, rangeOf } from "./range.ts";
export type { RecordedLine, RecordedLines, RecordedSpan, Recording } from "./recording.ts";
export { Ring } from "./ring.ts";
export { secondTableHead, secondTableRecord } from "./secondTable.ts";
export { openSpikeStore, type SpikeStore } from "./spikeStore.ts";
export type { Thinned } from "./thin.ts";
