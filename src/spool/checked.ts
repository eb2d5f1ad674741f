/** What was stored, checked when it is read again: another version of Culprit may have written it. */
import type { z } from "zod";

/** Holds it against its schema. @throws with the first thing that is wrong */
export function checked<Value>(schema: z.ZodType<Value>, json: unknown): Value {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`${issue?.path.join(".") || "the content"}: ${issue?.message ?? "not understood"}`);
}
