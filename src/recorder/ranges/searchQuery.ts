/**
 * What somebody looks for: words that are all found, each in the process, unit, container or user of a group, or, as `unit:nginx`, in that
 * one of them. Upper and lower case are the same. Quotation marks hold words together: `"kworker/0:1 events"`. Pure.
 */
import { type GroupLabels, isNamed } from "../../model/group.ts";
import type { Wanted } from "../format/names.ts";

const fields = ["process", "unit", "container", "user"] as const;

type Field = (typeof fields)[number];

interface Term {
  /** Anywhere when it is not said. */
  readonly field?: Field;
  /** In lower case. */
  readonly text: string;
}

/** The query cannot be understood; the message says what was expected. */
export class QueryProblem extends Error {
  override readonly name = "QueryProblem";
}

const mostCharacters = 200;
const mostTerms = 8;

/** Understands it. @throws QueryProblem */
export function parseSearchQuery(query: string): Wanted {
  if (query.length > mostCharacters) throw new QueryProblem(`expected at most ${mostCharacters} characters, got ${query.length}`);
  const terms = [...query.matchAll(/(?:(process|unit|container|user):)?(?:"([^"]*)"|(\S+))|(?:process|unit|container|user):/gi)].map(
    termOf,
  );
  if (terms.length === 0)
    throw new QueryProblem("expected a part of the name of a process, unit, container or user, such as nginx or user:www");
  if (terms.length > mostTerms) throw new QueryProblem(`expected at most ${mostTerms} words, got ${terms.length}`);
  return {
    // as they stand in JSON
    texts: terms.map(({ text }) => JSON.stringify(text).slice(1, -1).toLowerCase()),
    isWanted: (labels) => isNamed(labels) && terms.every((term) => matches(term, labels)),
  };
}

function termOf([whole, field, quoted, word]: RegExpMatchArray): Term {
  const text = (quoted ?? word ?? "").toLowerCase();
  if (text === "" || (field === undefined && fields.some((name) => text === `${name}:`)))
    throw new QueryProblem(`expected a text behind ${JSON.stringify(whole)}, such as user:www`);
  return field === undefined ? { text } : { field: field.toLowerCase() as Field, text };
}

function matches({ field, text }: Term, labels: GroupLabels): boolean {
  return (field === undefined ? fields : [field]).some((name) => labels[name].toLowerCase().includes(text));
}
