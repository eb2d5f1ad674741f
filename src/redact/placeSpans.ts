/** The places of a program's entry in the table, looked for among its arguments; and what is cut of a word. */

import { secretNature } from "./names.ts";
import type { Place, PlacePart } from "./programs/places.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret, isPortMapping } from "./values.ts";
import type { Word } from "./words.ts";

/**
 * Finds the place. One that begins with a word of its own may come behind what could be values of flags (`unsure`), or anywhere
 * (undefined); any other is counted from the first argument on.
 */
export function addPlace(place: Place, words: readonly Word[], unsure: readonly boolean[] | undefined, spans: Span[]): void {
  const anchored = place[0]?.kind !== "word";
  for (let start = 0; start < words.length; start++) {
    if (fits(place, words, start)) {
      addPlaced(place, words, start, spans);
      return;
    }
    if (unsure !== undefined && (anchored || unsure[start] !== true)) return;
  }
}

function fits(place: Place, words: readonly Word[], start: number): boolean {
  return place.every((part, index) => {
    const word = words[start + index];
    return word !== undefined && fitsPart(part, word.text);
  });
}

function fitsPart({ kind, words, prefix, separator, named }: PlacePart, text: string): boolean {
  if (kind === "any") return true;
  if (kind === "word") return prefix === "" ? words.has(text.toLowerCase()) : text.startsWith(prefix);
  if (kind === "name") return secretNature(text) !== undefined;
  if (!text.startsWith(prefix)) return false;
  const at = separator === "" ? prefix.length : text.indexOf(separator, prefix.length);
  return at >= 0 && (!named || secretNature(text.slice(prefix.length, at)) !== undefined);
}

function addPlaced(place: Place, words: readonly Word[], start: number, spans: Span[]): void {
  for (let index = 0; index < place.length; index++) {
    const part = place[index];
    if (part?.kind !== "secret") continue;
    addPlacedWord(part, words[start + index], spans);
    for (let more = start + index + 1; part.repeats && more < words.length; more++) addPlacedWord(part, words[more], spans);
  }
}

function addPlacedWord(part: PlacePart, word: Word | undefined, spans: Span[]): void {
  if (word === undefined || !word.text.startsWith(part.prefix)) return;
  const value = unquoted(word, 0);
  const from = part.separator === "" ? part.prefix.length : value.text.indexOf(part.separator, part.prefix.length) + part.separator.length;
  if (part.separator !== "" && from < part.separator.length) return;
  const stop = stopOf(value.text, part.terminator, from);
  if (part.separator === ":" && part.terminator !== "" && stop < 0) return;
  push(value, from, stop > from ? stop : value.text.length, spans);
}

function stopOf(text: string, terminator: string, from: number): number {
  if (terminator === "") return -1;
  return terminator === "@" ? text.lastIndexOf("@") : text.indexOf(terminator, from);
}

/** The word from an index on, without the quotes around what follows: `-p'secret'`. */
export function unquoted(word: Word, from: number): Word {
  const text = word.text.slice(from);
  const quote = text[0];
  const isQuoted = (quote === "'" || quote === '"') && text.length > 1 && text.indexOf(quote, 1) === text.length - 1;
  const inset = isQuoted ? 1 : 0;
  return { ...word, text: text.slice(inset, text.length - inset), start: word.start + from + inset, end: word.end - inset };
}

/** Cuts a part of a word, unless it can be no secret: nothing, a flag, a port. */
export function push(word: Word, from: number, to: number, spans: Span[]): void {
  const value = word.text.slice(from, to);
  if (value === "-" || /^--?[a-z][a-z-]*$/.test(value) || !couldBeSecret(value) || isPortMapping(value)) return;
  spans.push({ start: word.start + from, end: word.start + to });
}
