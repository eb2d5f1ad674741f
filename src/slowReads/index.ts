/** Reads that may never come back. */
export { HelperReads } from "./helperReads.ts";
export type { FileStat, ListedEntry, ListedLink, StatfsSize } from "./protocol.ts";
export { type Answer, askAll, type OnAnswer, type Question, ReadError, type Silent, type SlowReads } from "./slowReads.ts";
