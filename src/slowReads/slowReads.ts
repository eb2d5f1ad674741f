/** What can be asked of files that may never answer, and what comes of it. */
import type { Operation } from "./protocol.ts";

/** Something that is asked. */
export interface Question {
  readonly path: string | Buffer;
  /** Left out: `readOnce`. */
  readonly operation?: Operation;
  /** It is likelier than others to hang: it must not make others wait. */
  readonly isDoubtful?: boolean;
  /** What it is that hangs when this does not answer (a process, an interface): nothing more is asked of it then. Left out: the path. */
  readonly of?: string;
  /** Of a file at most so many bytes, of a folder so many entries. */
  readonly most?: number;
}

/** What came of it. `bytes` are the caller's for this turn only: who keeps them copies them. */
export type Answer =
  | { readonly bytes: Buffer; readonly error?: never; readonly silent?: never }
  | { readonly error: ReadError; readonly bytes?: never; readonly silent?: never }
  | Silent;

/** It did not answer, or was not asked. */
export interface Silent {
  readonly silent: string;
  /** A read of it hangs still: nobody else is answered either. */
  readonly isPending: boolean;
  readonly bytes?: never;
  readonly error?: never;
}

/** The kernel's refusal, with its `code`. */
export class ReadError extends Error {
  override readonly name = "ReadError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Told of every answer, with the place of its question. */
export type OnAnswer = (answer: Answer, index: number) => void;

/** Who makes such reads. */
export interface SlowReads {
  /**
   * Asks all of them; fulfilled when each has answered or has had its time (1 s where it is not told). Never rejects. `onAnswer` is
   * told of each as it comes.
   */
  ask(questions: readonly Question[], onAnswer: OnAnswer, limitSeconds?: number): Promise<void>;
  /** True once anything was answered: from then on answers usually take less than a millisecond. */
  readonly isRunning: boolean;
  /** Asks nothing more, and waits for nothing. */
  close(): void;
}

/** The answers in the order of the questions. What has not answered when `over` is fulfilled is silent. */
export async function askAll(
  reads: SlowReads,
  questions: readonly Question[],
  limitSeconds?: number,
  over?: Promise<unknown>,
): Promise<readonly Answer[]> {
  const answers = questions.map((): Answer => ({ silent: "the time was over", isPending: false }));
  const keep = (answer: Answer, index: number) => {
    answers[index] = answer.bytes === undefined ? answer : { bytes: Buffer.from(answer.bytes) };
  };
  const all = reads.ask(questions, keep, limitSeconds);
  await (over === undefined ? all : Promise.race([all, over]));
  return [...answers];
}
