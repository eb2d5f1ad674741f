/** One thing that was asked about a process: what is known of it, or why it is not. */
import { codeOf, reasonOf } from "../../model/errors.ts";
import { isDenied, isGone } from "../../procfs/errors.ts";

import type { Answer } from "../../slowReads/slowReads.ts";

/** Known, or missing for a reason. `cut`: known only in part. */
export type Reading<Value> =
  | { readonly value: Value; readonly cut?: string; readonly missing?: never }
  | { readonly missing: string; readonly value?: never; readonly cut?: never };

/** Asks, and puts what the kernel says instead of an answer into words. */
export function reading<Value>(ask: () => Value): Reading<Value> {
  try {
    return { value: ask() };
  } catch (error) {
    return { missing: whyMissing(error) };
  }
}

/** The same for what is read asynchronously. */
export async function laterReading<Value>(ask: () => Promise<Value>): Promise<Reading<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { missing: whyMissing(error) };
  }
}

/** The same for the answer of a helper, which may not come. */
export function answerReading<Value>(answer: Answer | undefined, parse: (bytes: Buffer) => Value): Reading<Value> {
  if (answer?.bytes !== undefined) {
    const { bytes } = answer;
    return reading(() => parse(bytes));
  }
  return { missing: answer?.error === undefined ? (answer?.silent ?? "it was not asked for") : whyMissing(answer.error) };
}

/** For a person who wonders why something is not there. */
function whyMissing(error: unknown): string {
  if (isDenied(error)) return `not allowed to read it (${codeOf(error)}): it needs root, or CAP_SYS_PTRACE`;
  if (isGone(error)) return "not there: the process has ended, or this kernel does not tell";
  return reasonOf(error);
}
