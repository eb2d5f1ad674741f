/** The index of names beside a segment that is being written: a line a minute, on the disk before the next one. See format/names.ts. */
import { type FileHandle, open } from "node:fs/promises";

/** One open index. Its file is made with its first minute. */
export class NamesFile {
  readonly #path: string;
  readonly #header: string;
  #handle: FileHandle | undefined;
  /** Up to here all lines are whole. */
  #wholeBytes = 0;

  constructor(path: string, header: string) {
    this.#path = path;
    this.#header = header;
  }

  /** Writes a whole line. Where that fails nothing is left of it, and the next one is tried. */
  async append(line: Buffer): Promise<void> {
    const isNew = this.#handle === undefined;
    this.#handle ??= await open(this.#path, "a", 0o600);
    const bytes = isNew ? Buffer.concat([Buffer.from(this.#header), line]) : line;
    try {
      await this.#handle.appendFile(bytes);
      await this.#handle.datasync();
      this.#wholeBytes += bytes.length;
    } catch (error) {
      await this.#handle.truncate(this.#wholeBytes).catch(() => undefined);
      if (isNew) await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
  }
}
