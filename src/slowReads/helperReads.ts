/**
 * Makes reads that may never come back by a helper, a process of its own.
 *
 * Usually one read is made after the other, which costs little. When one of those hangs, the helper is given up with it, and for a while
 * every read has a thread of its own in the next one. What is doubtful from the start has that anyway. A read that has had its time stays
 * where it hangs; when too many do, that helper is given up, too.
 */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { type StartHelper, startHelperProcess } from "./helperProcess.ts";
import { type Asked, type Asker, errorOf, type HelperRun, newAsked, shown } from "./helperRun.ts";
import { Helpers } from "./helpers.ts";
import { startedNumber, type WireAnswer } from "./protocol.ts";
import { Silence } from "./silence.ts";
import type { OnAnswer, Question, SlowReads } from "./slowReads.ts";
import { Turns } from "./turns.ts";

interface HelperReadsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Starts the real one unless a test says otherwise. */
  readonly start?: StartHelper;
}

const usualLimitSeconds = 1;
/** When reads one after the other have stood still for so long, one of them hangs. */
const stallSeconds = 2;
const carefulSeconds = 600;
/** On a machine that is busy beyond all measure it takes so long to start a helper. */
const startSeconds = 10;
/** A timer that fires later than this shows that Culprit itself was held up, not that the reader was slow. */
const mostLateSeconds = 0.5;
/** A helper in which so many reads hang is given up: the others need its threads. */
const mostHanging = 56;
/** A question under way when its helper ends is asked again, but not for ever: it may be what ends them. */
const mostTries = 5;

/** The helper is started when it is first needed. */
export class HelperReads implements SlowReads {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #helpers: Helpers;
  readonly #silence: Silence;
  readonly #turns = new Turns();
  #isClosed = false;
  #carefulUntilSeconds = Number.NEGATIVE_INFINITY;

