/** The log of a running Culprit: to the terminal or the journal, to a file where one is wanted, and into the ring for the live page. */
import { createLog, type Log, type LogLevel, type LogStream } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { LogRing } from "./logRing.ts";
import { RotatingFile } from "./rotatingFile.ts";

interface LogsOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  readonly stream: LogStream;
  /** None: no file. */
  readonly file?: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
  readonly clock: Clock;
}

/** The log, its file and its ring. */
export interface Logs {
  readonly log: Log;
  readonly ring: LogRing;
  /** Lines that wait for the file, and lines that it lost; undefined without a file. */
  fileFigures(): { readonly length: number; readonly dropped: number } | undefined;
  /** For the last moment of a process that crashes. */
  flushNow(): void;
  close(): Promise<void>;
}

/** Opens the log. @throws when the file cannot be one */
export async function openLogs({ level, format, stream, file: path, maxBytes, maxFiles, clock }: LogsOptions): Promise<Logs> {
  const ring = new LogRing({ firstSequence: clock.wallMs() });
  let file: RotatingFile | undefined;
  const intoFile: LogStream = { write: (line) => file?.write(line) };
  const copies = [{ format: "json" as const, stream: ring }, ...(path === undefined ? [] : [{ format, stream: intoFile }])];
  const log = createLog({ level, format, stream, copies });
  if (path !== undefined) {
    file = await RotatingFile.open({
      path,
      maxBytes,
      maxFiles,
      clock,
      onFailure: (reason) => log.error("log: the file cannot be written; the newest lines wait", { path, reason }),
      onRecovery: (lost) => log.warn("log: the file is written again", { path, lost }),
    });
  }
  return {
    log,
    ring,
    fileFigures: () => file?.figures,
    flushNow: () => file?.flushNow(),
    close: async () => file?.close(),
  };
}
