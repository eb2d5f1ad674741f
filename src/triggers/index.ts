/** The door of this folder: thresholds, and what comes of crossing them. */
export { type ChecksOptions, checkLine, startChecks } from "./check.ts";
export { type AlertMoment, type ContextSources, createAlertContext, createContext, type UsedLine } from "./context.ts";
export { openTriggers, type Triggers, type TriggersOptions } from "./engine.ts";
export type { CaptureWish, ErrandHelpers, TellOptions } from "./errands.ts";
export { HostFigures } from "./hostFigures.ts";
export type { TriggerContext } from "./requests.ts";
