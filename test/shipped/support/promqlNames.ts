/** What an expression of PromQL speaks of: enough of its grammar to find the selectors and the names of labels. */

/** One selector: its metrics and what it asks of labels. */
export interface NamedSelector {
  readonly text: string;
  /** Metrics by their full name; a matcher of `__name__` may mean several. */
  readonly isNamed: (metric: string) => boolean;
  /** The name as it is written, where it is. */
  readonly metric: string | undefined;
  readonly labels: readonly string[];
}

const matcher = /([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g;
const listOfLabels = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const selector = /([A-Za-z_:][\w:]*)?\s*\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^}"'])*)\}|([A-Za-z_:][\w:]*)(?![\w:]|\s*[({])/g;
const words = new Set(["and", "or", "unless", "bool", "offset", "inf", "nan"]);

/** All selectors of an expression. */
export function selectorsOf(expression: string): readonly NamedSelector[] {
  const plain = expression.replaceAll(/\[[^\]]*\]|\boffset\s+-?\w+/g, " ").replaceAll(listOfLabels, " ");
  return [...plain.matchAll(selector)].flatMap(([text, before, inside = "", alone]) => {
    const metric = before ?? alone;
    if (metric !== undefined && words.has(metric.toLowerCase())) return [];
    const matchers = [...inside.matchAll(matcher)].map(([, name = "", operator, quoted = ""]) => ({
      name,
      operator,
      value: quoted.slice(1, -1),
    }));
    const byName = matchers.find(({ name }) => name === "__name__");
    const pattern = byName?.operator === "=~" ? new RegExp(`^(?:${byName.value})$`) : undefined;
    return [
      {
        text: text.trim(),
        metric: metric ?? (pattern === undefined ? byName?.value : undefined),
        isNamed: (name: string) => (pattern === undefined ? name === (metric ?? byName?.value) : pattern.test(name)),
        labels: matchers.map(({ name }) => name).filter((name) => name !== "__name__"),
      },
    ];
  });
}

/** The labels by which an expression groups and matches. */
export function groupingsOf(expression: string): readonly string[] {
  return [...expression.matchAll(listOfLabels)].flatMap(([, list = ""]) =>
    list
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  );
}

/** A query in a template of an annotation: the text for printf and the labels that go into it. */
export interface TemplateQuery {
  readonly format: string;
  readonly arguments: readonly string[];
}

/** The queries of a template, in the one form that is used here: {{ printf `...` $labels.x | query }}. */
export function queriesOf(template: string): readonly TemplateQuery[] {
  return [...template.matchAll(/printf `([^`]*)`((?:\s+\$labels\.\w+)*)\s*\| query/g)].map(([, format = "", list = ""]) => ({
    format,
    arguments: [...list.matchAll(/\$labels\.(\w+)/g)].map(([, name = ""]) => name),
  }));
}

/** The query as it is asked when the labels are these. */
export function askedQuery({ format, arguments: names }: TemplateQuery, labels: Readonly<Record<string, string>>): string {
  let next = 0;
  return format.replaceAll(/%(?:\[(\d+)\])?q/g, (_, index?: string) => {
    const name = names[index === undefined ? next++ : Number(index) - 1];
    if (name === undefined) throw new Error(`printf has no such argument: ${format}`);
    return JSON.stringify(labels[name] ?? "");
  });
}
