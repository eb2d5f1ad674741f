/** The newest lines of the log, in memory, for the live page. */
import type { LogAnswer, LogLine } from "../api/answers.ts";
import type { LogLevel, LogStream } from "../log.ts";

/** How much of it is kept. */
interface LogRingOptions {
  readonly mostLines?: number;
  readonly mostBytes?: number;
  /** Milliseconds since 1970 at the start: a later start then has higher ones. */
  readonly firstSequence: number;
}

const longestLine = 16 * 1024;
const loudness: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Takes the log's JSON lines in. */
export class LogRing implements LogStream {
  readonly #mostLines: number;
  readonly #mostBytes: number;
  #lines: string[] = [];
  #bytes = 0;
  #firstSequence: number;

  constructor({ mostLines = 1000, mostBytes = 1024 * 1024, firstSequence }: LogRingOptions) {
    this.#mostLines = mostLines;
    this.#mostBytes = mostBytes;
    this.#firstSequence = firstSequence;
  }

  write(json: string): void {
    const line = json.length > longestLine ? shortened(json) : json;
    this.#lines.push(line);
    this.#bytes += line.length;
    while (this.#lines.length > this.#mostLines || this.#bytes > this.#mostBytes) {
      this.#bytes -= this.#lines.shift()?.length ?? 0;
      this.#firstSequence++;
    }
  }

  /** Lines after `sequence`, of this level or louder. A number that was not given out yet comes from another life: then all of them. */
  after(sequence: number, level: LogLevel): LogAnswer {
    const newest = this.#firstSequence + this.#lines.length - 1;
    const from = sequence > newest ? this.#firstSequence : Math.max(this.#firstSequence, sequence + 1);
    const missed = sequence > newest || sequence <= 0 ? 0 : Math.max(0, this.#firstSequence - sequence - 1);
    const lines = this.#lines.slice(from - this.#firstSequence).map((json, index) => parseLine(json, from + index));
    return { lines: lines.filter((line) => loudness[line.level] >= loudness[level]), newest, missed };
  }
}

function parseLine(json: string, sequence: number): LogLine {
  const { time, level, message, ...fields } = JSON.parse(json) as { time: string; level: LogLevel; message: string };
  return { sequence, time, level, message, fields };
}

function shortened(json: string): string {
  const { time, level, message } = parseLine(json, 0);
  return JSON.stringify({ time, level, message: message.slice(0, longestLine / 2), cut: "this line was too long to be kept here" });
}
