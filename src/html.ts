/** HTML by tagged template: everything that is put in is escaped unless it is HTML itself. Pure. */

/** A piece of finished HTML. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may be put into a template. */
type HtmlValue = Html | string | number | readonly Html[] | undefined;

/** A template: strings and numbers are shown as `show` says and escaped, `undefined` is nothing. Attributes must be in double quotes in it. */
export function templateOf(show: (text: string) => string): (parts: TemplateStringsArray, ...values: readonly HtmlValue[]) => Html {
  const render = (value: HtmlValue): string => {
    if (value === undefined) return "";
    if (value instanceof Html) return value.text;
    return typeof value === "object" ? value.map(({ text }) => text).join("") : escapeHtml(show(String(value)));
  };
  return (parts, ...values) => new Html(parts.reduce((text, part, index) => `${text}${render(values[index - 1])}${part}`));
}

/** Text between tags or in an attribute with quotes. */
export function escapeHtml(text: string): string {
  return escapeMarkup(text).replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** Text between tags alone. */
export function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
