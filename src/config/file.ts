/** From the path of a configuration file to its settings: read, parsed, variables replaced, checked. */
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { createRedactor } from "../redact/redactor.ts";
import { type ConfigDocument, documentValues, parseConfigText, positionOfValue } from "./document.ts";
import { parseDotenv } from "./dotenv.ts";
import { ConfigError, type ConfigProblem, formatKey } from "./errors.ts";
import { interpolate, type Variables } from "./interpolate.ts";
import { describeIssues } from "./issues.ts";
import { writtenChannels } from "./notify.ts";
import { absentQuietNames } from "./quiet.ts";
import { isAbsent, type ReadFile, reason, unreadableFiles } from "./readFile.ts";
import { redactKeys } from "./redact.ts";
import { type FileSettings, fileSchema } from "./settings.ts";
import { absentChannels } from "./triggers.ts";

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a file says: checked, and as it is written, by its keys, with the variables in their places. */
interface ReadSettings {
  readonly settings: FileSettings;
  readonly written: Readonly<Record<string, unknown>>;
}

/** Reads a configuration file. `shown` is how the person named it, `path` where it is. @throws ConfigError */
export function readSettings(path: string, shown: string, text: string, env: Environment, readFile: ReadFile): ReadSettings {
  const document = parseConfigText(shown, text);
  if (!("yaml" in document)) throw new ConfigError(document);
  // Only a file that names variables needs more of them: the .env of some other project in this folder is none of our business.
  const variables = text.includes("${") ? withDotenv(env, path, shown, readFile) : new Map<string, string>();
  const settings = checkDocument(document, fileSchema(), variables);
  const folder = dirname(path);
  const problems = [
    ...unreadableFiles(["notify"], settings.notify, (file) => readFile(resolve(folder, file))),
    ...unreadableFiles(["relay"], settings.relay, (file) => readFile(resolve(folder, file))),
    ...unreadableFiles(["push"], settings.push, (file) => readFile(resolve(folder, file))),
    ...absentChannels(settings, writtenChannels(settings.notify ?? {})),
    ...absentQuietNames(settings),
  ];
  if (problems.length === 0) return { settings, written: (documentValues(document) ?? {}) as Readonly<Record<string, unknown>> };
  throw new ConfigError(
    problems.map(({ path: at, message }) => ({ file: shown, ...positionOfValue(document, at), key: formatKey(at), message })),
  );
}

/** Replaces the variables in a document and holds it against a schema. @throws ConfigError */
export function checkDocument<Schema extends z.ZodType>(document: ConfigDocument, schema: Schema, variables: Variables): z.output<Schema> {
  const { problems, sources } = interpolate(document, variables);
  if (problems.length > 0) throw new ConfigError(problems);
  // An empty file, or one of comments only, is a file that leaves everything as it is.
  const values = documentValues(document) ?? {};
  const checked = schema.safeParse(values);
  if (checked.success) return checked.data;
  const knownKeys = (at: readonly PropertyKey[]): readonly string[] => keysBelow(schema, at);
  throw new ConfigError(describeIssues(checked.error.issues, { document, values, sources, knownKeys }).map(withoutOwnSecrets(values)));
}

/** What one's own patterns find stays out of the errors as well, where the section that has them is right. */
function withoutOwnSecrets(values: unknown): (problem: ConfigProblem) => ConfigProblem {
  const { data } = z.object({ redact: z.object(redactKeys()).partial() }).safeParse(values);
  const { patterns = [], level = "careful" } = data?.redact ?? {};
  const { text } = createRedactor({ level, patterns });
  return (problem) => (patterns.length === 0 ? problem : { ...problem, message: text(problem.message) });
}

/** The environment, and below it the `.env` file: it wins over nothing that is set already. */
function withDotenv(env: Environment, path: string, shown: string, readFile: ReadFile): Variables {
  const variables = new Map(dotenvVariables(join(dirname(path), ".env"), join(dirname(shown), ".env"), readFile));
  for (const [name, value] of Object.entries(env)) if (value !== undefined) variables.set(name, value);
  return variables;
}

function dotenvVariables(path: string, shown: string, readFile: ReadFile): Variables {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    if (isAbsent(error)) return new Map();
    throw new ConfigError([{ file: shown, message: `cannot be read: ${reason(error)}` }]);
  }
  const result = parseDotenv(text);
  if ("variables" in result) return result.variables;
  throw new ConfigError([{ file: shown, line: result.badLine, message: "expected NAME=value, with quotes around it closed" }]);
}

/** The keys that a schema knows at a path. */
function keysBelow(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) return (inner.options as readonly z.ZodType[]).flatMap((one) => keysBelow(one, path));
  const [head, ...rest] = path;
  if (inner instanceof z.ZodArray && typeof head === "number") return keysBelow(inner.element as z.ZodType, rest);
  if (!(inner instanceof z.ZodObject)) return [];
  const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
  if (head === undefined) return Object.keys(shape);
  const next = shape[String(head)];
  return next === undefined ? [] : keysBelow(next, rest);
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}
