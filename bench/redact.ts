/**
 * What it costs to cut the secrets out of a command line, beside a plain look at its words, and how large the tables are.
 *
 *     npm run bench -- redact [--rounds 15] [FILE]
 *
 * FILE has lines as `culprit redact --json` takes them; without it the lists of the tests are used.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { programCount } from "../src/redact/programs/tables.ts";
import { carefulRedactor } from "../src/redact/redactor.ts";
import { readCases } from "../test/redact/support/cases.ts";
import { spreadOf } from "./lib/numbers.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: "string", default: "15" } } });
const rounds = Number(values.rounds);

/** What every process of a quiet machine is like. */
const quiet: readonly (readonly string[])[] = [
  ["/usr/lib/systemd/systemd", "--switched-root", "--system", "--deserialize=31"],
  ["/usr/sbin/sshd", "-D"],
  ["nginx: worker process"],
  ["/usr/sbin/cron", "-f"],
  ["java", "-Xms4g", "-Xmx4g", "-jar", "/opt/app/app.jar"],
  ["node", "/srv/shop/server.js", "--port", "3000"],
  ["postgres: walwriter"],
];

type Line = readonly string[] | string;

function linesOf(file: string | undefined): Readonly<Record<string, readonly Line[]>> {
  if (file !== undefined) {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return { [file]: lines.map((line) => JSON.parse(line) as Line) };
  }
  const of = (name: string) => readCases(name).flatMap(({ cases }) => cases);
  const secrets = of("secrets.txt");
  const harmless = of("harmless.txt");
  return {
    "command lines with a secret": secrets.flatMap(({ argv }) => (argv === undefined ? [] : [argv])),
    "harmless command lines": harmless.flatMap(({ argv }) => (argv === undefined ? [] : [argv])),
    "quiet processes": quiet,
    "lines of text with a secret": secrets.flatMap(({ argv, text }) => (argv === undefined ? [text] : [])),
    "harmless lines of text": harmless.flatMap(({ argv, text }) => (argv === undefined ? [text] : [])),
  };
}

function redact(line: Line): unknown {
  return typeof line === "string" ? carefulRedactor.text(line) : carefulRedactor.argumentList(line);
}

/** The least that anybody would do: take it apart and ask of each word whether it has to do with a secret. */
function plainLook(line: Line): unknown {
  const text = typeof line === "string" ? line : line.join(" ");
  return text.split(/\s+/).filter((word) => /pass|secret|token|key/i.test(word)).length;
}

/** CPU microseconds a line. */
function microsecondsOf(work: (line: Line) => unknown, lines: readonly Line[]): number {
  const before = process.cpuUsage();
  let count = 0;
  while (count < 4000) for (const line of lines) if (++count > 0) work(line);
  return process.cpuUsage(before).user / count;
}

console.log(`${programCount} programs in the tables\n`);
console.log("| lines | microseconds a line | x a plain look at its words |\n| --- | --- | --- |");
for (const [name, lines] of Object.entries(linesOf(positionals[0]))) {
  microsecondsOf(redact, lines);
  microsecondsOf(plainLook, lines);
  const pairs = Array.from({ length: rounds }, () => [microsecondsOf(redact, lines), microsecondsOf(plainLook, lines)] as const);
  const own = spreadOf(pairs.map(([one]) => one))?.median ?? 0;
  const ratio = spreadOf(pairs.map(([one, other]) => one / other))?.median ?? 0;
  console.log(`| ${name} (${lines.length}) | ${own.toFixed(1)} | ${ratio.toFixed(1)} |`);
}
