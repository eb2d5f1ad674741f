/** The door of this folder: opens what somebody has recorded, wherever it lies. */
export { type OpenReplayOptions, openReplay } from "./open.ts";
export type { Opened } from "./opened.ts";
export { ReplayProblem } from "./problem.ts";