  constructor({ clock, log, start = startHelperProcess }: HelperReadsOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#helpers = new Helpers({
      clock,
      log,
      start,
      onAnswer: (run, answer) => this.#hear(run, answer),
      onEnd: (run) => {
        this.#takeBack(run);
        this.#sendWaiting();
      },
    });
    this.#silence = new Silence(clock, log);
  }

  get isRunning(): boolean {
    return this.#helpers.hasAnswered;
  }

  /** How much is silent now. */
  get silent(): number {
    return this.#silence.size;
  }

  ask(questions: readonly Question[], onAnswer: OnAnswer, limitSeconds = usualLimitSeconds): Promise<void> {
    if (questions.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      let left = questions.length;
      const asker: Asker = { waiting: [], fresh: 0 };
      const quick: Asked[] = [];
      const isCareful = this.#clock.monotonicSeconds() < this.#carefulUntilSeconds;
      questions.forEach((question, index) => {
        const one = newAsked(asker, question, limitSeconds, isCareful, (answer) => {
          onAnswer(answer, index);
          if (--left === 0) resolve();
        });
        const known = this.#silence.answerFor(one.of);
        if (known !== undefined) one.tell(known);
        else if (one.isQuick) quick.push(one);
        else asker.waiting.push(one);
      });
      this.#turns.add(asker);
      this.#sendQuick(quick);
      this.#sendWaiting();
    });
  }

  close(): void {
    this.#isClosed = true;
    const run = this.#helpers.current;
    this.#helpers.close();
    if (run !== undefined) this.#takeBack(run);
    this.#refuse(this.#turns.takeAll());
  }

  /** One after the other, in orders of one kind. */
  #sendQuick(quick: readonly Asked[]): void {
    if (quick.length === 0) return;
    const run = this.#helpers.currentOrNew();
    if (run === undefined) {
      this.#refuse(quick);
      return;
    }
    if (run.quickLeft === 0) run.movedSeconds = this.#clock.monotonicSeconds();
    run.quickLeft += quick.length;
    for (let from = 0; from < quick.length; ) {
      const { most } = quick[from] as Asked;
      let to = from + 1;
      while (to < quick.length && quick[to]?.most === most) to++;
      this.#send(run, quick.slice(from, to), most, false);
      from = to;
    }
    this.#watch(run);
  }

  #sendWaiting(): void {
    for (let one = this.#turns.next(); one !== undefined; one = this.#turns.next()) {
      const asked = one;
      // its process or device may have stopped answering while it waited
      const run = this.#silence.answerFor(asked.of) === undefined ? this.#helpers.currentOrNew() : undefined;
      if (run === undefined) {
        this.#refuse([asked]);
        continue;
      }
      this.#turns.begin(asked);
      asked.cancel = this.#clock.after(asked.limitSeconds, () => this.#timeIsUp(run, asked));
      this.#send(run, [asked], asked.most, true);
    }
  }

  #send(run: HelperRun, asked: readonly Asked[], most: number, careful: boolean): void {
    const first = run.nextNumber;
    run.nextNumber += asked.length;
    asked.forEach((one, index) => {
      one.tries++;
      run.asked.set(first + index, one);
    });
    run.helper?.send({ first, operation: (asked[0] as Asked).operation, paths: asked.map(({ path }) => path), most, careful });
  }

  #hear(run: HelperRun, { question, isError, bytes }: WireAnswer): void {
    if (question === startedNumber) {
      run.isUp = true;
      run.movedSeconds = this.#clock.monotonicSeconds();
    }
    const one = run.asked.get(question);
    if (one === undefined || this.#isClosed) return;
    run.asked.delete(question);
    this.#helpers.noteAnswer();
    if (one.isSilent) {
      run.hanging--;
      this.#silence.end(one.of, shown(one.path));
      return;
    }
    if (one.isQuick) {
      run.quickLeft--;
      run.movedSeconds = this.#clock.monotonicSeconds();
    } else {
      one.cancel();
      this.#turns.end(one);
    }
    one.tell(isError ? { error: errorOf(bytes) } : { bytes });
    if (!one.isQuick) this.#sendWaiting();
  }

  #timeIsUp(run: HelperRun, one: Asked): void {
    if (this.#isDeaf(run)) {
      // its answer comes when the helper can answer at all; if the helper hangs, it is asked again
      one.cancel = this.#clock.after(one.limitSeconds, () => this.#timeIsUp(run, one));
      return;
    }
    one.isSilent = true;
    this.#turns.end(one);
    run.hanging++;
    this.#silence.add(one.of, shown(one.path), run, one.limitSeconds);
    one.tell({ silent: `it did not answer within ${one.limitSeconds} s`, isPending: true });
    if (run.hanging >= mostHanging) this.#giveUp(run);
    this.#sendWaiting();
  }

  /** It has not started yet, or hangs in a read that all others wait behind. */
  #isDeaf(run: HelperRun): boolean {
    const stillSeconds = this.#clock.monotonicSeconds() - run.movedSeconds;
    if (!run.isUp) return this.#clock.monotonicSeconds() - run.startedSeconds < startSeconds;
    return run.quickLeft > 0 && stillSeconds > mostLateSeconds;
  }

  /** One timer for all reads that are made one after the other. */
  #watch(run: HelperRun): void {
    if (run.cancelWatch !== undefined || run.quickLeft === 0 || run !== this.#helpers.current) return;
    const nowSeconds = this.#clock.monotonicSeconds();
    const patienceSeconds = run.isUp ? stallSeconds : startSeconds;
    const dueSeconds = Math.max(nowSeconds + 0.01, run.movedSeconds + patienceSeconds);
    run.cancelWatch = this.#clock.after(dueSeconds - nowSeconds, () => {
      run.cancelWatch = undefined;
      if (run !== this.#helpers.current || run.quickLeft === 0) return;
      // Culprit itself was held up: the answers may be waiting to be read
      if (this.#clock.monotonicSeconds() - dueSeconds > mostLateSeconds) run.movedSeconds = this.#clock.monotonicSeconds();
      if (this.#clock.monotonicSeconds() - run.movedSeconds < patienceSeconds) return this.#watch(run);
      this.#log.warn("a read hangs, and those behind it with it: for a while each is made on a thread of its own");
      this.#carefulUntilSeconds = this.#clock.monotonicSeconds() + carefulSeconds;
      this.#giveUp(run);
      this.#sendWaiting();
    });
  }

  /** Kills it. What may well have been answered is asked of the next one, each on a thread of its own. */
  #giveUp(run: HelperRun): void {
    this.#helpers.giveUp(run);
    this.#takeBack(run);
  }

  #takeBack(run: HelperRun): void {
    const again: Asked[] = [];
    for (const one of run.asked.values()) {
      if (one.isSilent) continue;
      if (!one.isQuick) {
        one.cancel();
        this.#turns.end(one);
      }
      again.push({ ...one, isQuick: false });
    }
    run.asked.clear();
    run.cancelWatch?.();
    run.cancelWatch = undefined;
    run.quickLeft = 0;
    this.#silence.forgetReader(run);
    this.#turns.addFirst(again.filter(({ tries }) => tries < mostTries));
    this.#refuse(again.filter(({ tries }) => tries >= mostTries));
  }

  #refuse(asked: readonly Asked[]): void {
    const reason = this.#isClosed
      ? "Culprit ends"
      : this.#helpers.areTooManyLost
        ? "too many reads do not come back"
        : "the helper that reads it is not there";
    for (const one of asked) one.tell(this.#silence.answerFor(one.of) ?? { silent: reason, isPending: false });
  }
}
