/** `commands/*.txt`: what the tools that every administrator knows say of the machine. */
import { type CommandOutcome, type CommandSpec, type CommandSurroundings, runCommand } from "../command.ts";
import { textContent } from "../content.ts";
import { cleanText, hiderOf } from "../hideSecrets.ts";
import type { NowPart, PartFile } from "../part.ts";
import type { ProcessTable } from "../processTable.ts";

/** A program, and whether it shows the arguments of others. */
export interface DiagnosticCommand extends CommandSpec {
  readonly showsCommandLines: boolean;
}

const sizeLimitBytes = 1024 * 1024;

/** What is run where it is installed. */
export const defaultCommands: readonly DiagnosticCommand[] = [
  { name: "top", argv: ["top", "-b", "-n", "1"], timeLimitSeconds: 10, sizeLimitBytes, showsCommandLines: true },
  { name: "ps", argv: ["ps", "auxwwf"], timeLimitSeconds: 10, sizeLimitBytes, showsCommandLines: true },
  { name: "free", argv: ["free", "-h"], timeLimitSeconds: 10, sizeLimitBytes, showsCommandLines: false },
  { name: "df", argv: ["df", "-h"], timeLimitSeconds: 10, sizeLimitBytes, showsCommandLines: false },
  { name: "vmstat", argv: ["vmstat", "1", "5"], timeLimitSeconds: 15, sizeLimitBytes, showsCommandLines: false },
];

/** What the part needs. */
export interface CommandsPartOptions {
  readonly commands: readonly DiagnosticCommand[];
  readonly surroundings: CommandSurroundings;
  readonly readProcessTable: () => Promise<ProcessTable>;
}

/** A machine in trouble is not helped by five more programs at once. */
const atOnce = 3;

/** Runs the programs, a few at a time, and keeps what they say once it is clean. */
export function commandsPart({ commands, surroundings, readProcessTable }: CommandsPartOptions): NowPart {
  return {
    name: "commands",
    when: "now",
    external: true,
    async run({ processTable }, signal) {
      const before = await tableOrNothing(processTable);
      const outcomes = await inParallel(commands, atOnce, async (command) => ({
        command,
        outcome: await runCommand(command, surroundings, signal),
      }));
      // a process that began after the first look may stand in their output with its secrets
      const after = await tableOrNothing(readProcessTable);
      const tables = [before, after].filter((table) => table !== undefined);
      const secretsKnown = tables.length === 2 && tables.every((table) => table.secretsComplete);
      const hide = hiderOf(tables.flatMap((table) => table.secrets));
      const files: PartFile[] = [];
      for (const { command, outcome } of outcomes) files.push(await fileOf(command, outcome, secretsKnown, hide));
      return files;
    },
  };
}

async function fileOf(
  { name, showsCommandLines }: DiagnosticCommand,
  outcome: CommandOutcome,
  secretsKnown: boolean,
  hide: (text: string) => string,
): Promise<PartFile> {
  const { output, ...facts } = outcome;
  const file = { name: `commands/${name}.txt`, ...facts };
  if (output === "") return file;
  if (showsCommandLines && !secretsKnown) {
    return { ...file, result: "failed", reason: "withheld: not all command lines could be read, so their secrets are not known" };
  }
  return { ...file, content: textContent(await cleanText(output, hide)) };
}

async function tableOrNothing(read: () => Promise<ProcessTable>): Promise<ProcessTable | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

/** Results in the order of the items. */
async function inParallel<Item, Result>(items: readonly Item[], limit: number, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
