/** A log whose lines a test can read. */
import type { Log, LogFields } from "../../src/log.ts";

/** One line of the log, kept. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that remembers. */
export function rememberingLog(lines: LogLine[]): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug"), with: () => log };
  return log;
}
