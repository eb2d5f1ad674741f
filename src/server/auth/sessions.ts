/**
 * Who has logged in with a browser. The cookie holds a random id; nothing else of a session leaves this process.
 *
 * Logins outlive a restart, so that a page that is open meanwhile goes on: their hashes are kept in a file. It holds nothing that
 * anybody could log in with.
 */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Log } from "../../log.ts";
import type { Clock } from "../../model/clock.ts";
import { checked } from "../../spool/checked.ts";
import { JsonFile } from "../../spool/jsonFile.ts";
import { hashToken } from "./tokenStore.ts";

/** How long a login lasts. */
export const SESSION_SECONDS = 7 * 24 * 3600;

/** More logins than this, and the oldest is forgotten. */
const MAX_SESSIONS = 1000;

const SESSION = z.object({ idSha256: z.string(), tokenSha256: z.string(), expiresAtMs: z.number() });

type Session = Omit<z.infer<typeof SESSION>, "idSha256">;
/** By hash of the id, oldest first. */
type SessionsById = Map<string, Session>;

/** The logins of this server. */
export class Sessions {
  readonly #clock: Clock;
  readonly #file: JsonFile<SessionsById> | undefined;
  #byId: SessionsById = new Map();

  /** Without a path they are kept nowhere. */
  constructor(clock: Clock, log: Log, path?: string) {
    this.#clock = clock;
    if (path === undefined) return;
    this.#file = new JsonFile<SessionsById>({
      path,
      parse: (json) => new Map(checked(z.array(SESSION), json).map(({ idSha256, ...session }) => [idSha256, session])),
      toJson: (byId) => [...byId].flatMap(([idSha256, session]) => (this.#isValid(session) ? [{ idSha256, ...session }] : [])),
      what: "logins: their list",
      ifLost: "log in again",
      ifUnwritten: "they end with this process",
      clock,
      log,
    });
  }

  /** Reads those of the run before. */
  async load(): Promise<void> {
    this.#byId = (await this.#file?.load()) ?? this.#byId;
  }

  /** Opens a session for a token and returns its id. */
  open(tokenSha256: string): string {
    const id = randomBytes(32).toString("base64url");
    this.#byId.set(hashToken(id), { tokenSha256, expiresAtMs: this.#clock.wallMs() + SESSION_SECONDS * 1000 });
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= MAX_SESSIONS) break;
      this.#byId.delete(oldest);
    }
    void this.#file?.save(this.#byId);
    return id;
  }

  /** The hash of the token that the session was opened with, while it lasts. */
  find(id: string): string | undefined {
    const key = hashToken(id);
    const session = this.#byId.get(key);
    if (session === undefined) return undefined;
    if (this.#isValid(session)) return session.tokenSha256;
    this.#byId.delete(key);
    return undefined;
  }

  end(id: string): void {
    if (this.#byId.delete(hashToken(id))) void this.#file?.save(this.#byId);
  }

  /** Brings their file back where somebody has removed it. Rejects when the disk does not take it. */
  async check(): Promise<void> {
    await this.#file?.check();
  }

  /** Fulfilled when what was opened and ended is on the disk, or cannot be brought there. */
  async close(): Promise<void> {
    await this.#file?.close();
  }

  /** A session from further ahead than any lasts comes from a clock that was set back since. */
  #isValid({ expiresAtMs }: Session): boolean {
    const leftMs = expiresAtMs - this.#clock.wallMs();
    return leftMs > 0 && leftMs <= SESSION_SECONDS * 1000;
  }
}
