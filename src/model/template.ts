/** Texts with placeholders, such as `{{subject}}` or `{{json text}}`: without logic, so that a glance says what comes out of them. */

/** What a placeholder can stand for. */
export const placeholderNames = ["subject", "headline", "text", "status", "action", "server", "verdict", "id", "page", "archive"] as const;

/** One of these. */
export type PlaceholderName = (typeof placeholderNames)[number];

/** A part of a message, or a secret by its name; written as it is, or as a JSON string with its quotes. */
type Placeholder = { readonly asJson: boolean } & ({ readonly value: PlaceholderName } | { readonly secret: string });

/** Texts and what stands between them. */
export type Template = readonly (string | Placeholder)[];

const placeholder = /\{\{([^{}]*)\}\}/;

/** Takes a text apart. `unknown` are the placeholders that stand for nothing, as they are written; the template has them as text. */
export function parseTemplate(
  text: string,
  secretNames: readonly string[],
): { readonly template: Template; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  // with a group in the separator every second piece is what stands between the braces
  const pieces = text.split(placeholder).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const found = placeholderOf(piece.trim().split(/\s+/), secretNames);
    if (found === undefined) unknown.push(`{{${piece}}}`);
    return found ?? `{{${piece}}}`;
  });
  return { template: pieces.filter((piece) => piece !== ""), unknown };
}

function placeholderOf(words: readonly string[], secretNames: readonly string[]): Placeholder | undefined {
  const asJson = words[0] === "json";
  const [first, second, ...more] = asJson ? words.slice(1) : words;
  if (more.length > 0) return undefined;
  if (first === "secret" && second !== undefined) return secretNames.includes(second) ? { asJson, secret: second } : undefined;
  const value = placeholderNames.find((name) => name === first);
  return value === undefined || second !== undefined ? undefined : { asJson, value };
}

/** Puts the texts in. */
export function fillTemplate(template: Template, textOf: (placeholder: Placeholder) => string): string {
  return template
    .map((part) => {
      if (typeof part === "string") return part;
      return part.asJson ? JSON.stringify(textOf(part)) : textOf(part);
    })
    .join("");
}
