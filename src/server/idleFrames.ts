/**
 * Counts the frames of HTTP/2 that ask for nothing and cost their reader something: resets, pings, settings, priorities, and heads that go on
 * and on. A stream that is begun and reset at once is one that nobody else gets to see.
 */

const prefaceBytes = 24;
const headBytes = 9;
/** PRIORITY, RST_STREAM, SETTINGS, PING, CONTINUATION. */
const idleTypes: ReadonlySet<number> = new Set([2, 3, 4, 6, 9]);

/** Reads along, and understands no more than where a frame begins. */
export class IdleFrames {
  readonly #head = Buffer.alloc(headBytes);
  #have = 0;
  #skipBytes = prefaceBytes;

  /** How many of them begin in these bytes, which follow those of the call before. */
  count(bytes: Buffer): number {
    let found = 0;
    for (let at = 0; at < bytes.length; ) {
      if (this.#skipBytes > 0) {
        const skipped = Math.min(this.#skipBytes, bytes.length - at);
        this.#skipBytes -= skipped;
        at += skipped;
        continue;
      }
      const copied = bytes.copy(this.#head, this.#have, at, at + headBytes - this.#have);
      this.#have += copied;
      at += copied;
      if (this.#have < headBytes) break;
      this.#have = 0;
      this.#skipBytes = this.#head.readUIntBE(0, 3);
      if (idleTypes.has(this.#head.readUInt8(3))) found++;
    }
    return found;
  }
}
