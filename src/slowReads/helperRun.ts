/** What a helper was asked, and how far it has come. */
import type { Cancel } from "../model/clock.ts";
import type { Helper } from "./helperProcess.ts";
import type { Operation, WirePath } from "./protocol.ts";
import { type Answer, type Question, ReadError } from "./slowReads.ts";

const usualBytes = 64 * 1024;

/** Who has asked several at once. */
export interface Asker {
  /** What is still to be sent. */
  readonly waiting: Asked[];
  /** So many of its reads have threads of their own and have not yet had their time. */
  fresh: number;
}

/** A question on its way. */
export interface Asked {
  readonly asker: Asker;
  readonly path: WirePath;
  readonly operation: Operation;
  readonly most: number;
  readonly of: string;
  readonly limitSeconds: number;
  readonly tell: (answer: Answer) => void;
  readonly isQuick: boolean;
  tries: number;
  /** It has had its time. */
  isSilent: boolean;
  cancel: Cancel;
}

/** A helper and what it was asked. */
export class HelperRun {
  readonly asked = new Map<number, Asked>();
  readonly startedSeconds: number;
  helper: Helper | undefined;
  nextNumber = 0;
  quickLeft = 0;
  hanging = 0;
  /** Of the reads one after the other: when the first of them was asked, or the last answer came. */
  movedSeconds = 0;
  /** Cancels the check whether it moves; undefined when none is planned. */
  cancelWatch: Cancel | undefined;
  isUp = false;

  constructor(startedSeconds: number) {
    this.startedSeconds = startedSeconds;
  }
}

/** A question as it is sent: one after the other (quick), or on a thread of its own. */
export function newAsked(asker: Asker, question: Question, limitSeconds: number, isCareful: boolean, tell: Asked["tell"]): Asked {
  const { path, operation = "readOnce", isDoubtful = false, of = String(path), most = usualBytes } = question;
  return {
    asker,
    path: typeof path === "string" ? path : { latin1: path.toString("latin1") },
    operation,
    most,
    of,
    limitSeconds,
    tell,
    isQuick: operation === "readOnce" && !isDoubtful && !isCareful,
    tries: 0,
    isSilent: false,
    cancel: () => undefined,
  };
}

/** A path for a message. */
export function shown(path: WirePath): string {
  return typeof path === "string" ? path : Buffer.from(path.latin1, "latin1").toString();
}

/** The kernel's refusal, as the helper passes it on. */
export function errorOf(bytes: Buffer): ReadError {
  const { code, message } = JSON.parse(bytes.toString()) as { readonly code: string; readonly message: string };
  return new ReadError(code, message);
}
