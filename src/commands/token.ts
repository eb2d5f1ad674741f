/** `culprit token`: makes tokens for Alertmanager and others, and shows which there are. */
import { join } from "node:path";
import { configFlags, loadConfig, nearest, parseDurationSeconds } from "../config.ts";
import { silentLog } from "../log.ts";
import { readIndex } from "../server/auth/tokenIndex.ts";
import { isExpired } from "../server/auth/tokenStore.ts";
import { addToken, revokeToken, SCOPES, type Scope, TokenProblem, writeToken } from "../server/auth/tokens.ts";
import { TokenUses } from "../server/auth/tokenUses.ts";
import { alignedTable, durationText } from "../text.ts";
import { visibleLines } from "../visible.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";

const mostValidSeconds = 10 * 366 * 86_400;

/** The command. */
export const token: Command = {
  name: "token",
  usage: [
    "culprit token write PATH --scope=capture[,read] [--expires=30d] [--host=web1] [--mode=0440] [--group=GID]",
    "culprit token add PATH --scope=capture[,read] [--expires=30d] [--host=web1]",
    "culprit token revoke NAME",
    "culprit token list",
  ],
  summary:
    "Writes a new token into a file, adds the one that a file holds, revokes one, or lists those that are valid. A running Culprit knows at once.",
  flags: [
    { name: "scope", value: "SCOPES", help: `What the token may do: ${SCOPES.join(", ")}; several with commas.` },
    { name: "expires", value: "DURATION", help: "How long it is valid, such as 12h or 30d; for ever when left out." },
    { name: "host", value: "NAME", help: "With --scope=ingest: the only host that it may send for; any host when left out." },
    { name: "mode", value: "MODE", help: "Permission bits of the file in octal (0600)." },
    { name: "group", value: "GID", help: "Group of the file, as a number." },
    ...configFlags.filter(({ name }) => name === "storage.path" || name === "config.file"),
  ],
  mostWords: 2,
  async run(context) {
    const [action, path] = context.flags.positionals;
    try {
      if (action === "write") return await write(context, path);
      if (action === "add") return await add(context, path);
      if (action === "revoke") return await revoke(context, path);
      if (action === "list" && path === undefined) return await list(context);
    } catch (error) {
      if (!(error instanceof TokenProblem)) throw error;
      context.err.write(`culprit: ${visibleLines(error.message)}\n`);
      return exitCodes.failure;
    }
    throw new UsageError(`expected one of:\n  ${token.usage.join("\n  ")}`);
  },
};

async function write({ flags, out, clock }: CommandContext, path: string | undefined): Promise<number> {
  if (path === undefined) throw new UsageError(`expected a file for the token: ${token.usage[0]}`);
  const scopes = parseScopes(only(flags.values, "scope"));
  const validSeconds = parseExpiry(only(flags.values, "expires"));
  const host = only(flags.values, "host");
  const mode = parseMode(only(flags.values, "mode"));
  const group = parseGroup(only(flags.values, "group"));
  const written = await writeToken({ directory: tokenDirectory(flags), path, scopes, validSeconds, host, mode, group }, clock);
  out.write(`${written.path} holds a new token with scope ${written.scopes.join(", ")}${forHost(host)}\n`);
  return exitCodes.ok;
}

function forHost(host: string | undefined): string {
  return host === undefined ? "" : `, for the host ${host} alone`;
}

/** For hosts that share a token, such as the nodes of a cluster: it was made elsewhere and is made valid here. */
async function add({ flags, out, clock }: CommandContext, path: string | undefined): Promise<number> {
  if (path === undefined) throw new UsageError(`expected the file that holds the token: ${token.usage[1]}`);
  const scopes = parseScopes(only(flags.values, "scope"));
  const validSeconds = parseExpiry(only(flags.values, "expires"));
  const host = only(flags.values, "host");
  for (const name of ["mode", "group"]) {
    if (flags.values.has(name)) throw new UsageError(`--${name}: culprit token add leaves the file as it is`);
  }
  const added = await addToken({ directory: tokenDirectory(flags), path, scopes, validSeconds, host }, clock);
  out.write(`the token in ${added.path} is valid with scope ${added.scopes.join(", ")}${forHost(host)}\n`);
  return exitCodes.ok;
}

async function revoke({ flags, out, clock }: CommandContext, name: string | undefined): Promise<number> {
  if (name === undefined) throw new UsageError(`expected the name of a token, as culprit token list has it: ${token.usage[2]}`);
  await revokeToken(tokenDirectory(flags), name, clock);
  out.write(`${visibleLines(name)} is revoked: whoever has it is refused from now on\n`);
  return exitCodes.ok;
}

async function list({ flags, out, clock }: CommandContext): Promise<number> {
  const directory = tokenDirectory(flags);
  const index = await readIndex(directory);
  if (index === undefined) {
    out.write(`${directory} holds no tokens yet\n`);
    return exitCodes.ok;
  }
  const uses = new TokenUses(directory, clock, silentLog);
  await uses.load();
  const nowMs = clock.wallMs();
  const rows = index.tokens.map((entry) => {
    const usedMs = uses.lastMs(entry.sha256);
    const validity = isExpired(entry, nowMs) ? "expired" : (entry.expiresAt?.slice(0, 16).replace("T", " ") ?? "never");
    const used = usedMs === undefined ? "never" : `${durationText(Math.max(0, nowMs - usedMs) / 1000)} ago`;
    return [entry.name, entry.scopes.join(","), entry.host ?? "any", entry.createdAt.slice(0, 16).replace("T", " "), validity, used];
  });
  out.write(alignedTable([["NAME", "SCOPES", "HOST", "CREATED (UTC)", "EXPIRES (UTC)", "LAST USED"], ...rows]));
  return exitCodes.ok;
}

/** The length of `--expires=30d`. @throws UsageError */
function parseExpiry(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDurationSeconds(text);
  if (seconds !== undefined && seconds > 0 && seconds <= mostValidSeconds) return seconds;
  throw new UsageError(`--expires: expected a duration up to 10y, such as 12h or 30d, got ${JSON.stringify(text)}`);
}

function tokenDirectory(flags: CommandContext["flags"]): string {
  return join(loadConfig({ flags }).storage.path, "tokens");
}

/** The scopes of `--scope=capture,read`. @throws UsageError */
function parseScopes(text: string | undefined): readonly Scope[] {
  const known = SCOPES.join(", ");
  const words = (text ?? "").split(",").map((one) => one.trim());
  if (text === undefined) throw new UsageError(`--scope: expected what the token may do, one or more of ${known}`);
  return [
    ...new Set(
      words.map((word) => {
        const scope = SCOPES.find((one) => one === word);
        if (scope !== undefined) return scope;
        const meant = nearest(word, SCOPES);
        throw new UsageError(
          `--scope: expected one or more of ${known}, got ${JSON.stringify(word)}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
        );
      }),
    ),
  ];
}

/** The bits of `--mode=0440`. @throws UsageError */
function parseMode(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^(?:0o?)?[0-7]{3}$/.test(text))
    throw new UsageError(`--mode: expected permission bits in octal, such as 0440, got ${JSON.stringify(text)}`);
  return Number.parseInt(text.slice(-3), 8);
}

/** The number of `--group=115`. @throws UsageError */
function parseGroup(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const group = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  if (group !== undefined && group < 2 ** 32 - 1) return group;
  throw new UsageError(`--group: expected the number of a group, as \`getent group NAME\` shows it, got ${JSON.stringify(text)}`);
}

function only(values: ReadonlyMap<string, readonly string[]>, name: string): string | undefined {
  return values.get(name)?.[0];
}
