/** The tokens that a running server accepts: the index in memory, read again when the file has changed. */
import { createHash, timingSafeEqual } from "node:crypto";
import { stat } from "node:fs/promises";
import type { Log } from "../../log.ts";
import type { Clock } from "../../model/clock.ts";
import { codeOf, reasonOf } from "../../model/errors.ts";
import type { Scope } from "../../model/scopes.ts";
import { changeIndex, indexPath, readIndex, reconcile, type TokenEntry, type TokenIndex } from "./tokenIndex.ts";
import type { TokenUses } from "./tokenUses.ts";

/** A token that was found valid. */
export interface KnownToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only host that it may send for. */
  readonly host?: string | undefined;
  /** What a session remembers of it. */
  readonly sha256: string;
}

/** Says which tokens are valid. */
export interface TokenStore {
  /** The token's name and scopes, when it is valid now. */
  find(token: string): Promise<KnownToken | undefined>;
  /** The same by hash: a session ends with the token it was opened with. */
  findByHash(sha256: string): Promise<KnownToken | undefined>;
}

/** What is seen of a file that is not there: a missing file is not an empty one. */
const missing = "missing";

/** A token that was found valid is trusted for so long before the file is looked at again. */
const RECHECK_SECONDS = 1;

/** SHA-256 in hex. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The store of a directory, which also knows what the file should say. */
export interface FileTokens extends TokenStore {
  /** The valid tokens, be they in the file or not. */
  readonly index: TokenIndex;
  /** False when somebody has removed the file, or it could never be written, or says less. A missing file revokes nothing. */
  isWritten(): Promise<boolean>;
}

/**
 * Opens the tokens of a directory; `loose` are valid while there is no file that says which are, `uses` is told of each that is used.
 * @throws TokenProblem when the index is broken or cannot be read.
 */
export async function loadTokens(
  directory: string,
  clock: Clock,
  log: Log,
  loose: readonly TokenEntry[] = [],
  uses?: TokenUses,
): Promise<FileTokens> {
  const store = new FileTokenStore(directory, clock, log, loose, uses);
  await store.load();
  return store;
}

/** Whether its time is over. */
export function isExpired({ expiresAt }: Pick<TokenEntry, "expiresAt">, nowMs: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs;
}

class FileTokenStore implements FileTokens {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #uses: TokenUses | undefined;
  #index: TokenIndex;
  /** The file was made anew, and does not say yet what was valid before. */
  #isBehind = false;
  #stamp = "";
  #checkedAtSeconds: number;
  /** What was said last of an index that cannot be read. */
  #trouble = "";
  /** The look at the file that is under way, and the one that begins after it. */
  #looking: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(directory: string, clock: Clock, log: Log, loose: readonly TokenEntry[], uses: TokenUses | undefined) {
    this.#uses = uses;
    this.#index = { tokens: loose };
    this.#directory = directory;
    this.#clock = clock;
    this.#log = log;
    this.#checkedAtSeconds = clock.monotonicSeconds();
  }

  async load(): Promise<void> {
    this.#stamp = await this.#readStamp();
    this.#index = (await readIndex(this.#directory)) ?? this.#index;
  }

  get index(): TokenIndex {
    return this.#index;
  }

  async isWritten(): Promise<boolean> {
    await this.#look();
    return this.#stamp !== missing && !this.#isBehind;
  }

  find(token: string): Promise<KnownToken | undefined> {
    return this.findByHash(hashToken(token));
  }

  async findByHash(sha256: string): Promise<KnownToken | undefined> {
    const isFresh = this.#clock.monotonicSeconds() - this.#checkedAtSeconds < RECHECK_SECONDS;
    // An unknown token may have been written a moment ago: it is not refused by an old index.
    const known = isFresh ? this.#search(sha256) : undefined;
    if (known !== undefined) return known;
    await this.#look();
    return this.#search(sha256);
  }

  #search(sha256: string): TokenEntry | undefined {
    const wanted = Buffer.from(sha256, "hex");
    let found: TokenEntry | undefined;
    // Every entry is compared, found or not, so that the time taken tells nothing.
    for (const entry of this.#index.tokens) {
      const known = Buffer.from(entry.sha256, "hex");
      if (known.length === wanted.length && timingSafeEqual(known, wanted)) found = entry;
    }
    if (found === undefined || isExpired(found, this.#clock.wallMs())) return undefined;
    this.#uses?.note(sha256);
    return found;
  }

  /** Resolves after a look that began after this call; however many ask, one is under way and one waits. */
  #look(): Promise<void> {
    if (this.#looking === undefined) {
      this.#looking = this.#refresh().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#next ??= this.#looking.then(() => {
      this.#next = undefined;
      return this.#look();
    });
    return this.#next;
  }

  async #refresh(): Promise<void> {
    const beganSeconds = this.#clock.monotonicSeconds();
    try {
      const stamp = await this.#readStamp();
      if (stamp !== this.#stamp) {
        const found = stamp === missing ? undefined : await readIndex(this.#directory);
        this.#stamp = stamp;
        this.#trouble = "";
        if (found !== undefined) await this.#take(found);
      }
    } catch (error) {
      const reason = reasonOf(error);
      // A half-written edit must not lock out Alertmanager.
      if (reason !== this.#trouble) this.#log.error("tokens could not be read again; those read before stay valid", { reason });
      this.#trouble = reason;
    }
    this.#checkedAtSeconds = beganSeconds;
  }

  async #take(found: TokenIndex): Promise<void> {
    const file = indexPath(this.#directory);
    const index = reconcile(found, this.#index);
    this.#isBehind = index !== found;
    // until that is written, the file is still another one
    this.#index = this.#isBehind ? { ...this.#index, tokens: index.tokens } : index;
    this.#log.info("tokens were read again", { file, tokens: found.tokens.length });
    if (!this.#isBehind) return;
    this.#log.error("tokens: their index was made anew; those read last stay valid and are written into it", { file });
    await changeIndex(this.#directory, this.#clock, (entries = []) => entries, this.#index);
    this.#index = index;
    this.#isBehind = false;
  }

  async #readStamp(): Promise<string> {
    try {
      const { mtimeNs, ctimeNs, ino, size } = await stat(indexPath(this.#directory), { bigint: true });
      return `${mtimeNs} ${ctimeNs} ${ino} ${size}`;
    } catch (error) {
      const code = codeOf(error);
      return code === "ENOENT" || code === "ENOTDIR" ? missing : (code ?? "unreadable");
    }
  }
}
