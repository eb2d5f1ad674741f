/** `culprit silence`: the running Culprit holds its messages back for a while. */
import { z } from "zod";
import { configFlags, loadConfig, parseDurationSeconds } from "../config.ts";
import { quietText, type Silence, silenceLimits } from "../model/quiet.ts";
import { silenceSchema } from "../notify/silences.ts";
import { utcText, writtenDuration } from "../text.ts";
import { visibleLines } from "../visible.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { askInstance, InstanceProblem, type Question, readInstanceUrls } from "./runningInstance.ts";

/** The command. */
export const silence: Command = {
  name: "silence",
  usage: [
    "culprit silence DURATION [--trigger=NAME]... [--group=NAME]... [--reason=TEXT]",
    "culprit silence list",
    "culprit silence end ID",
  ],
  summary: "Holds messages of the Culprit that runs here back for a while, never captures; at the end one message tells what still lasts.",
  flags: [
    { name: "trigger", value: "NAME", repeatable: true, help: "Only what this trigger or alert tells; several may be given." },
    { name: "group", value: "NAME", repeatable: true, help: "Only what this process, unit or container has done; several may be given." },
    { name: "reason", value: "TEXT", help: "Why, in your own words; it is kept with what it is about." },
    ...configFlags.filter(({ name }) => ["config.file", "storage.path", "web.listen-address"].includes(name)),
  ],
  mostWords: 2,
  async run(context) {
    const [action, id] = context.flags.positionals;
    try {
      if (action === "list" && id === undefined) return await list(context);
      if (action === "end" && id !== undefined) return await end(context, id);
      if (action !== undefined && action !== "end" && id === undefined) return await begin(context, action);
    } catch (error) {
      if (!(error instanceof InstanceProblem)) throw error;
      context.err.write(`culprit: ${visibleLines(error.message)}\n`);
      return exitCodes.failure;
    }
    throw new UsageError(`expected one of:\n  ${silence.usage.join("\n  ")}`);
  },
};

async function begin(context: CommandContext, duration: string): Promise<number> {
  const { shortestSeconds, longestSeconds } = silenceLimits;
  const seconds = parseDurationSeconds(duration);
  if (seconds === undefined || seconds < shortestSeconds || seconds > longestSeconds) {
    const range = `from ${writtenDuration(shortestSeconds)} to ${writtenDuration(longestSeconds)}`;
    throw new UsageError(`expected a duration ${range}, such as 2h, or list or end ID, got ${JSON.stringify(duration)}`);
  }
  const triggers = context.flags.values.get("trigger");
  const groups = context.flags.values.get("group");
  const body = JSON.stringify({ seconds, triggers, groups, reason: context.flags.values.get("reason")?.[0] });
  const begun = await ask(context, { method: "POST", path: "api/silences", body, shape: silenceSchema });
  context.out.write(`Silence ${line(begun)}\n`);
  return exitCodes.ok;
}

async function list(context: CommandContext): Promise<number> {
  refuseFlags(context, "list");
  const { silences } = await ask(context, { method: "GET", path: "api/silences", shape: z.object({ silences: z.array(silenceSchema) }) });
  context.out.write(silences.length === 0 ? "No silence.\n" : silences.map((one) => `${line(one)}\n`).join(""));
  return exitCodes.ok;
}

async function end(context: CommandContext, id: string): Promise<number> {
  refuseFlags(context, "end");
  const ended = await ask(context, { method: "DELETE", path: `api/silences/${encodeURIComponent(id)}`, shape: silenceSchema });
  context.out.write(`Silence ${ended.id} is ended; what still lasts is told now.\n`);
  return exitCodes.ok;
}

function refuseFlags({ flags }: CommandContext, action: string): void {
  for (const name of ["trigger", "group", "reason"]) {
    if (flags.values.has(name)) throw new UsageError(`--${name}: culprit silence ${action} does not take it`);
  }
}

function line({ id, reason, by, endsAtMs, ...meant }: Silence): string {
  const what = quietText(meant);
  const why = reason === undefined ? "" : `: ${reason}`;
  return visibleLines(`${id} holds ${what} back until ${utcText(endsAtMs)} (${by})${why}`);
}

/** @throws InstanceProblem when none runs, or it says no */
async function ask<T>({ flags, clock, lifetime }: CommandContext, question: Question<T>): Promise<T> {
  const config = loadConfig({ flags });
  const stop = new AbortController();
  void lifetime.stopRequested.then(() => stop.abort());
  const bases = await readInstanceUrls(config);
  for (const base of bases) {
    const answer = await askInstance(base, config, question, { clock, signal: stop.signal });
    if (answer !== undefined) return answer;
  }
  const where = bases.map(({ origin }) => origin).join(", ");
  throw new InstanceProblem(`no Culprit runs ${where === "" ? "here" : `at ${where}`}; a silence is kept by the one that tells`);
}
