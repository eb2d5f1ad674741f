/** Makes contents of files, small ones and those too large to be held. */

/** The bytes of a file, which can be made as often as they are wanted: a tar entry must know its size before its first byte. */
export interface FileContent {
  readonly sizeBytes: number;
  chunks(): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
}

/** A text that is held as it is. */
export function textContent(text: string): FileContent {
  return { sizeBytes: Buffer.byteLength(text), chunks: () => [text] };
}

/** JSON as a person reads it. */
export function jsonContent(value: unknown): FileContent {
  return textContent(`${JSON.stringify(value, undefined, 2)}\n`);
}

/**
 * Chunks that are made twice, once to be measured and once to be written, and never held.
 * `make` must make the same both times.
 */
export async function measuredContent(make: () => AsyncIterable<string>, signal: AbortSignal): Promise<FileContent> {
  let sizeBytes = 0;
  for await (const chunk of make()) {
    signal.throwIfAborted();
    sizeBytes += Buffer.byteLength(chunk);
  }
  return { sizeBytes, chunks: make };
}

const itemsPerTurn = 40;

/**
 * One chunk for some forty items, then a turn of the event loop for the sampler and the server: a capture works through half an hour
 * of seconds while the machine is busy.
 */
export async function* inTurns<Item>(items: Iterable<Item> | AsyncIterable<Item>, render: (item: Item) => string): AsyncIterable<string> {
  let chunk = "";
  let count = 0;
  for await (const item of items) {
    chunk += render(item);
    if (++count % itemsPerTurn !== 0) continue;
    yield chunk;
    chunk = "";
    await nextTurn();
  }
  if (chunk !== "") yield chunk;
}

/** Lets everybody else have a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
