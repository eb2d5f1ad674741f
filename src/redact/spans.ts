/** Stretches of a text that must go, and how they go. */

/** From `start` up to, not including, `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What stands where a secret stood. */
export const mask = "***";

/** A text without its secrets, and the secrets. */
export interface CutText {
  readonly text: string;
  readonly secrets: readonly string[];
}

/** Replaces every span by the mask; spans that overlap or touch become one. */
export function cutSpans(text: string, spans: readonly Span[]): CutText {
  if (spans.length === 0) return { text, secrets: [] };
  const secrets: string[] = [];
  let result = "";
  let done = 0;
  for (const { start, end } of mergeSpans(spans)) {
    result += text.slice(done, start) + mask;
    secrets.push(text.slice(start, end));
    done = end;
  }
  return { text: result + text.slice(done), secrets };
}

/** Adds more of them; nearly always there are none, and a spread costs the same then. */
export function addSpans(spans: Span[], more: readonly Span[]): void {
  for (const span of more) spans.push(span);
}

/** Sorts spans and joins those that overlap or touch. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const [only] = spans;
  if (only === undefined || (spans.length === 1 && only.end > only.start)) return spans;
  const sorted = spans.filter((span) => span.end > span.start).sort((a, b) => a.start - b.start);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else merged.push(span);
  }
  return merged;
}
