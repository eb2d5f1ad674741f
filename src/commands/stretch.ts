/** `--at`, `--from`, `--to` and `--seconds`: which stretch of the past is looked at. Pure. */
import type { ParsedFlags } from "../config.ts";
import { type MomentContext, momentForms, parseMoment } from "../model/moment.ts";
import { type Command, UsageError } from "./command.ts";

/** A stretch of time. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The flags that lead into the past. */
export const stretchFlags: Command["flags"] = [
  { name: "at", value: "WHEN", help: `Looks back at the minute around a moment: ${momentForms}. A time without a zone is local.` },
  { name: "from", value: "WHEN", help: "Looks back at a stretch of any length that begins here." },
  { name: "to", value: "WHEN", help: "Where that ends; without it where the recording ends." },
];

/** So much around a moment is looked at. */
const usualSeconds = 60;

/** Whether it is the past that is asked for. */
export function isAboutPast({ values }: ParsedFlags): boolean {
  return stretchFlags.some(({ name }) => values.has(name));
}

/** The stretch; `lastMs` is where the recording ends, as far as that is known. @throws UsageError */
export function readStretch(flags: ParsedFlags, context: MomentContext, lastMs = context.nowMs): Stretch {
  const [at, from, to] = ["at", "from", "to"].map((name) => readMoment(flags, name, context));
  if (at !== undefined) {
    if (from !== undefined || to !== undefined) throw new UsageError("--at: expected either --at, or --from and --to");
    const halfMs = (readSeconds(flags) ?? usualSeconds) * 500;
    return { fromMs: at - halfMs, toMs: at + halfMs };
  }
  if (flags.values.has("seconds")) throw new UsageError("--seconds: --from and --to say how long it is; it belongs to --at");
  if (from === undefined) throw new UsageError("--to: expected --from with it");
  if (to !== undefined && to <= from) throw new UsageError("--to: expected a moment after --from");
  return { fromMs: from, toMs: to ?? Math.max(lastMs, from + 1) };
}

/** How many seconds are to be looked at. @throws UsageError */
export function readSeconds({ values }: ParsedFlags): number | undefined {
  const text = values.get("seconds")?.[0];
  if (text === undefined) return undefined;
  const seconds = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= mostSeconds) return seconds;
  throw new UsageError(`--seconds: expected a number from 1 to ${mostSeconds}, got ${JSON.stringify(text)}`);
}

const mostSeconds = 3600;

/** A moment that a flag says. @throws UsageError */
export function readMoment({ values }: ParsedFlags, name: string, context: MomentContext): number | undefined {
  const text = values.get(name)?.[0];
  if (text === undefined) return undefined;
  const moment = parseMoment(text, context);
  if ("ms" in moment) return moment.ms;
  throw new UsageError(`--${name}: ${moment.problem}`);
}
