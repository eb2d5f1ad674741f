/**
 * Who has logged in with a browser. The cookie holds a random id; nothing else of a session leaves this process.
 *
 * Logins outlive a restart, so that a page that is open meanwhile goes on: their hashes are kept in a file. It holds nothing that
 * anybody could log in with.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Log } from "../../log.ts";
import type { Clock } from "../../model/clock.ts";
import { writeDurably } from "../../spool/durable.ts";
import { hashToken } from "./tokenStore.ts";

/** How long a login lasts. */
export const SESSION_SECONDS = 7 * 24 * 3600;

/** More logins than this, and the oldest is forgotten. */
const MAX_SESSIONS = 1000;

const SESSION = z.object({ idSha256: z.string(), tokenSha256: z.string(), expiresAtMs: z.number() });

type Session = Omit<z.infer<typeof SESSION>, "idSha256">;

/** Where logins are kept; without a path nowhere. */
interface SessionFile {
  readonly path: string;
  readonly log: Log;
}

/** The logins of this server. */
export class Sessions {
  readonly #clock: Clock;
  readonly #file: SessionFile | undefined;
  /** By hash of the id, oldest first. */
  readonly #sessions = new Map<string, Session>();
  #writing: Promise<void> = Promise.resolve();
  #isComplaining = false;

  constructor(clock: Clock, file?: SessionFile) {
    this.#clock = clock;
    this.#file = file;
    for (const { idSha256, ...session } of readSessions(file)) this.#sessions.set(idSha256, session);
  }

  /** Opens a session for a token and returns its id. */
  open(tokenSha256: string): string {
    const id = randomBytes(32).toString("base64url");
    this.#sessions.set(hashToken(id), { tokenSha256, expiresAtMs: this.#clock.wallMs() + SESSION_SECONDS * 1000 });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    this.#keep();
    return id;
  }

  /** The hash of the token that the session was opened with, while it lasts. */
  find(id: string): string | undefined {
    const key = hashToken(id);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    if (this.#isValid(session)) return session.tokenSha256;
    this.#sessions.delete(key);
    return undefined;
  }

  /** Ends a session. */
  close(id: string): void {
    if (this.#sessions.delete(hashToken(id))) this.#keep();
  }

  /** Fulfilled when what was opened and closed is on the disk, or cannot be brought there. */
  flush(): Promise<void> {
    return this.#writing;
  }

  /** A session from further ahead than any lasts comes from a clock that was set back since. */
  #isValid({ expiresAtMs }: Session): boolean {
    const leftMs = expiresAtMs - this.#clock.wallMs();
    return leftMs > 0 && leftMs <= SESSION_SECONDS * 1000;
  }

  #keep(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#writing = this.#writing.then(async () => {
      const valid = [...this.#sessions].filter(([, session]) => this.#isValid(session));
      const text = JSON.stringify(valid.map(([idSha256, session]) => ({ idSha256, ...session })));
      try {
        await writeDurably(file.path, text);
        this.#isComplaining = false;
      } catch (error) {
        if (this.#isComplaining) return;
        this.#isComplaining = true;
        file.log.warn("logins could not be kept: they end with this process", { reason: String(error) });
      }
    });
  }
}

/** Whoever cannot be read has to log in again. */
function readSessions(file: SessionFile | undefined): z.infer<typeof SESSION>[] {
  if (file === undefined) return [];
  try {
    return z.array(SESSION).parse(JSON.parse(readFileSync(file.path, "utf8")));
  } catch (error) {
    const isNew = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isNew) file.log.warn("the logins of the run before could not be read: log in again", { path: file.path });
    return [];
  }
}
