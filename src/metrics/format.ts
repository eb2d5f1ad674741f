/** Which of the two text formats a scrape gets: full negotiation by Accept (RFC 9110 section 12.5.1). */

/** Prometheus' text format 0.0.4, or OpenMetrics 1.0.0, which every current Prometheus asks for first. */
export type Format = "text" | "openmetrics";

/** One entry of an Accept header. */
interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** The format that the client likes best. Who asks for neither, or for nothing, gets text, as from every exporter. */
export function negotiateFormat(accept: string | undefined): Format {
  const ranges = parseAccept(accept ?? "");
  const text = qualityOf(ranges, ["text/plain", "text/*", "*/*"], "0.0.4");
  const openmetrics = qualityOf(ranges, ["application/openmetrics-text", "application/*", "*/*"], "1.0.0");
  return openmetrics > text ? "openmetrics" : "text";
}

/** The client's preference for a type: that of the most specific range which matches it (`types` goes from specific to general). */
function qualityOf(ranges: readonly MediaRange[], types: readonly string[], version: string): number {
  for (const type of types) {
    const fitting = ranges.filter((range) => range.type === type && (range.parameters.get("version") ?? version) === version);
    if (fitting.length > 0) return Math.max(...fitting.map((range) => range.quality));
  }
  return 0;
}

function parseAccept(accept: string): MediaRange[] {
  return splitOutsideQuotes(accept, ",").flatMap((part) => {
    const [type, ...pairs] = splitOutsideQuotes(part, ";").map((piece) => piece.trim());
    if (!type) return [];
    const parameters = new Map<string, string>();
    for (const pair of pairs) {
      const equals = pair.indexOf("=");
      if (equals > 0) parameters.set(pair.slice(0, equals).trim().toLowerCase(), unquote(pair.slice(equals + 1).trim()));
    }
    const quality = Number(parameters.get("q") ?? "1");
    return [{ type: type.toLowerCase(), parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 }];
  });
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    if (letter === separator && !quoted) {
      parts.push(part);
      part = "";
    } else part += letter;
  }
  return [...parts, part];
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
}
