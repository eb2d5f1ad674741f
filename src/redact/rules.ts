/** All rules for one line of text, and the cheap test that spares most lines the rules. */
import { assignmentSpans } from "./assignments.ts";
import { flagSpans } from "./flags.ts";
import { headerSpans } from "./headers.ts";
import { nameHint } from "./names.ts";
import { pemSpans } from "./pem.ts";
import { shapeHint, shapeSpans, webhookHint } from "./shapes.ts";
import { type CutText, cutSpans, type Span } from "./spans.ts";
import { toolHint } from "./tools.ts";
import { urlSpans } from "./urls.ts";

const mostRounds = 6;

// Two patterns: matching without regard to case costs twice as much, and programs and keys have their case.
const hint = new RegExp(`${nameHint}|${webhookHint}|auth|identified|://|jdbc:|[?&](?:sig|code)|signature=`, "i");
const caseHint = new RegExp(`${toolHint}|${shapeHint}`);

/** False when no rule can find anything in the text; the great majority of lines ends here. */
export function mayHoldSecrets(text: string): boolean {
  return hint.test(text) || caseHint.test(text);
}

/** What all rules find in one line. */
export function lineSpans(line: string): Span[] {
  return [...assignmentSpans(line), ...flagSpans(line), ...urlSpans(line), ...headerSpans(line), ...shapeSpans(line)];
}

/** A text without its secrets, line by line; only private keys reach over several. */
export function cutText(text: string): CutText {
  const blocks = cutSpans(text, pemSpans(text));
  const parts = blocks.text.split("\n");
  // Whoever asks for one line has looked at the hints already.
  const lines = parts.map((line) => (parts.length === 1 || mayHoldSecrets(line) ? cutLine(line) : { text: line, secrets: [] }));
  return { text: lines.map((line) => line.text).join("\n"), secrets: [...blocks.secrets, ...lines.flatMap((line) => line.secrets)] };
}

/** What a cut brings side by side may read as a secret again, hence the rounds. */
function cutLine(line: string): CutText {
  let cut = cutSpans(line, lineSpans(line));
  const secrets = [...cut.secrets];
  for (let round = 1; round < mostRounds && cut.secrets.length > 0; round++) {
    cut = cutSpans(cut.text, lineSpans(cut.text));
    secrets.push(...cut.secrets);
  }
  return { text: cut.text, secrets };
}
