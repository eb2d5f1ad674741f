/** `redact`: how much is cut out of command lines and texts, and one's own patterns for it. */
import { z } from "zod";
import type { PatternFinder } from "../redact/rules.ts";
import type { Span } from "../redact/spans.ts";
import { oneOf } from "./fields.ts";
import { type LinearPattern, patternField } from "./pattern.ts";

/** The levels, as the file has them. */
const redactLevels = ["known", "careful", "names"] as const;

/** The keys of the section. */
export const redactKeys = () => ({
  level: oneOf(redactLevels).optional(),
  patterns: z.array(redactPattern()).optional(),
});

/** A pattern that finds secrets: what its first group has found, or all of it where it has no group. */
function redactPattern() {
  const refusal = (pattern: LinearPattern) => (pattern.test("") ? "it fits the empty text, so it would fit everywhere" : undefined);
  return patternField(refusal).transform(finderOf);
}

function finderOf(pattern: LinearPattern): PatternFinder {
  return (line) => pattern.spansIn(line).filter(({ start, end }: Span) => end > start);
}
