/** Structured log: one line an event, as JSON or as text a person reads; pino underneath. */
import { pino } from "pino";
import { visible, visibleJson } from "./visible.ts";

/** Facts that go with a line; never secrets: callers redact before they log. */
export type LogFields = Readonly<Record<string, unknown>>;

/** How loud. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** The log that every part of Culprit is given. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same log with `fields` on every line. */
  with(fields: LogFields): Log;
}

/** Where lines go; process.stderr is one. */
export interface LogStream {
  write(line: string): void;
}

interface LogOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  readonly stream: LogStream;
  /** Others that get every line, too: a file, the ring of the newest lines. */
  readonly copies?: readonly { readonly format: "text" | "json"; readonly stream: LogStream }[];
}

/** Makes the log of this process. */
export function createLog(options: LogOptions): Log {
  const outlets = [options, ...(options.copies ?? [])];
  const stream: LogStream = {
    write(json) {
      // both show control characters as escapes in a terminal; parsing the JSON gives the original text
      const shown = visibleJson(json);
      const text = outlets.some(({ format }) => format === "text") ? textLine(json) : "";
      for (const outlet of outlets) outlet.stream.write(outlet.format === "json" ? shown : text);
    },
  };
  const base = pino(
    {
      level: options.level,
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return wrap(base);
}

/** A log that says nothing: for tests and for commands that answer on their own. */
export const silentLog: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  with: () => silentLog,
};

interface PinoLike {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  child(fields: LogFields): PinoLike;
}

function wrap(base: PinoLike): Log {
  return {
    error: (message, fields = {}) => base.error(fields, message),
    warn: (message, fields = {}) => base.warn(fields, message),
    info: (message, fields = {}) => base.info(fields, message),
    debug: (message, fields = {}) => base.debug(fields, message),
    with: (fields) => wrap(base.child(fields)),
  };
}

/** One JSON line as `time level message key=value`: what a person sees in a terminal or in journalctl. */
function textLine(json: string): string {
  const { time, level, message, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(fields)
    .map(
      ([key, value]) =>
        ` ${key}=${typeof value === "string" ? (/[\s"=]/.test(value) || value === "" ? JSON.stringify(value) : value) : JSON.stringify(value)}`,
    )
    .join("");
  return `${visible(`${time} ${String(level).padEnd(5)} ${message}${rest}`)}\n`;
}
