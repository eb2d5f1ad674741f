/** Cuts the secrets out of what scripts leave for the next scrape: they write command lines and addresses into labels. */
import { defined } from "../model/defined.ts";
import type { ParsedFamily } from "./textFormat.ts";

/** The families without secrets in their labels and help; `hide` cuts them out of a text. */
export function withoutSecrets(families: readonly ParsedFamily[], hide: (text: string) => string): readonly ParsedFamily[] {
  const labels = new ShownLabels(hide);
  return families.map((family) =>
    defined({
      ...family,
      help: family.help === undefined ? undefined : hide(family.help),
      points: family.points.map((point) => ({ ...point, labels: labels.of(point.labels) })),
    }),
  );
}

/** What is shown of the labels of one file: each value is looked at once, and two that differ stay two, or their series would be one. */
class ShownLabels {
  readonly #hide: (text: string) => string;
  readonly #byName = new Map<string, { readonly shown: Map<string, string>; readonly taken: Set<string> }>();

  constructor(hide: (text: string) => string) {
    this.#hide = hide;
  }

  of(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, this.#valueOf(name, value)]));
  }

  #valueOf(name: string, value: string): string {
    const known = this.#byName.get(name) ?? { shown: new Map<string, string>(), taken: new Set<string>() };
    this.#byName.set(name, known);
    const before = known.shown.get(value);
    if (before !== undefined) return before;
    const cut = this.#cut(name, value);
    let shown = cut;
    for (let number = 2; cut !== value && known.taken.has(shown); number++) shown = `${cut} ${number}`;
    known.taken.add(shown);
    known.shown.set(value, shown);
    return shown;
  }

  /** As a text of its own, and as the value of a variable with the label's name, which may say what it is. */
  #cut(name: string, value: string): string {
    const text = this.#hide(value);
    const quote = text.includes('"') ? "" : '"';
    const start = `${name}=${quote}`;
    const line = this.#hide(`${start}${text}${quote}`);
    return line.startsWith(start) && line.endsWith(quote) ? line.slice(start.length, line.length - quote.length) : text;
  }
}
