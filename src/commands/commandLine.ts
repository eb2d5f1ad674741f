/** The command line: which command is meant, and whether it was called rightly. */
import { ConfigError, formatProblem, nearest, type ParsedFlags, parseFlags, readVersion } from "../config.ts";
import type { Clock } from "../model/clock.ts";
import { visibleLines } from "../visible.ts";
import { capture } from "./capture.ts";
import { checkConfig } from "./checkConfig.ts";
import { type Command, type CommandContext, type Output, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { commonFlags, formatCommandHelp, formatOverview } from "./help.ts";
import type { Lifetime } from "./lifetime.ts";
import { notifyTest } from "./notifyTest.ts";
import { once } from "./once.ts";
import { pushTest } from "./pushTest.ts";
import { record } from "./record.ts";
import { redact } from "./redact.ts";
import { replay } from "./replay.ts";
import { search } from "./search.ts";
import { serve } from "./serve.ts";
import { silence } from "./silence.ts";
import { stress } from "./stress.ts";
import { token } from "./token.ts";

/** `culprit help [COMMAND]`: what `--help` prints, for those who try the word first. */
const help: Command = {
  name: "help",
  usage: ["culprit help [COMMAND]"],
  summary: "Prints this, or what COMMAND does and takes.",
  flags: [],
  mostWords: 1,
  async run({ flags, out }) {
    const [name] = flags.positionals;
    out.write(name === undefined ? formatOverview(commands) : formatCommandHelp(findCommand(name)));
    return exitCodes.ok;
  },
};

/** All commands; the first one is meant when none is named. */
export const commands: readonly Command[] = [
  serve,
  once,
  capture,
  record,
  replay,
  search,
  checkConfig,
  redact,
  token,
  notifyTest,
  pushTest,
  silence,
  stress,
  help,
];

/** What a run is given. */
export interface RunOptions {
  /** The words behind `culprit`. */
  readonly argv: readonly string[];
  readonly input?: CommandContext["input"];
  readonly out: Output;
  readonly err: Output;
  readonly lifetime: Lifetime;
  readonly clock: Clock;
}

async function* nothing(): AsyncGenerator<string> {}

/** Runs a command line; the result is the exit code. */
export async function runCommandLine({ argv, input = nothing, out, err, lifetime, clock }: RunOptions): Promise<number> {
  try {
    const flags = parseFlags(argv, [
      ...new Map(commands.flatMap((one) => one.flags).map((flag) => [flag.name, flag])).values(),
      ...commonFlags,
    ]);
    const { command, words } = chooseCommand(flags.positionals);
    if (flags.values.has("help")) {
      out.write(words === undefined ? formatOverview(commands) : formatCommandHelp(command));
      return exitCodes.ok;
    }
    if (flags.values.has("version")) {
      out.write(`culprit, version ${readVersion()} (node ${process.versions.node}, ${process.platform}/${process.arch})\n`);
      return exitCodes.ok;
    }
    const checked = forCommand(command, { ...flags, positionals: words ?? [] });
    return await command.run({ flags: checked, input, out, err, lifetime, clock });
  } catch (error) {
    if (error instanceof ConfigError) for (const problem of error.problems) err.write(`culprit: ${formatProblem(problem)}\n`);
    else if (error instanceof UsageError) err.write(`culprit: ${visibleLines(error.message)}\n`);
    else throw error;
    return exitCodes.usage;
  }
}

/** `words` is what follows the command's name, and absent when no command was named. */
function chooseCommand(positionals: readonly string[]): { readonly command: Command; readonly words?: readonly string[] } {
  const [name, ...words] = positionals;
  return name === undefined ? { command: serve } : { command: findCommand(name), words };
}

/** @throws UsageError when there is none of that name */
function findCommand(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  const names = commands.map((one) => one.name);
  const meant = nearest(name, names);
  throw new UsageError(
    `unknown command ${name}; ${meant === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${meant}?`}`,
  );
}

/** Refuses what only other commands take. @throws ConfigError, UsageError */
function forCommand(command: Command, flags: ParsedFlags): ParsedFlags {
  const own = new Set(command.flags.map(({ name }) => name));
  const foreign = [...flags.values.keys()].filter((name) => !own.has(name));
  const problems = foreign.map((name) => {
    const takers = commands.filter((one) => one.flags.some((flag) => flag.name === name)).map((one) => `culprit ${one.name}`);
    return { key: `--${name}`, message: `culprit ${command.name} does not take it; it belongs to ${takers.join(", ")}` };
  });
  if (flags.problems.length + problems.length > 0) throw new ConfigError([...flags.problems, ...problems]);
  const unexpected = flags.positionals[command.mostWords];
  if (unexpected !== undefined) throw new UsageError(`unexpected ${JSON.stringify(unexpected)}; expected ${command.usage.join(" or ")}`);
  return flags;
}
