/** `notify.webhook`: one target, or a list of them, each with a method, headers and a body of its own. */
import { resolve } from "node:path";
import { z } from "zod";
import { type WebhookTarget, webhookMethods } from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import { parseTemplate, placeholderNames, type Template } from "../model/template.ts";
import { oneOf, targetName, webhookUrl, word } from "./fields.ts";

/** The keys of an address that is a secret. */
export const urlKeys = () => ({ url: webhookUrl().optional(), urlFile: word("the path of a file that holds the URL").optional() });

const secretFile = () => z.strictObject({ file: word("the path of a file that holds the secret") });

const target = () =>
  z.strictObject({
    ...urlKeys(),
    name: targetName().optional(),
    secretFile: word("the path of a file that holds the secret").optional(),
    method: oneOf(webhookMethods).optional(),
    contentType: word("a media type such as application/json").optional(),
    headers: z.record(z.string(), z.union([z.string(), z.number(), secretFile()])).optional(),
    body: z.string().optional(),
    secrets: z.record(z.string(), secretFile()).optional(),
  });

type WrittenTarget = z.output<ReturnType<typeof target>>;

/** What the key may hold. */
export const webhookTargets = () =>
  z.union([target(), z.array(target()).min(1)]).superRefine((written, context) => {
    for (const { at, message } of Array.isArray(written) ? problemsOfList(written) : problemsOfTarget(written)) {
      context.addIssue({ code: "custom", path: [...at], message });
    }
  });

/** The targets as a list, in the order of the file. */
export function listOfTargets(written: z.output<ReturnType<typeof webhookTargets>>): readonly WrittenTarget[] {
  return Array.isArray(written) ? written : [written];
}

/** A target as the rest of Culprit sees it. Relative paths begin at the folder of the file. */
export function targetSettings(written: WrittenTarget, folder: string): WebhookTarget {
  const { url, urlFile, name, secretFile, method, contentType, headers, body, secrets } = written;
  const template = (text: string): Template => parseTemplate(text, Object.keys(secrets ?? {})).template;
  return defined({
    url: url === undefined ? { file: resolve(folder, urlFile ?? "") } : { text: url },
    name,
    secretFile: secretFile === undefined ? undefined : resolve(folder, secretFile),
    method,
    contentType,
    headers: mapped(headers, (value) => (typeof value === "object" ? { file: resolve(folder, value.file) } : template(String(value)))),
    body: body === undefined ? undefined : template(body),
    secrets: mapped(secrets, ({ file }) => resolve(folder, file)),
  });
}

function mapped<From, To>(record: Readonly<Record<string, From>> | undefined, change: (value: From) => To): Record<string, To> | undefined {
  return record === undefined ? undefined : Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

interface Problem {
  readonly at: readonly PropertyKey[];
  readonly message: string;
}

function problemsOfList(targets: readonly WrittenTarget[]): readonly Problem[] {
  const names = targets.map(({ name }) => name);
  return targets.flatMap((one, index) => {
    const isTwice = one.name !== undefined && names.indexOf(one.name) < index;
    const problems: readonly Problem[] = [
      ...(names.length > 1 && one.name === undefined ? [{ at: ["name"], message: "expected a name where there are several targets" }] : []),
      ...(isTwice ? [{ at: ["name"], message: "expected a name that no target before it has" }] : []),
      ...problemsOfTarget(one),
    ];
    return problems.map(({ at, message }) => ({ at: [index, ...at], message }));
  });
}

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const secretName = /^[A-Za-z0-9_-]+$/;
/** Those that say how the request itself is sent, and one that has a key. */
const ownHeaders = new Set(["content-type", "content-length", "host", "connection", "transfer-encoding", "expect"]);

function problemsOfTarget({ url, urlFile, contentType, headers = {}, body, secrets = {} }: WrittenTarget): readonly Problem[] {
  const problems: Problem[] = [];
  if ((url === undefined) === (urlFile === undefined)) problems.push({ at: [], message: "expected either url or urlFile" });
  if (contentType !== undefined && !/^[\x20-\x7e]+$/.test(contentType)) {
    problems.push({ at: ["contentType"], message: "expected a media type such as application/json" });
  }
  const names = Object.keys(secrets);
  for (const name of names.filter((one) => !secretName.test(one))) {
    problems.push({ at: ["secrets", name], message: "expected a name of letters, digits, dashes and underscores" });
  }
  for (const [name, value] of Object.entries(headers)) {
    const at = ["headers", name];
    if (!headerName.test(name)) problems.push({ at, message: "expected the name of a header" });
    if (name.toLowerCase() === "content-type") problems.push({ at, message: "expected it as contentType, beside headers" });
    else if (ownHeaders.has(name.toLowerCase())) problems.push({ at, message: "expected a header that Culprit does not write itself" });
    if (typeof value === "string") problems.push(...problemsOfTemplate(at, value, names));
  }
  if (body !== undefined) problems.push(...problemsOfTemplate(["body"], body, names));
  return problems;
}

function problemsOfTemplate(at: readonly string[], text: string, secretNames: readonly string[]): readonly Problem[] {
  const known = [...placeholderNames, ...secretNames.map((name) => `secret ${name}`)].join(", ");
  return parseTemplate(text, secretNames).unknown.map((name) => ({
    at,
    message: `unknown placeholder ${name}; expected one of ${known}, each also with json before it`,
  }));
}
