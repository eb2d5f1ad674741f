/** The door of this folder: what Culprit writes down for those who ask later. */
export { type Audit, type AuditEvent, type AuditOptions, openAudit } from "./audit.ts";
export { type LogLine, type LogPage, LogRing } from "./logRing.ts";
export { type Logs, type LogsOptions, openLogs } from "./openLogs.ts";
export { RotatingFile, type RotatingFileOptions } from "./rotatingFile.ts";
