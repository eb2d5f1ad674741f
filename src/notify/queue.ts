/**
 * The messages on their way, kept by the durable queue; when the disk takes nothing more, in memory.
 *
 * Each message is an append of its own for each channel, so that to acknowledge it is to remove a file: that works on a full disk, too,
 * and a full disk is one of the things that people are told of.
 */
import type { Log } from "../log.ts";
import type { NotificationMessage } from "../model/notification.ts";
import type { Entry } from "../spool/batches.ts";
import { openSpool, type Spool } from "../spool/spool.ts";
import { parseQueued, type QueuedMessage } from "./schemas.ts";

/** How often a message was tried, and when that may happen again. */
interface Try {
  readonly attempts: number;
  readonly notBeforeMs: number;
}

/** A message that waits for one channel. */
export interface Queued extends QueuedMessage, Try {
  readonly entryId: string;
  /** It was there already when Culprit started. */
  readonly isInherited: boolean;
}

/** Settings of `MessageQueue.open`. */
interface QueueOptions {
  readonly directory: string;
  /** When more messages than this wait, the oldest are dropped. */
  readonly maxEntries: number;
  readonly log: Log;
  /** Told of what there was no room for. */
  readonly onDropped: (queued: QueuedMessage) => void;
}

/** What waits, by channel. */
export class MessageQueue {
  readonly #log: Log;
  readonly #spool: Spool<QueuedMessage>;
  readonly #inherited: ReadonlySet<string>;
  readonly #tries = new Map<string, Try>();
  /** Done, but perhaps still on disk. */
  readonly #done = new Set<string>();
  #loose: readonly Entry<QueuedMessage>[] = [];
  #nextLoose = 1;

  private constructor(spool: Spool<QueuedMessage>, log: Log) {
    this.#spool = spool;
    this.#log = log;
    this.#inherited = new Set(spool.entries().map(({ id }) => id));
  }

  /** Opens the queue. @throws when its directory cannot be used */
  static async open({ onDropped, ...options }: QueueOptions): Promise<MessageQueue> {
    return new MessageQueue(await openSpool({ ...options, parse: parseQueued, onDropped: ({ item }) => onDropped(item) }), options.log);
  }

  get length(): number {
    return this.#entries().length;
  }

  /** Brings the directory back when somebody has removed it. Rejects when nothing can be kept there now. */
  check(): Promise<void> {
    return this.#spool.check();
  }

  get dropped(): number {
    return this.#spool.dropped;
  }

  /** All that wait, in the order in which they came. */
  list(): readonly Queued[] {
    return this.#entries().map((entry) => ({
      ...entry.item,
      ...(this.#tries.get(entry.id) ?? { attempts: entry.attempts, notBeforeMs: entry.retryAtMs }),
      entryId: entry.id,
      isInherited: this.#inherited.has(entry.id),
    }));
  }

  /** Keeps a message for a channel; once, however often it is asked to. Never rejects. */
  async add(channel: string, message: NotificationMessage): Promise<void> {
    if (this.#entries().some(({ item }) => item.channel === channel && item.message.id === message.id)) return;
    const item: QueuedMessage = { channel, message };
    try {
      await this.#spool.append([item]);
    } catch (error) {
      this.#log.error("notifications: a message cannot be stored; it is sent all the same, but a restart would lose it", {
        channel,
        message: message.id,
        reason: error instanceof Error ? error.message : String(error),
      });
      this.#loose = [...this.#loose, { id: `loose-${this.#nextLoose++}`, item, retryAtMs: 0, attempts: 0 }];
    }
  }

  /** It is done with, whatever came of it, and is not listed again. */
  async remove({ entryId }: Queued): Promise<void> {
    this.#tries.delete(entryId);
    this.#loose = this.#loose.filter(({ id }) => id !== entryId);
    this.#done.add(entryId);
    try {
      await this.#spool.acknowledge(entryId);
      this.#done.delete(entryId);
    } catch (error) {
      this.#log.error("notifications: a message that is done with cannot be removed; it would be sent again after a restart", {
        entry: entryId,
        reason: String(error),
      });
    }
  }

  /** An attempt failed. */
  async putOff({ entryId, attempts }: Queued, notBeforeMs: number): Promise<void> {
    this.#tries.set(entryId, { attempts: attempts + 1, notBeforeMs });
    try {
      await this.#spool.retryAt(entryId, notBeforeMs);
    } catch (error) {
      this.#log.warn("notifications: the attempt could not be written down", { entry: entryId, reason: String(error) });
    }
  }

  #entries(): readonly Entry<QueuedMessage>[] {
    return [...this.#spool.entries(), ...this.#loose].filter(({ id }) => !this.#done.has(id));
  }
}
