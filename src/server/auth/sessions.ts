/** Who has logged in with a browser. The cookie holds a random id; nothing else of a session leaves this process. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../model/clock.ts";
import { hashToken } from "./tokenStore.ts";

/** How long a login lasts. */
export const SESSION_SECONDS = 7 * 24 * 3600;

/** More logins than this, and the oldest is forgotten. */
const MAX_SESSIONS = 1000;

interface Session {
  readonly tokenSha256: string;
  readonly expiresAtSeconds: number;
}

/** The logins of this server. */
export class Sessions {
  readonly #clock: Clock;
  /** By hash of the id, oldest first. */
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Opens a session for a token and returns its id. */
  open(tokenSha256: string): string {
    const id = randomBytes(32).toString("base64url");
    this.#sessions.set(hashToken(id), { tokenSha256, expiresAtSeconds: this.#clock.monotonicSeconds() + SESSION_SECONDS });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return id;
  }

  /** The hash of the token that the session was opened with, while it lasts. */
  find(id: string): string | undefined {
    const key = hashToken(id);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    if (session.expiresAtSeconds > this.#clock.monotonicSeconds()) return session.tokenSha256;
    this.#sessions.delete(key);
    return undefined;
  }

  /** Ends a session. */
  close(id: string): void {
    this.#sessions.delete(hashToken(id));
  }
}
