/** All rules for one line of text, and the cheap test that spares most lines the rules. */
import { assignmentSpans } from "./assignments.ts";
import { textCommands } from "./commands.ts";
import { flagSpans } from "./flags.ts";
import { formSpans } from "./forms.ts";
import { headerSpans } from "./headers.ts";
import { insertedSpans } from "./insertedRows.ts";
import { netSpans } from "./net.ts";
import { pairedLineSpans } from "./pairedLines.ts";
import { pemSpans } from "./pem.ts";
import { namesProgram } from "./programs/tables.ts";
import { mayBeRandom, scan } from "./scan.ts";
import { shapeSpans } from "./shapes.ts";
import { addSpans, type CutText, cutSpans, type Span } from "./spans.ts";
import { urlSpans } from "./urls.ts";

/** Somebody's own pattern: where it finds something in a line. */
export type PatternFinder = (line: string) => readonly Span[];

/** Which rules apply beside the tables. */
export interface Rulebook {
  /** The last net, for generated values that no table knows. */
  readonly net: boolean;
  /** Of a command line only the names of programs and sub-commands are kept. */
  readonly namesOnly: boolean;
  readonly patterns: readonly PatternFinder[];
}

const mostRounds = 6;

/** False when no rule can find anything in the text; the great majority of lines ends here. */
export function mayHoldSecrets(text: string, { patterns }: Rulebook): boolean {
  return scan(text) !== 0 || namesProgram(text) || patterns.some((find) => find(text).length > 0);
}

/** What all rules find in one line. */
export function lineSpans(line: string, rulebook: Rulebook): Span[] {
  const commands = textCommands(line);
  const spans = commands.spans;
  addSpans(spans, spansByName(line, commands));
  addSpans(spans, spansByLooks(line, rulebook, commands.programs));
  return spans;
}

/** What names, headers, addresses and forms give away; `commands` are those of the line. */
export function spansByName(line: string, { harmless }: { readonly harmless: Pick<ReadonlySet<number>, "has"> }): Span[] {
  // a plain word says nothing by itself
  if (!/[=:@%<|\s"']/.test(line) || scan(line) === 0) return [];
  const spans = assignmentSpans(line, harmless);
  addSpans(spans, flagSpans(line, harmless));
  addSpans(spans, urlSpans(line));
  addSpans(spans, headerSpans(line));
  addSpans(spans, formSpans(line));
  if (/values/i.test(line)) addSpans(spans, insertedSpans(line));
  return spans;
}

/** What is a secret by its looks, and what somebody's own patterns find. */
export function spansByLooks(line: string, { net, patterns }: Rulebook, programs: readonly Span[]): Span[] {
  const spans: Span[] = [];
  for (const find of patterns) addSpans(spans, find(line));
  if ((scan(line) & mayBeRandom) === 0) return spans;
  addSpans(spans, shapeSpans(line));
  if (net) addSpans(spans, netSpans(line, programs));
  return spans;
}

/** A text without its secrets, line by line; only private keys and a name with its value reach over several. */
export function cutText(text: string, rulebook: Rulebook): CutText {
  const blocks = cutSpans(text, text.includes("\n") ? [...pemSpans(text), ...pairedLineSpans(text)] : pemSpans(text));
  const parts = blocks.text.split("\n");
  // Callers that pass one line have checked the hints already.
  const lines = parts.map((line) =>
    parts.length === 1 || mayHoldSecrets(line, rulebook) ? cutLine(line, rulebook) : { text: line, secrets: [] },
  );
  return { text: lines.map((line) => line.text).join("\n"), secrets: [...blocks.secrets, ...lines.flatMap((line) => line.secrets)] };
}

/** What a cut brings side by side may read as a secret again, hence the rounds. */
function cutLine(line: string, rulebook: Rulebook): CutText {
  let cut = cutSpans(line, lineSpans(line, rulebook));
  const secrets = [...cut.secrets];
  for (let round = 1; round < mostRounds && cut.secrets.length > 0; round++) {
    cut = cutSpans(cut.text, lineSpans(cut.text, rulebook));
    secrets.push(...cut.secrets);
  }
  return { text: cut.text, secrets };
}
