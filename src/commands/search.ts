/** `culprit search`: in which minutes somebody ran, here or in a recording, an archive or a table. */
import type { SearchAnswer } from "../api/pastAnswers.ts";
import { searchAnswer } from "../api/searchAnswer.ts";
import { configFlags, loadConfig, type ParsedFlags, wantsColour } from "../config.ts";
import { createLog } from "../log.ts";
import { momentForms } from "../model/moment.ts";
import { searchRangeOf } from "../recorder/ranges/range.ts";
import { parseSearchQuery, QueryProblem } from "../recorder/ranges/searchQuery.ts";
import type { Opened } from "../replay/opened.ts";
import { visibleLines } from "../visible.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { quietLog } from "./quietLog.ts";
import { readSourceSettings, sourceFlags, withOpened } from "./recordedSource.ts";
import { askInstance, InstanceProblem, readInstanceUrls } from "./runningInstance.ts";
import { searchShape } from "./searchShape.ts";
import { renderSearch } from "./searchText.ts";
import { readMoment } from "./stretch.ts";

const usualLimit = 10;
const mostLimit = 100;
const mostAnswerBytes = 64 * 2 ** 20;

/** The command. */
export const search: Command = {
  name: "search",
  usage: ["culprit search QUERY [FILE|DIR|URL] [--from=WHEN] [--to=WHEN] [--json] [FLAGS]"],
  summary:
    "Finds every recorded minute in which a process, unit, container or user ran, with what it used and in which spikes it was: QUERY is a part of its name, as nginx, user:www or 'unit:cron backup'.",
  flags: [
    { name: "from", value: "WHEN", help: `Where to begin: ${momentForms}. Without it at the beginning of the recording.` },
    { name: "to", value: "WHEN", help: "Where to end; without it where the recording ends." },
    { name: "limit", value: "N", help: `How many groups to show, those first that did most, at most ${mostLimit} (${usualLimit}).` },
    { name: "json", help: "Prints the answer of /api/search (docs/api.md) instead of text." },
    ...sourceFlags,
    ...configFlags.filter(({ name }) => ["config.file", "storage.path", "web.listen-address", "log.level", "log.format"].includes(name)),
  ],
  mostWords: 2,
  run,
};

interface Asked {
  readonly query: string;
  readonly limit: number;
  /** Read anew where "now" is the end of a recording. */
  readonly stretchAt: (nowMs: number) => { readonly fromMs: number | undefined; readonly toMs: number | undefined };
}

async function run(context: CommandContext): Promise<number> {
  const { flags, clock, err } = context;
  const [query, where] = flags.positionals;
  if (query === undefined) throw new UsageError(`expected what to look for: ${search.usage.join(" or ")}`);
  understood(query);
  const offsetMinutesAt = (ms: number) => new Date(ms).getTimezoneOffset();
  const stretchAt = (nowMs: number) => {
    const [fromMs, toMs] = ["from", "to"].map((name) => readMoment(flags, name, { nowMs, offsetMinutesAt }));
    if (fromMs !== undefined && toMs !== undefined && toMs <= fromMs) throw new UsageError("--to: expected a moment after --from");
    return { fromMs, toMs };
  };
  stretchAt(clock.wallMs());
  const asked = { query, limit: readLimit(flags), stretchAt };
  const source = await readSourceSettings(flags);
  const config = loadConfig({ flags });
  if (where === undefined) {
    const found = await askRunning(asked, config, context);
    if (found !== undefined) return found;
  }
  const log = createLog({ ...quietLog(config.log, flags), stream: err });
  return withOpened({ where: where ?? config.storage.path, source, log, context }, async (opened) => {
    // what lies elsewhere may be old: there it is told from its end, as replay tells it
    return print(await searchOpened(opened, asked, where === undefined ? clock.wallMs() : opened.toMs), context);
  });
}

/** By the Culprit that runs here; undefined where none does. */
async function askRunning(
  { query, limit, stretchAt }: Asked,
  config: ReturnType<typeof loadConfig>,
  context: CommandContext,
): Promise<number | undefined> {
  const { clock, lifetime, err } = context;
  const stop = new AbortController();
  void lifetime.stopRequested.then(() => stop.abort());
  const { fromMs, toMs } = stretchAt(clock.wallMs());
  const values = new URLSearchParams({ q: query, limit: String(limit) });
  if (fromMs !== undefined) values.set("from", String(fromMs));
  if (toMs !== undefined) values.set("to", String(toMs));
  const question = { method: "GET", path: `api/search?${values}`, shape: searchShape, mostBytes: mostAnswerBytes } as const;
  try {
    for (const base of await readInstanceUrls(config)) {
      const answer = await askInstance(base, config, question, { clock, signal: stop.signal });
      if (answer !== undefined) return print(answer, context);
    }
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.interrupted;
    if (!(error instanceof InstanceProblem)) throw error;
    err.write(`culprit: ${visibleLines(error.message)}\n`);
    return exitCodes.failure;
  }
  return undefined;
}

async function searchOpened(opened: Opened, { query, limit, stretchAt }: Asked, nowMs: number): Promise<SearchAnswer> {
  const asked = stretchAt(nowMs);
  const toMs = asked.toMs ?? opened.toMs + 1;
  const { lookBack } = opened;
  const fromMs = asked.fromMs ?? (await lookBack.recordedFromMs?.()) ?? opened.fromMs;
  const range = searchRangeOf({ fromMs: Math.min(fromMs, toMs - 1), toMs });
  const result = await lookBack.search({ wanted: understood(query), range, limit });
  const known = new Map([...((await lookBack.spikes?.(range.fromMs, range.toMs)) ?? []), ...opened.spikes].map((one) => [one.id, one]));
  const spikes = [...known.values()].filter(({ startMs, endMs = opened.toMs }) => startMs <= range.toMs && endMs >= range.fromMs);
  const answer = searchAnswer({ host: opened.host.hostname, query, range }, result, spikes);
  return { ...answer, notes: [...opened.notes, ...answer.notes] };
}

/** Nothing that was found is an answer too, and tells scripts so. */
function print(answer: SearchAnswer, { flags, out }: CommandContext): number {
  const isTerminal = out.isTTY === true;
  const style = { colour: wantsColour({ isTerminal }), width: isTerminal ? (out.columns ?? 80) : 100 };
  out.write(flags.values.has("json") ? `${JSON.stringify(answer, undefined, 2)}\n` : renderSearch(answer, style));
  return answer.total === 0 ? exitCodes.failure : exitCodes.ok;
}

/** @throws UsageError */
function understood(query: string): ReturnType<typeof parseSearchQuery> {
  try {
    return parseSearchQuery(query);
  } catch (error) {
    if (error instanceof QueryProblem) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError */
function readLimit({ values }: ParsedFlags): number {
  const text = values.get("limit")?.[0];
  if (text === undefined) return usualLimit;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= mostLimit) return limit;
  throw new UsageError(`--limit: expected a whole number from 1 to ${mostLimit}, got ${JSON.stringify(text)}`);
}
