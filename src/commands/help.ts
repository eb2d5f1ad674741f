/** What `--help` prints: only what works. */
import type { FlagDefinition } from "../config.ts";
import type { Command } from "./command.ts";

/** Flags that every command has. */
export const commonFlags: readonly FlagDefinition[] = [
  { name: "help", short: "h", help: "Prints this." },
  { name: "version", help: "Prints the version." },
];

/** The overview. */
export function formatOverview(commands: readonly Command[]): string {
  const first = commands[0];
  return [
    "Culprit names the process behind every spike: a Prometheus exporter with a flight recorder.",
    "",
    "Usage:",
    ...commands.flatMap(({ usage }) => usage.map((line) => `  ${line}`)),
    "",
    "Commands (culprit COMMAND --help tells more):",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Flags:",
    ...flagLines([...(first?.flags ?? []), ...commonFlags]),
    "",
  ].join("\n");
}

/** The help of one command. */
export function formatCommandHelp({ usage, summary, flags }: Command): string {
  return ["Usage:", ...usage.map((line) => `  ${line}`), "", summary, "", "Flags:", ...flagLines([...flags, ...commonFlags]), ""].join(
    "\n",
  );
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
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
