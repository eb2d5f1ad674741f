/** `culprit redact`: what would Culprit keep of these lines? */
import { configFlags, loadConfig } from "../config.ts";
import { createRedactor, type Redactor } from "../redact/redactor.ts";
import type { Command } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { keyBlocks, linesOf } from "./inputLines.ts";

/** The command. */
export const redact: Command = {
  name: "redact",
  usage: ["culprit redact [--json] [--config.file=FILE] < FILE"],
  summary:
    "Reads lines from standard input and writes what Culprit would keep of each, so that you can check your own command lines and logs. " +
    "Exits with 1 when a line was no JSON.",
  flags: [
    { name: "json", help: "Each line is JSON: a string is a text, an array of strings an argument list; so are the answers." },
    ...configFlags.filter(({ name }) => name === "config.file"),
  ],
  mostWords: 0,
  async run({ flags, input, out, err }) {
    const redactor = createRedactor(loadConfig({ flags }).redact);
    if (!flags.values.has("json")) {
      // a private key is the one secret that no line shows by itself
      for await (const block of keyBlocks(linesOf(input()))) out.write(`${redactor.text(block)}\n`);
      return exitCodes.ok;
    }
    let number = 0;
    let code: number = exitCodes.ok;
    for await (const line of linesOf(input())) {
      number++;
      const answer = answerTo(line, redactor);
      // an answer for every line, so that they can be told apart
      out.write(`${JSON.stringify(answer.kept)}\n`);
      if (answer.problem === undefined) continue;
      err.write(`culprit: line ${number}: ${answer.problem}\n`);
      code = exitCodes.failure;
    }
    return code;
  },
};

interface Answer {
  readonly kept: string | readonly string[] | null;
  readonly problem?: string;
}

/** The line itself is not quoted in a problem: it may hold a secret. */
function answerTo(line: string, redactor: Redactor): Answer {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kept: null, problem: "no JSON; expected a string or an array of strings" };
  }
  if (typeof value === "string") return { kept: redactor.text(value) };
  if (isArguments(value)) return { kept: redactor.argumentList(value).arguments };
  return { kept: null, problem: `expected a string or an array of strings, not ${kindOf(value)}` };
}

function isArguments(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array that holds something else" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
