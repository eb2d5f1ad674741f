/**
 * `tokens/index.json`: which tokens are valid and what they may do, by hash and never the tokens themselves.
 *
 * A token file holds nothing but the token, because Alertmanager's `credentials_file` must be able to read it; so its
 * scopes are kept here. Removing an entry revokes the token.
 */
import { randomUUID } from "node:crypto";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Clock } from "../../model/clock.ts";
import { codeOf, reasonOf } from "../../model/errors.ts";
import { SCOPES, type Scope } from "../../model/scopes.ts";
import { type FileAccess, type FileOwner, makeDirectory, type PreparedFile, prepareFile } from "../../spool/durable.ts";
import { isStillAlive, readBirth } from "../../spool/processBirth.ts";

/** One valid token. */
export interface TokenEntry {
  /** The file's name inside the token directory, its whole path elsewhere. */
  readonly name: string;
  /** SHA-256 of the token, in hex. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  /** From then on it is valid no more; one without it is valid until it is revoked. */
  readonly expiresAt?: string | undefined;
  /** Whose figures it may send, and nobody else's; of a token with the scope `ingest` alone. */
  readonly host?: string | undefined;
}

/** What the file says. */
export interface TokenIndex {
  /** Tells an index that was made anew from one that was changed; those of older versions have none. */
  readonly id?: string | undefined;
  readonly tokens: readonly TokenEntry[];
}

/** A token file or the index cannot be read or written; the message names the file and says what was expected. */
export class TokenProblem extends Error {
  override readonly name = "TokenProblem";
}

/** What a host may be called that a token is bound to. */
export const HOST_SHAPE = /^[!-~]{1,253}$/;

/** Only what a host sends is about one host: a token that may read or capture is nobody's in particular. */
export function mayBeBound(scopes: readonly Scope[]): boolean {
  return scopes.every((scope) => scope === "ingest");
}

const INDEX_SCHEMA = z.object({
  version: z.literal(1),
  id: z.string().optional(),
  tokens: z.array(
    z
      .object({
        name: z.string().min(1),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
        scopes: z.array(z.enum(SCOPES)).min(1),
        createdAt: z.string(),
        expiresAt: z.iso.datetime("expected a time such as 2026-12-31T00:00:00Z").optional(),
        host: z.string().regex(HOST_SHAPE, "expected the name of a host").optional(),
      })
      .refine(({ host, scopes }) => host === undefined || mayBeBound(scopes), "a token that is bound to a host has the scope ingest alone"),
  ),
});

/** Where the index of a token directory is. */
export function indexPath(directory: string): string {
  return join(directory, "index.json");
}

/** Makes sense of the text of an index. @throws TokenProblem naming `path`. */
function parseIndex(text: string, path: string): TokenIndex {
  const repair = "repair it, or delete it and start Culprit again for a new admin token (all tokens so far then stop working)";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TokenProblem(`${path} is not valid JSON; ${repair}`);
  }
  const checked = INDEX_SCHEMA.safeParse(json);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw new TokenProblem(`${path}${where}: ${issue?.message ?? "not an index of tokens"}; ${repair}`);
}

/** Reads the index; `undefined` when there is none. @throws TokenProblem. */
export async function readIndex(directory: string): Promise<TokenIndex | undefined> {
  const path = indexPath(directory);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new TokenProblem(`cannot read ${path}: ${reasonOf(error)}`);
  }
  return parseIndex(text, path);
}

/**
 * What is valid, when `known` was and this is found now. An index that was changed is believed, for so are tokens revoked; one that is
 * missing, or was made anew by who found none, revokes nothing.
 */
export function reconcile(found: TokenIndex | undefined, known: TokenIndex): TokenIndex {
  if (found === undefined) return known;
  if (found.id === undefined || found.id === known.id) return found;
  const added = known.tokens.filter(({ sha256 }) => !found.tokens.some((one) => one.sha256 === sha256));
  return added.length === 0 ? found : { id: found.id, tokens: [...found.tokens, ...added] };
}

