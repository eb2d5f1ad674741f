/**
 * Links that log in once. They are printed in a terminal, where others may read them, at once or later, so each works once and
 * not for long. They live in this process only, as hashes.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../model/clock.ts";
import { hashToken } from "./tokenStore.ts";

/** How long a link works, in seconds. */
const LINK_SECONDS = 600;

interface Link {
  readonly tokenSha256: string;
  readonly madeAtSeconds: number;
}

/** The links of this run that nobody has used. */
export class LoginLinks {
  readonly #clock: Clock;
  /** By hash of their word, oldest first. */
  readonly #links = new Map<string, Link>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The word of a new link that logs in as this token does. */
  make(token: string): string {
    this.#dropOld();
    const word = randomBytes(24).toString("base64url");
    this.#links.set(hashToken(word), { tokenSha256: hashToken(token), madeAtSeconds: this.#clock.monotonicSeconds() });
    return word;
  }

  /** The hash of the token that a word stands for; from then on it is used. Undefined when it is used, old or none of ours. */
  take(word: string): string | undefined {
    this.#dropOld();
    const key = hashToken(word);
    const link = this.#links.get(key);
    this.#links.delete(key);
    return link?.tokenSha256;
  }

  #dropOld(): void {
    const nowSeconds = this.#clock.monotonicSeconds();
    for (const [key, { madeAtSeconds }] of this.#links) if (nowSeconds - madeAtSeconds > LINK_SECONDS) this.#links.delete(key);
  }
}
