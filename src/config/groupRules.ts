/** `groups[]`: names of the user's own for processes, as process-exporter's `process_names` has them. */
import { z } from "zod";
import { defined } from "../model/defined.ts";
import type { GroupRule, NamePart, NameVariable } from "../model/groupRule.ts";
import { text, word } from "./fields.ts";
import { patternField } from "./pattern.ts";

const variables: readonly NameVariable[] = ["Comm", "ExeBase", "ExeFull", "Username"];
const usualName: readonly NamePart[] = [{ variable: "ExeBase" }];
const piece = /\{\{(.*?)\}\}/gs;

function nameTemplate(): z.ZodType<readonly NamePart[], unknown> {
  const known = [...variables, "Matches.x"].map((one) => `{{.${one}}}`).join(", ");
  return text(`a name, in which these may stand: ${known}`, (value) => (value.trim() === "" ? undefined : parseTemplate(value)));
}

/** `java {{.Matches.app}}` in its pieces; undefined when it asks for something that a name cannot be made of. */
function parseTemplate(template: string): readonly NamePart[] | undefined {
  const parts: NamePart[] = [];
  let done = 0;
  for (const found of template.matchAll(piece)) {
    const part = parsePiece((found[1] ?? "").trim());
    if (part === undefined) return undefined;
    if (found.index > done) parts.push(template.slice(done, found.index));
    parts.push(part);
    done = found.index + found[0].length;
  }
  const rest = template.slice(done);
  if (rest.includes("{{")) return undefined;
  return rest === "" ? parts : [...parts, rest];
}

function parsePiece(inside: string): NamePart | undefined {
  const match = /^\.Matches\.(\w+)$/.exec(inside)?.[1] ?? /^index \.Matches "(\w+)"$/.exec(inside)?.[1];
  if (match !== undefined) return { match };
  const variable = variables.find((one) => inside === `.${one}`);
  return variable && { variable };
}

function anyOf<T>(item: z.ZodType<T, unknown>) {
  return z.array(item).min(1).optional();
}

const group = () =>
  z
    .strictObject({
      name: nameTemplate().optional(),
      comm: anyOf(word("the name of a program, such as java")),
      exe: anyOf(word("the name or the path of a program, such as java or /usr/bin/java")),
      cmdline: anyOf(patternField()),
    })
    .superRefine(({ name = [], comm, exe, cmdline }, context) => {
      if (comm === undefined && exe === undefined && cmdline === undefined) {
        context.addIssue({ code: "custom", message: "expected at least one of comm, exe, cmdline beside the name" });
      }
      const groups = new Set(cmdline?.flatMap(({ groupNames }) => groupNames));
      for (const part of name) {
        if (typeof part === "string" || !("match" in part) || groups.has(part.match)) continue;
        const message = `expected a pattern in cmdline with a group (?<${part.match}>…) for {{.Matches.${part.match}}}`;
        context.addIssue({ code: "custom", path: ["name"], message });
      }
    });

/** The list of them. */
export function groupRules() {
  return z.array(group());
}

/** A rule as the rest of Culprit sees it. */
export function groupRule({ name = usualName, comm, exe, cmdline }: z.output<ReturnType<typeof group>>): GroupRule {
  return defined({ name, comm, exe, cmdline });
}
