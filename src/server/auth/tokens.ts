/** Making tokens: the first one at the first start, and those that a person asks for. */
import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Clock } from "../../model/clock.ts";
import { defined } from "../../model/defined.ts";
import { codeOf, reasonOf } from "../../model/errors.ts";
import { SCOPES, type Scope } from "../../model/scopes.ts";
import {
  changeIndex,
  HOST_SHAPE,
  makeTokenDirectory,
  mayBeBound,
  ownerOf,
  prepareTokenFile,
  readIndex,
  type TokenEntry,
  type TokenIndex,
  TokenProblem,
} from "./tokenIndex.ts";
import { hashToken } from "./tokenStore.ts";

export { SCOPES, type Scope } from "../../model/scopes.ts";
export { TokenProblem } from "./tokenIndex.ts";
export { loadTokens, type TokenStore } from "./tokenStore.ts";

const ADMIN = "admin";
const TOKEN_SHAPE = /^culprit_[A-Za-z0-9_-]{43}$/;
/** Of a token that somebody else has made. */
const ADDED_SHAPE = /^[!-~]{32,512}$/;

/** A token to be written to a file. */
interface TokenOrder {
  /** `<storage>/tokens`, where the index is. */
  readonly directory: string;
  /** The file that shall hold the token and nothing else; a token that it holds already is replaced and revoked. */
  readonly path: string;
  readonly scopes: readonly Scope[];
  /** For ever, if not given. */
  readonly validSeconds?: number | undefined;
  /** The only host that it may send for; its scope is `ingest` then. */
  readonly host?: string | undefined;
  /** Permission bits of the file, 0600 if not given. */
  readonly mode?: number | undefined;
  /** The file's group, by number. */
  readonly group?: number | undefined;
}

interface WrittenToken {
  /** The name under which the index has it. */
  readonly name: string;
  readonly path: string;
  readonly scopes: readonly Scope[];
}

/** The administrator's token; absent `token` means that its file was taken away or replaced, which is allowed. */
export interface AdminToken {
  readonly path: string;
  readonly token?: string;
  /** It was made just now. */
  readonly created: boolean;
}

/** Writes a new token to a file and makes it valid; a running server accepts it at once. @throws TokenProblem. */
export async function writeToken(order: TokenOrder, clock: Clock): Promise<WrittenToken> {
  if (order.scopes.length === 0) throw new TokenProblem(`a token needs at least one scope; expected one of ${SCOPES.join(", ")}`);
  refuseOddHost(order);
  const directory = resolve(order.directory);
  const path = resolve(order.path);
  // who makes a token before the first start shall still find the administrator's after it
  if (nameOf(directory, path) !== ADMIN) await ensureAdminToken(directory, clock);
  await putToken({ ...order, directory, path }, clock, () => true);
  return { name: nameOf(directory, path), path, scopes: order.scopes };
}

/** Puts a new token into its file and into the index, where that is as it should be. False when it is not, and nothing has changed. */
async function putToken(
  order: TokenOrder,
  clock: Clock,
  isWanted: (entries: readonly TokenEntry[] | undefined) => boolean,
): Promise<boolean> {
  const { directory, path } = order;
  const name = nameOf(directory, path);
  await refuseForeignFile(directory, path);
  const token = newToken();
  await makeTokenDirectory(directory);
  const owner = inside(directory, path) ? await ownerOf(directory) : { uid: -1, gid: -1 };
  const access = { mode: order.mode ?? 0o600, owner: { uid: owner.uid, gid: order.group ?? owner.gid } };
  // First the file: when it cannot be written, the old one and its token must stay as they are.
  const prepared = await prepareTokenFile(path, `${token}\n`, access);
  const others = (entries: readonly TokenEntry[] = []) => entries.filter((entry) => entry.name !== name);
  let old: TokenEntry | undefined;
  let isChanged = false;
  try {
    isChanged = await changeIndex(directory, clock, (entries) => {
      old = entries?.find((entry) => entry.name === name);
      return isWanted(entries) ? [...others(entries), entryOf(name, token, order, clock)] : undefined;
    });
  } finally {
    if (!isChanged) await prepared.discard();
  }
  if (!isChanged) return false;
  try {
    await prepared.commit();
  } catch (error) {
    // The old token is still in the old file: it must stay valid.
    await changeIndex(directory, clock, (entries) => [...others(entries), ...(old === undefined ? [] : [old])]);
    throw error;
  }
  return true;
}

/** A token that is on no disk yet: it is valid in this process alone. */
export function makeLooseAdmin(directory: string, clock: Clock): { readonly admin: AdminToken; readonly entry: TokenEntry } {
  const token = newToken();
  return {
    admin: { path: join(resolve(directory), ADMIN), token, created: true },
    entry: entryOf(ADMIN, token, { scopes: SCOPES }, clock),
  };
}

/**
 * Writes back what the disk has lost, or could not take before: the index, unless somebody has written another, and the administrator's
 * file, where it is missing and still the valid one. @throws TokenProblem.
 */
