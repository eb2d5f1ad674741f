/** What waits for the disk: seconds, and between them minutes of the index of names. It is bounded. */

/** One of them. */
export interface Queued {
  /** A second, or a minute of the index of names, which belongs to the segment of the second before it. */
  readonly kind: "second" | "names";
  readonly bytes: Buffer;
  readonly takenAtMs: number;
  /** It begins a segment. */
  readonly begins: boolean;
}

/** More seconds than these do not wait. */
export const mostQueuedLines = 600;
const mostQueuedBytes = 8 * 1024 * 1024;
const mostBatchBytes = 1024 * 1024;

/** The oldest goes first. */
export class LineQueue {
  readonly #queue: Queued[] = [];
  #bytes = 0;
  #seconds = 0;

  get length(): number {
    return this.#queue.length;
  }

  get seconds(): number {
    return this.#seconds;
  }

  hasRoomFor(bytes: Buffer): boolean {
    return this.#seconds < mostQueuedLines && this.#bytes + bytes.length <= mostQueuedBytes;
  }

  push(queued: Queued): void {
    this.#queue.push(queued);
    this.#bytes += queued.bytes.length;
    this.#seconds += queued.kind === "second" ? 1 : 0;
  }

  /** The oldest that go into the same file. */
  takeBatch(): readonly Queued[] {
    let count = 0;
    let bytes = 0;
    const kind = this.#queue[0]?.kind;
    for (const queued of this.#queue) {
      if (count > 0 && (queued.kind !== kind || queued.begins || bytes + queued.bytes.length > mostBatchBytes)) break;
      bytes += queued.bytes.length;
      count++;
    }
    return this.#take(count);
  }

  takeAll(): readonly Queued[] {
    return this.#take(this.#queue.length);
  }

  #take(count: number): readonly Queued[] {
    const taken = this.#queue.splice(0, count);
    for (const { kind, bytes } of taken) {
      this.#bytes -= bytes.length;
      this.#seconds -= kind === "second" ? 1 : 0;
    }
    return taken;
  }
}
