/** How far the capture at work is, for whoever waits for it. */
import type { CaptureProgress } from "../../model/capture.ts";

/** What is told of a capture that is being made. */
export interface CaptureStanding {
  readonly progress: CaptureProgress;
  /** Who it is, as soon as that is known. */
  readonly sentence?: string;
}

/** Captures are made one at a time: there is one standing. */
export class Standing {
  #of: { readonly id: string; readonly standing: CaptureStanding } | undefined;

  /** Begins with a request, of whose work there are so many pieces. */
  begin(id: string, pieces: number): void {
    this.#of = { id, standing: { progress: { step: "Asking the machine", done: 0, of: pieces } } };
  }

  /** A piece is done. */
  advance(): void {
    this.#change(({ progress }) => ({ progress: { ...progress, done: Math.min(progress.done + 1, progress.of) } }));
  }

  /** What it is at from now on. */
  enter(step: string): void {
    this.#change(({ progress }) => ({ progress: { ...progress, step } }));
  }

  /** Who it is. */
  judge(sentence: string): void {
    this.#change(() => ({ sentence }));
  }

  end(): void {
    this.#of = undefined;
  }

  /** Undefined of a request that is not at work. */
  find(id: string): CaptureStanding | undefined {
    return this.#of?.id === id ? this.#of.standing : undefined;
  }

  #change(change: (standing: CaptureStanding) => Partial<CaptureStanding>): void {
    if (this.#of !== undefined) this.#of = { ...this.#of, standing: { ...this.#of.standing, ...change(this.#of.standing) } };
  }
}
