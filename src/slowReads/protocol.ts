/**
 * What Culprit and its helper say to each other.
 *
 * Orders go as lines of JSON. Answers come as records of bytes: number of the question and length of the answer (32 bits each, little
 * end first), one byte that says what it is, and the answer.
 */

/**
 * What can be asked of a path: its bytes, by reads until nothing comes or by a single one; the entries of a folder; the links in a folder
 * and what they point to; the size of its file system; what kind of file it is; what a kernel log says of those that were killed for memory;
 * how often that was in each cgroup of a hierarchy.
 */
export type Operation = "read" | "readOnce" | "list" | "links" | "statfs" | "stat" | "oomRecords" | "oomCounts";

/** A path whose bytes are not text is written as latin1, a letter a byte. */
export type WirePath = string | { readonly latin1: string };

/** Questions of one kind; they are numbered from `first` on. */
export interface Order {
  readonly first: number;
  readonly operation: Operation;
  readonly paths: readonly WirePath[];
  /** Of a file so many bytes are wanted, of a folder so many entries. */
  readonly most: number;
  /**
   * Each on a thread of its own, so that one that hangs keeps nobody waiting; else one after the other, which costs a fifth and is only
   * there for `readOnce`.
   */
  readonly careful: boolean;
}

/** An entry of a folder: its name, and whether it is a plain file. */
export type ListedEntry = readonly [name: string, isFile: boolean];

/** A link of a folder: its name, and what it points to. */
export type ListedLink = readonly [name: string, target: string];

/** A cgroup in which processes were killed for memory: how many, how often its own limit was hit (v2), and that limit where it has one. */
export type CgroupOomCount = readonly [path: string, kills: number, limitHits: number, limitBytes: number | null];

/** What statfs(2) says, in the file system's own blocks. */
export interface StatfsSize {
  readonly bsize: number;
  /** What the blocks are counted in, where that is another size; null where nobody can tell. */
  readonly fragmentBytes?: number | null;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** What stat(2) says. Numbers beyond double precision are texts. */
export interface FileStat {
  readonly isFile: boolean;
  readonly isFolder: boolean;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Differs when the file is another, or was written again. */
  readonly identity: string;
}

/** An answer as it is sent. */
export interface WireAnswer {
  readonly question: number;
  readonly isError: boolean;
  /** Of reads the bytes, of everything else JSON. */
  readonly bytes: Buffer;
}

/** The number under which the helper says that it has started. */
export const startedNumber = 0xffffffff;

/** So long is what comes before the bytes of an answer. */
export const headBytes = 9;

/** Writes what comes before `length` bytes that answer a question. */
export function writeHead(into: Buffer, at: number, question: number, isError: boolean, length: number): void {
  into.writeUInt32LE(question, at);
  into.writeUInt32LE(length, at + 4);
  into.writeUInt8(isError ? 1 : 0, at + 8);
}

/** Takes records out of a stream of bytes, however it is cut. */
export class AnswerReader {
  #left: Buffer = Buffer.alloc(0);

  /** The records that are complete by now. Their bytes are views: who keeps them copies them. */
  *take(chunk: Buffer): Iterable<WireAnswer> {
    const all = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    let start = 0;
    while (all.length - start >= headBytes) {
      const end = start + headBytes + all.readUInt32LE(start + 4);
      if (end > all.length) break;
      const record = { question: all.readUInt32LE(start), isError: all.readUInt8(start + 8) === 1 };
      const bytes = all.subarray(start + headBytes, end);
      start = end;
      yield { ...record, bytes };
    }
    this.#left = all.subarray(start);
  }
}
