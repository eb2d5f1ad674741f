import { createLog, type Log } from "../../src/log.ts";

/** A log whose lines a test can read: JSON, level debug and up. */
export function recordedLog(): { readonly log: Log; readonly lines: () => readonly Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { log: createLog({ level: "debug", format: "json", stream }), lines: () => lines };
}
