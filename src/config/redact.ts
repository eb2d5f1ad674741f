/** `redact`: how much is cut out of command lines and texts, and one's own patterns for it. */
import { z } from "zod";
import type { PatternFinder } from "../redact/rules.ts";
import type { Span } from "../redact/spans.ts";
import { oneOf } from "./fields.ts";
import { LinearPattern, parsePattern } from "./pattern.ts";

/** The levels, as the file has them. */
const redactLevels = ["known", "careful", "names"] as const;

/** The keys of the section. */
export const redactKeys = () => ({
  level: oneOf(redactLevels).optional(),
  patterns: z.array(redactPattern()).optional(),
});

/** A pattern that finds secrets: what its first group has found, or all of it where it has no group. */
function redactPattern(): z.ZodType<PatternFinder, unknown> {
  return z.unknown().transform((value, context) => {
    const result = typeof value === "string" && value !== "" ? parsePattern(value) : { reason: "" };
    if (result instanceof LinearPattern && !result.test("")) return finderOf(result);
    const reason = result instanceof LinearPattern ? "it fits the empty text, so it would fit everywhere" : result.reason;
    context.addIssue({ code: "custom", message: `expected a regular expression${reason === "" ? "" : ` (${reason})`}` });
    return z.NEVER;
  });
}

function finderOf(pattern: LinearPattern): PatternFinder {
  return (line) => pattern.spansIn(line).filter(({ start, end }: Span) => end > start);
}