/**
 * Changes the index as one step, also against other processes; `known` is what was valid before. False when `change` leaves it as it is, by
 * `undefined`. @throws TokenProblem.
 */
export async function changeIndex(
  directory: string,
  clock: Clock,
  change: (entries: readonly TokenEntry[] | undefined) => readonly TokenEntry[] | undefined,
  known?: TokenIndex,
): Promise<boolean> {
  await makeTokenDirectory(directory);
  const unlock = await lock(directory, clock);
  try {
    const found = await readIndex(directory);
    const before = known === undefined ? found : reconcile(found, known);
    const tokens = change(before?.tokens);
    if (tokens === undefined) return false;
    const id = before === undefined ? randomUUID() : before.id;
    const text = `${JSON.stringify({ version: 1, id, tokens }, undefined, 2)}\n`;
    await (await prepareTokenFile(indexPath(directory), text, { mode: 0o600, owner: await ownerOf(directory) })).commit();
    return true;
  } finally {
    await unlock();
  }
}

/** Writes a token or the index without putting it in its place; others may write beside us. @throws TokenProblem. */
export async function prepareTokenFile(path: string, text: string, access: FileAccess): Promise<PreparedFile> {
  const orProblem = async <Result>(work: () => Promise<Result>) => {
    try {
      return await work();
    } catch (error) {
      throw new TokenProblem(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
    }
  };
  const prepared = await orProblem(() => prepareFile(path, text, `${path}.${randomUUID()}.new`, access));
  return { ...prepared, commit: () => orProblem(prepared.commit) };
}

/** The owner of a directory where only root can say so: what root writes must stay readable for the service's user. */
export async function ownerOf(directory: string): Promise<FileOwner> {
  const nobody = { uid: -1, gid: -1 };
  if (process.getuid?.() !== 0) return nobody;
  try {
    const { uid, gid } = await stat(directory);
    return { uid, gid };
  } catch {
    return nobody;
  }
}

/** Makes the directory of tokens, for its owner alone. @throws TokenProblem. */
export async function makeTokenDirectory(directory: string): Promise<void> {
  try {
    if ((await stat(directory).catch(() => undefined))?.isDirectory() === true) return;
    // not mkdir with recursive, which says ENOENT of a disk that is read only
    await makeDirectory(directory);
    const owner = await ownerOf(dirname(directory));
    const handle = await open(directory, "r");
    try {
      if (owner.uid !== -1) await handle.chown(owner.uid, owner.gid);
      await handle.chmod(0o700);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new TokenProblem(`cannot make the directory ${directory}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Ten seconds: a slow disk syncs for everybody who is before us. */
const LOCK_TRIES = 200;
const LOCK_PAUSE_SECONDS = 0.05;
const EMPTY_LOCK_MS = 5000;

async function lock(directory: string, clock: Clock): Promise<() => Promise<void>> {
  const path = `${indexPath(directory)}.lock`;
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    try {
      await writeFile(path, `${process.pid} ${await readBirth(process.pid)}\n`, { flag: "wx", mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") {
        // a full disk has room for the name and none for what it holds: such a lock would never be given back
        await rm(path, { force: true }).catch(() => undefined);
        throw new TokenProblem(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
      }
    }
    if (await isAbandoned(path, clock)) await rm(path, { force: true });
    else await new Promise<void>((resolve) => void clock.after(LOCK_PAUSE_SECONDS, resolve));
  }
  throw new TokenProblem(`${path} is held by another Culprit that is writing tokens; if there is none, delete that file`);
}

/** Whether the holder of the lock is gone; one that was killed between creating it and writing its pid has left it empty. */
async function isAbandoned(path: string, clock: Clock): Promise<boolean> {
  const text = (await readFile(path, "utf8").catch(() => "")).trim();
  if (text === "") {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && clock.wallMs() - found.mtimeMs > EMPTY_LOCK_MS;
  }
  const [number = "", ...birth] = text.split(" ");
  return !(await isStillAlive(Number(number), birth.join(" ")));
}
