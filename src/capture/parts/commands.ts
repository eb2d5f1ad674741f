/** `commands/*.txt`: what the tools that every administrator knows say of the machine. */
import { basename } from "node:path";
import { defined } from "../../model/defined.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { visible } from "../../visible.ts";
import { type CommandOutcome, type CommandSurroundings, notInstalled, runCommand } from "../making/command.ts";
import { textContent } from "../making/content.ts";
import { fewAtOnce } from "../making/fewAtOnce.ts";
import { cleanText } from "../making/hideSecrets.ts";
import { maskOf } from "../making/knownSecrets.ts";
import type { NowPart, PartFile } from "../making/part.ts";
import type { ProcessList } from "../making/processList.ts";
import type { DiagnosticCommand } from "./commandList.ts";

interface CommandsPartOptions {
  readonly commands: readonly DiagnosticCommand[];
  /** Those that only the archive of a crash has, before the others. */
  readonly afterCrash?: readonly DiagnosticCommand[];
  readonly surroundings: CommandSurroundings;
  readonly readProcessList: () => Promise<ProcessList>;
  readonly redactor: Redactor;
}

/** A machine in trouble is not helped by fifteen more programs at once. */
const pace = { atOnce: 3, slowAfterSeconds: 1, atMost: 6 };

/** All of them together: what still runs then is stopped, what has not begun is left out. */
const allWithinSeconds = 30;
/** A person waits: what answers answers in a few seconds, and an archive of what hangs is not worth a minute. */
const personWithinSeconds = 10;

const longestReason = 1000;

/** What became of a command, or of the one that was run in its place. */
interface Done {
  readonly command: DiagnosticCommand;
  readonly outcome: CommandOutcome;
}

/** Runs the programs, a few at a time, and keeps what they say once it is clean. */
export function commandsPart({ commands, afterCrash = [], surroundings, readProcessList, redactor }: CommandsPartOptions): NowPart {
  return {
    name: "commands",
    when: "now",
    external: true,
    pieces: commands.length,
    async run({ processList, request, onPiece }, signal) {
      const before = await listOrNothing(processList);
      const withinSeconds = request.origin === "manual" ? personWithinSeconds : allWithinSeconds;
      // of the boot before: no piece of what a person sees the progress of
      const earlier = request.origin === "crash" ? await runAll(afterCrash, surroundings, signal, withinSeconds, undefined) : [];
      const all = [...earlier, ...(await runAll(commands, surroundings, signal, withinSeconds, onPiece))];
      // a process that began after the first look may stand in their output with its secrets
      const after = await listOrNothing(readProcessList);
      const lists = [before, after].filter((list) => list !== undefined);
      const secretsKnown = lists.length === 2 && lists.every((list) => list.secretsComplete);
      // the user's own commands were seen by `ps`, and may be in neither list
      const own = commands.map(({ name, argv }) => ({ names: [name, basename(argv[0])], secrets: redactor.commandLine(argv).secrets }));
      const mask = maskOf([...lists.flatMap((list) => list.secrets), ...own]);
      const clean = (text: string) => cleanText(text, mask, redactor);
      const files: PartFile[] = [];
      for (const done of all) files.push(await fileOf(done, secretsKnown, clean));
      return files;
    },
  };
}

async function runAll(
  commands: readonly DiagnosticCommand[],
  surroundings: CommandSurroundings,
  signal: AbortSignal,
  withinSeconds: number,
  onPiece: (() => void) | undefined,
): Promise<readonly Done[]> {
  const { clock } = surroundings;
  const limit = new AbortController();
  const cancel = clock.after(withinSeconds, () => limit.abort(new Error(`all commands together had ${withinSeconds} s`)));
  const either = AbortSignal.any([signal, limit.signal]);
  try {
    return await fewAtOnce(commands, { ...pace, clock }, (command) => runInstalled(command, surroundings, either).finally(onPiece));
  } finally {
    cancel();
  }
}

/** Runs the command, or what there is in its place. */
async function runInstalled(command: DiagnosticCommand, surroundings: CommandSurroundings, signal: AbortSignal): Promise<Done> {
  const outcome = await runCommand(command, surroundings, signal);
  const { orElse } = command;
  if (orElse === undefined || outcome.reason !== notInstalled) return { command, outcome };
  const other = await runInstalled(orElse, surroundings, signal);
  if (other.outcome.reason !== notInstalled) return other;
  return { command, outcome: { ...outcome, reason: `neither ${command.argv[0]} nor ${orElse.argv[0]} is installed` } };
}

async function fileOf({ command, outcome }: Done, secretsKnown: boolean, clean: (text: string) => Promise<string>): Promise<PartFile> {
  const { output, errorOutput, ...facts } = outcome;
  const file = { name: `commands/${command.name}.txt`, ...facts };
  if (output === "" && errorOutput === "") return file;
  if (command.showsCommandLines && !secretsKnown) {
    return { ...file, result: "failed", reason: "withheld: not all command lines could be read, so their secrets are not known" };
  }
  const said = await clean(output);
  const complaints = await clean(errorOutput);
  const reason = facts.result === "failed" ? reasonWith(facts.reason, complaints) : facts.reason;
  return defined({ ...file, reason, content: textContent(joined(said, complaints)) });
}

/** The standard error of a failed program says more than its exit code. */
function reasonWith(reason: string | undefined, complaints: string): string {
  const lines = complaints.split("\n").flatMap((line) => visible(line).trim() || []);
  const text = [reason, lines.join("; ")].filter((part) => part !== undefined && part !== "").join(": ");
  return text.length > longestReason ? `${text.slice(0, longestReason)}...` : text;
}

function joined(said: string, complaints: string): string {
  if (complaints === "") return said;
  return `${said}${said === "" || said.endsWith("\n") ? "" : "\n"}--- standard error ---\n${complaints}`;
}

async function listOrNothing(read: () => Promise<ProcessList>): Promise<ProcessList | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
