/** What one kind of sink is: where its batches come from, and how they are sent. All else is the same for all of them (`sink.ts`). */

/** At least one stored batch, oldest first. */
export type StoredBatches = readonly [Buffer, ...Buffer[]];

/** A batch, as it is kept until it has arrived. */
export interface NewBatch {
  readonly payload: Buffer;
  readonly samples: number;
  readonly takenAtMs: number;
}

/** A request that carries one batch or several. */
export interface PushRequest {
  /** Behind the path of the target's URL; none: that is the whole address. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One kind of sink, of one sink's settings. */
export interface SinkKind {
  /** The batch of this moment; undefined when there is nothing to say. */
  next(): Promise<NewBatch | undefined>;
  /** The last batch, when Culprit stops in good order; absent where an end needs no word. */
  last?(): NewBatch | undefined;
  /** What carries them: the same batches make the same request, for an attempt may be repeated. */
  request(batches: StoredBatches): PushRequest;
}