export async function restoreTokens(directory: string, known: TokenIndex, admin: AdminToken, clock: Clock): Promise<void> {
  const { path, token } = admin;
  await makeTokenDirectory(directory);
  const isMissing = token !== undefined && (await stat(path).catch(codeOf)) === "ENOENT";
  const owner = await ownerOf(directory);
  const prepared = isMissing ? await prepareTokenFile(path, `${token}\n`, { mode: 0o600, owner }) : undefined;
  let isValid = false;
  try {
    const check = (entries: readonly TokenEntry[] = []) => {
      isValid = token !== undefined && entries.some(({ sha256 }) => sha256 === hashToken(token));
      return entries;
    };
    await changeIndex(directory, clock, check, known);
  } finally {
    await (isValid ? prepared?.commit() : prepared?.discard());
  }
}

function newToken(): string {
  return `culprit_${randomBytes(32).toString("base64url")}`;
}

type Rights = Pick<TokenOrder, "scopes" | "validSeconds" | "host">;

function refuseOddHost({ host, scopes }: Rights): void {
  if (host === undefined) return;
  if (!HOST_SHAPE.test(host)) throw new TokenProblem(`${JSON.stringify(host)} is no name of a host; expected one such as web1`);
  if (mayBeBound(scopes)) return;
  throw new TokenProblem(
    `a token that is bound to a host has the scope ingest alone, got ${scopes.join(", ")}; make another token for the rest`,
  );
}

function entryOf(name: string, token: string, { scopes, validSeconds, host }: Rights, clock: Clock): TokenEntry {
  const at = (ms: number) => new Date(ms).toISOString();
  const expiresAt = validSeconds === undefined ? undefined : at(clock.wallMs() + validSeconds * 1000);
  return defined({ name, sha256: hashToken(token), scopes, createdAt: at(clock.wallMs()), expiresAt, host });
}

/** Takes a token's right away, by the name that the list gives it; a running server refuses it at once. @throws TokenProblem. */
export async function revokeToken(directory: string, name: string, clock: Clock): Promise<void> {
  const isRevoked = await changeIndex(resolve(directory), clock, (entries = []) => {
    const left = entries.filter((entry) => entry.name !== name);
    return left.length < entries.length ? left : undefined;
  });
  if (!isRevoked) throw new TokenProblem(`no token is called ${name}; \`culprit token list\` says which there are`);
}

/**
 * Makes the token valid that a file holds; one that was added from the same file before is revoked. @throws TokenProblem.
 *
 * Several hosts can share a token so. Its author must choose one that nobody can guess.
 */
export async function addToken(order: Omit<TokenOrder, "mode" | "group">, clock: Clock): Promise<WrittenToken> {
  const { scopes } = order;
  refuseOddHost(order);
  const directory = resolve(order.directory);
  const path = resolve(order.path);
  const name = nameOf(directory, path);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new TokenProblem(`cannot read ${path}: ${reasonOf(error)}`);
  });
  const token = text.trim();
  if (!ADDED_SHAPE.test(token)) {
    throw new TokenProblem(
      `${path} holds no token that is hard to guess; expected one line of 32 to 512 letters, digits, or signs without blanks`,
    );
  }
  if (name !== ADMIN) await ensureAdminToken(directory, clock);
  const entry = entryOf(name, token, order, clock);
  await changeIndex(directory, clock, (entries) => [...(entries ?? []).filter((one) => one.name !== name), entry]);
  return { name, path, scopes };
}

/**
 * Makes `tokens/admin` with all scopes when there is no index yet; later only reads it.
 *
 * An entry that somebody removed stays removed: that is how a token is revoked. @throws TokenProblem.
 */
export async function ensureAdminToken(directory: string, clock: Clock): Promise<AdminToken> {
  const path = join(resolve(directory), ADMIN);
  if ((await readIndex(directory)) === undefined) {
    // a running Culprit may write its tokens back meanwhile: then they are the valid ones
    const created = await putToken({ directory, path, scopes: SCOPES }, clock, (entries) => entries === undefined);
    if (created) return { path, token: (await readFile(path, "utf8")).trim(), created };
  }
  const sha256 = (await readIndex(directory))?.tokens.find((entry) => entry.name === ADMIN)?.sha256;
  const text = (await readFile(path, "utf8").catch(() => "")).trim();
  return hashToken(text) === sha256 ? { path, token: text, created: false } : { path, created: false };
}

function nameOf(directory: string, path: string): string {
  const name = inside(directory, path) ? relative(directory, path) : path;
  if (name === "" || name.startsWith("index.json")) throw new TokenProblem(`${path} is Culprit's own; expected another file for the token`);
  return name;
}

function inside(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory}${sep}`);
}

/** A typing error must not overwrite a file. */
async function refuseForeignFile(directory: string, path: string): Promise<void> {
  const parent = dirname(path);
  let text: string;
  try {
    // The token directory itself is made when it is missing.
    if (parent !== directory && !(await stat(parent)).isDirectory()) throw new TokenProblem(`${parent} is not a directory`);
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw new TokenProblem(`cannot write ${path}: ${reasonOf(error)}`);
    if (parent !== directory && (await stat(parent).catch(() => undefined)) === undefined) {
      throw new TokenProblem(`cannot write ${path}: the directory ${parent} does not exist`);
    }
    return;
  }
  if (text.trim() !== "" && !TOKEN_SHAPE.test(text.trim())) {
    throw new TokenProblem(
      `${path} exists and does not hold a token of Culprit; expected a new file, or one that "culprit token write" made`,
    );
  }
}
