/** The examples of docs/api.md: a block of shell, and below it the answer as a block of HTTP. */

/** A command and what it is said to answer. */
export interface ApiExample {
  /** The heading above it, such as `GET /archives`. */
  readonly route: string;
  readonly command: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

const fences = /^(?:### `([^`]+)`.*|```sh\n([\s\S]*?)\n```\n+```http\n([\s\S]*?)\n```)$/gm;

/** All examples, in the order in which they stand. */
export function examplesOf(text: string): readonly ApiExample[] {
  let route = "";
  return [...text.matchAll(fences)].flatMap(([, heading, command, answer]): readonly ApiExample[] => {
    if (heading !== undefined) route = heading;
    if (command === undefined || answer === undefined) return [];
    const [head = "", ...body] = answer.split("\n\n");
    const [first = "", ...lines] = head.split("\n");
    const headers = lines.map(
      (line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const,
    );
    return [{ route, command, status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]), headers, body: body.join("\n\n") }];
  });
}

/** What differs between an example and the answer that came: status, headers, JSON by its shape, text line by line. */
export function complaintsOf({ status, headers, body }: ApiExample, head: string, output: string): readonly string[] {
  const [first = "", ...lines] = head.split("\r\n");
  const came = Number(first.split(" ")[1]);
  const wrongHeaders = headers.flatMap(([name, value]) => {
    const found = lines.find((line) => line.toLowerCase().startsWith(`${name}:`));
    const isRight = linePattern(value).test(found?.slice(name.length + 1).trim() ?? "");
    return isRight ? [] : [`${name} is not ${value}`];
  });
  const isJson = lines.some((line) => /^content-type: application\/json/i.test(line));
  const wrongBody = isJson ? differences(parseDocumented(body), JSON.parse(output)) : missingLines(body, output);
  return [...(came === status ? [] : [`the status is ${came} and not ${status}`]), ...wrongHeaders, ...wrongBody];
}

function missingLines(documented: string, output: string): readonly string[] {
  const answered = output.split("\n").map((line) => line.trim());
  const wanted = documented.split("\n").filter((line) => line.trim() !== "");
  return wanted.filter((line) => !answered.some((one) => linePattern(line).test(one))).map((line) => `no line is like ${line}`);
}

/** A line of the document as a pattern: figures may differ, `…` is anything, spaces are spaces. */
function linePattern(line: string): RegExp {
  const escaped = line.trim().replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const loose = escaped
    .replaceAll(/\d+(?:\\\.\d+)*/g, "[\\d.]+")
    .replaceAll(/\b[kMG]B\b/g, "[kMG]*B")
    .replaceAll(/\s+/g, "\\s+")
    .replaceAll("…", ".*");
  return new RegExp(`^${loose}$`);
}

/**
 * JSON with remarks at the ends of lines: `// not always`, `// or null` and `// may be empty` speak of the member on that line, `// and more`
 * says that the object that begins there has more members of the kind that is shown.
 */
function parseDocumented(text: string): unknown {
  const lines = text.split("\n").map((line) => {
    const [, code = line, remark = ""] = /^(.*?)\s+\/\/ (.*)$/.exec(line) ?? [];
    const flags = ["not always", "or null", "may be empty"].filter((flag) => remark.includes(flag)).map((flag) => `§${flag}`);
    const named = code.replace(/^(\s*)"([^"]+)":/, (_, space: string, name: string) => `${space}"${name}${flags.join("")}":`);
    return remark.includes("and more") ? `${named} "…": true,` : named;
  });
  return JSON.parse(lines.join("\n"));
}

/** Where an answer differs from what is documented: types, members that are missing, members that nobody speaks of. */
function differences(documented: unknown, answer: unknown, where = "the answer"): readonly string[] {
  if (Array.isArray(documented)) return Array.isArray(answer) ? listDifferences(documented, answer, where) : [`${where} is no list`];
  if (typeof documented === "object" && documented !== null) {
    if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return [`${where} is no object`];
    // what is of many kinds is documented elsewhere
    if (Object.keys(documented).length === 0) return [];
    return memberDifferences(Object.entries(documented), answer as Readonly<Record<string, unknown>>, where);
  }
  if (documented === null ? answer === null : typeof answer === typeof documented) return [];
  return [`${where} is ${JSON.stringify(answer)}, documented is ${JSON.stringify(documented)}`];
}

function listDifferences(documented: readonly unknown[], answer: readonly unknown[], where: string): readonly string[] {
  const [first] = documented;
  if (first === undefined) return [];
  // of a list of figures null is what is unknown
  const known = typeof first === "number" ? answer.filter((one) => one !== null) : answer;
  return known.flatMap((one, index) => differences(first, one, `${where}[${index}]`));
}

function memberDifferences(
  documented: readonly (readonly [string, unknown])[],
  answer: Readonly<Record<string, unknown>>,
  where: string,
): readonly string[] {
  const members = documented.map(([key, value]) => {
    const [name = "", ...flags] = key.split("§");
    return { name, flags, value };
  });
  const shown = members.filter(({ name }) => name !== "…");
  const extra = Object.entries(answer).flatMap(([name, value]) => {
    if (shown.some((one) => one.name === name)) return [];
    if (shown.length === members.length) return [`${where}.${name} is not documented`];
    return differences(shown[0]?.value, value, `${where}.${name}`);
  });
  return [
    ...extra,
    ...shown.flatMap(({ name, flags, value }) => {
      const at = `${where}.${name}`;
      const found = answer[name];
      if (found === undefined) return flags.includes("not always") ? [] : [`${at} is missing`];
      if (found === null && flags.includes("or null")) return [];
      const isHollow = Array.isArray(found) && found.length === 0 && Array.isArray(value) && value.length > 0;
      if (isHollow && !flags.includes("may be empty")) return [`${at} is empty`];
      return differences(value, found, at);
    }),
  ];
}
