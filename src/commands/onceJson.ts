/**
 * What `culprit once --json` prints. Its shape is a promise (docs/once.md): fields are added, never renamed or taken away, as long as
 * `schemaVersion` stays what it is. What is unknown is absent.
 */
import { defined } from "../model/defined.ts";
import type { CaptureResult } from "./captureNow.ts";
import type { OnceView } from "./onceView.ts";

const schemaVersion = 1;

/** A capture, and what it was made for. */
interface CapturedNow extends CaptureResult {
  readonly reasons: readonly string[];
}

/** The document, as indented JSON. */
export function renderJson(view: OnceView, captured?: CapturedNow): string {
  const { hostname, takenAtMs, seconds, pastSeconds, figures, judgement, spikes, lines, notes = [], lookBack } = view;
  const document = defined({
    schemaVersion,
    host: hostname,
    fromMs: lookBack?.fromMs,
    takenAtMs,
    seconds: rounded(seconds),
    pastSeconds,
    figures,
    source: lookBack?.source,
    notes: notes.length === 0 ? undefined : notes,
    verdict: judgement === undefined ? undefined : verdictOf(judgement),
    spikes,
    events: lookBack?.events,
    lines: lines.map(({ id: _, ...line }) => line),
    capture: captured,
  });
  return `${JSON.stringify(document, (_, value: unknown) => (typeof value === "number" ? rounded(value) : value), 2)}\n`;
}

/** What the shares are shares of is said in any case here. */
function verdictOf({ resource, aspect, verdict }: NonNullable<OnceView["judgement"]>) {
  const { sentence, shares, basis = "rise" } = verdict;
  return defined({ resource, aspect, basis, sentence, shares });
}

/** More digits than these are noise. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
