/** A line of curl in a document, as a request. */
export interface CurlLine {
  readonly line: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const word = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g;

/** The curl lines of a document that are blocks of code; `variables` are those of the shell. Only what the documents use is understood. */
export function curlLinesOf(text: string, variables: Readonly<Record<string, string>>): readonly CurlLine[] {
  return [...text.matchAll(/^ {4}(curl .*)$/gm)].map(([, line = ""]) => {
    const words = [...line.matchAll(word)].map(([, double, single, bare]) => single ?? withVariables(double ?? bare ?? "", variables));
    const headers: Record<string, string> = {};
    const query: string[] = [];
    let method = "GET";
    let url: string | undefined;
    for (let at = 1; at < words.length; at++) {
      const next = () => words[++at] ?? "";
      const one = words[at] ?? "";
      if (one === "-G") method = "GET";
      else if (one === "-X") method = next();
      else if (one === "-H") {
        const [name = "", ...value] = next().split(": ");
        headers[name] = value.join(": ");
      } else if (one === "--data-urlencode") {
        const [name = "", ...value] = next().split("=");
        query.push(`${name}=${encodeURIComponent(value.join("="))}`);
      } else if (one.startsWith("-") || url !== undefined) throw new Error(`not understood: ${one} in ${line}`);
      else url = one;
    }
    if (url === undefined) throw new Error(`no address in ${line}`);
    return { line, method, headers, url: query.length === 0 ? url : `${url}?${query.join("&")}` };
  });
}

function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`nobody knows $${name}`);
    return value;
  });
}
