/** What `--help` prints: only what works, and no line is wider than the narrowest terminal that people use. */
import type { FlagDefinition } from "../config.ts";
import type { Command } from "./command.ts";

/** Flags that every command has. */
export const commonFlags: readonly FlagDefinition[] = [
  { name: "help", short: "h", help: "Prints this." },
  { name: "version", help: "Prints the version." },
];

/** No line is longer than this, in characters. */
const lineWidth = 80;

/** What is longer than this stands on a line of its own, with its text below. */
const widestLeft = 26;

/** The overview. */
export function formatOverview(commands: readonly Command[]): string {
  const first = commands[0];
  return [
    ...wrapped("Culprit names the process behind every spike: a Prometheus exporter with a flight recorder."),
    "",
    "Usage:",
    ...commands.flatMap(usageLines),
    "",
    "Commands (culprit help COMMAND tells more):",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Flags:",
    ...flagLines([...(first?.flags ?? []), ...commonFlags]),
    "",
  ].join("\n");
}

/** The help of one command. */
export function formatCommandHelp(command: Command): string {
  const { summary, flags } = command;
  return ["Usage:", ...usageLines(command), "", ...wrapped(summary), "", "Flags:", ...flagLines([...flags, ...commonFlags]), ""].join("\n");
}

function usageLines({ usage }: Command): readonly string[] {
  return usage.flatMap((line) => wrapped(line, "  ", "      "));
}

function flagLines(flags: readonly FlagDefinition[]): readonly string[] {
  return columns(
    flags.map(({ name, value, help, short }) => {
      const long = `--${name}${value === undefined ? "" : `=${value}`}`;
      return [short === undefined ? long : `-${short}, ${long}`, help];
    }),
  );
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length).filter((length) => length <= widestLeft));
  const indent = " ".repeat(width + 4);
  return rows.flatMap(([left, right]) => {
    if (left.length > width) return [`  ${left}`, ...wrapped(right, indent)];
    return wrapped(right, `  ${left.padEnd(width)}  `, indent);
  });
}

/** Breaks a text between words; its first line begins with `first` and the others with `rest`. */
function wrapped(text: string, first = "", rest = first): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
