/**
 * The live feed: every tick is encoded once and written to all who listen, as Server-Sent Events.
 *
 *     event: second   id: takenAtMs   data: the recorder's line
 *     event: state                    data: what lasts right now (spikes, firing triggers, captures), sent when it changes
 *
 * A client that does not read is dropped: it comes back and asks /api/snapshots for what it missed, so nothing has to be kept for it.
 */

/** What a listener is written to; a ServerResponse is one. */
export interface LiveSink {
  write(chunk: Buffer): unknown;
  /** Bytes that wait in this process to be sent. */
  readonly writableLength: number;
  end(): unknown;
  destroy(): unknown;
}

interface LiveFeedOptions {
  readonly mostListeners?: number;
  /** More than this waiting for one listener, and it is dropped. */
  readonly mostWaitingBytes?: number;
}

/** Hands every tick to all listeners. */
export class LiveFeed {
  readonly #mostListeners: number;
  readonly #mostWaitingBytes: number;
  readonly #listeners = new Set<LiveSink>();
  #second: { readonly takenAtMs: number; readonly line: string; readonly state: () => unknown } | undefined;
  /** As the listeners were last told. */
  #state = "";
  #droppedTotal = 0;

  constructor({ mostListeners = 200, mostWaitingBytes = 256 * 1024 }: LiveFeedOptions = {}) {
    this.#mostListeners = mostListeners;
    this.#mostWaitingBytes = mostWaitingBytes;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** How many were dropped because they did not read. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  get hasRoom(): boolean {
    return this.#listeners.size < this.#mostListeners;
  }

  /** Adds a listener, who is told the newest second and the state at once; the answer ends its listening. */
  join(sink: LiveSink): () => void {
    const second = this.#second;
    // while nobody listens nobody asks for it
    if (this.#listeners.size === 0 && second !== undefined) this.#state = JSON.stringify(second.state());
    this.#listeners.add(sink);
    const newest = second === undefined ? "" : `${stateEvent(this.#state)}${secondEvent(second.takenAtMs, second.line)}`;
    sink.write(Buffer.from(`retry: 2000\n\n${newest}`));
    return () => void this.#listeners.delete(sink);
  }

  /** Writes a tick to all; `state` gives anything that JSON can say, and is asked only while somebody listens. */
  publish(takenAtMs: number, line: string, state: () => unknown): void {
    this.#second = { takenAtMs, line, state };
    if (this.#listeners.size === 0) return;
    const text = JSON.stringify(state());
    const changed = text !== this.#state;
    this.#state = text;
    this.#writeAll(Buffer.from(`${changed ? stateEvent(text) : ""}${secondEvent(takenAtMs, line)}`));
  }

  #writeAll(chunk: Buffer): void {
    for (const sink of this.#listeners) {
      if (sink.writableLength > this.#mostWaitingBytes) {
        this.#listeners.delete(sink);
        this.#droppedTotal++;
        sink.destroy();
      } else sink.write(chunk);
    }
  }
}

/** The line is JSON: it holds no line break. */
function secondEvent(takenAtMs: number, line: string): string {
  return `event: second\nid: ${takenAtMs}\ndata: ${line}\n\n`;
}

function stateEvent(text: string): string {
  return `event: state\ndata: ${text}\n\n`;
}
