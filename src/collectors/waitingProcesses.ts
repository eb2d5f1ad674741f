/**
 * Processes in uninterruptible sleep: what they wait for, and what they have read and written.
 *
 * Both files take locks that such a process may hold itself, or a child of it that is about to become another program. So they are asked
 * for, and what does not come within the tick stays what it was.
 */
import type { ProcessReading } from "../model/processes.ts";
import { isDenied, isGone } from "../procfs/errors.ts";
import { parsePidIo } from "../procfs/pidUsage.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { Scanner } from "../procfs/scanner.ts";
import type { Skips } from "../procfs/skips.ts";
import type { Answer, Question, SlowReads } from "../slowReads/slowReads.ts";

type Unfinished = { -readonly [Key in keyof ProcessReading]: ProcessReading[Key] };

/** Those of one tick. */
export class WaitingProcesses {
  readonly #root: ProcRoot;
  readonly #reads: SlowReads;
  readonly #skips: Skips;
  #seen: Unfinished[] = [];

  constructor(root: ProcRoot, reads: SlowReads, skips: Skips) {
    this.#root = root;
    this.#reads = reads;
    this.#skips = skips;
  }

  /** A reading that has just been made. */
  note(reading: Unfinished): void {
    this.#seen.push(reading);
  }

  /** Asks for those that were noted since the last time; undefined when there are none. `finish` ends it: what comes later is not told. */
  ask(): { readonly answered: Promise<void>; finish(): void } | undefined {
    const seen = this.#seen;
    if (seen.length === 0) return undefined;
    this.#seen = [];
    let isOver = false;
    const questions = seen.flatMap(({ pid, key }) => [this.#question(pid, key, "wchan"), this.#question(pid, key, "io")]);
    const answered = this.#reads.ask(questions, (answer, index) => {
      const reading = seen[index >> 1];
      if (isOver || reading === undefined) return;
      if (index % 2 === 0) this.#take(answer, (bytes) => void takeWaitChannel(reading, bytes.toString("latin1")), questions[index]);
      else this.#take(answer, (bytes) => this.#takeIo(reading, bytes), questions[index]);
    });
    return {
      answered,
      finish() {
        isOver = true;
      },
    };
  }

  #question(pid: number, of: string, file: string): Question {
    return { path: `${this.#root.procfs}/${pid}/${file}`, of, isDoubtful: true };
  }

  #take({ bytes, error, silent }: Answer, use: (bytes: Buffer) => void, question: Question | undefined): void {
    const path = String(question?.path);
    if (bytes !== undefined) this.#skips.attempt(path, () => use(bytes));
    else if (silent !== undefined) this.#skips.addSaid();
    else if (!isDenied(error) && !isGone(error)) this.#skips.add(path, error);
  }

  #takeIo(reading: Unfinished, bytes: Buffer): void {
    const text = new Scanner();
    text.reset(`${this.#root.procfs}/${reading.pid}/io`, bytes, bytes.length);
    const { readBytes, writtenBytes } = parsePidIo(text, this.#skips);
    if (readBytes !== undefined) reading.readBytes = readBytes;
    if (writtenBytes !== undefined) reading.writtenBytes = writtenBytes;
  }
}

function takeWaitChannel(reading: Unfinished, name: string): void {
  if (name !== "" && name !== "0") reading.waitChannel = name;
}
