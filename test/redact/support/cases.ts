/** The lists of command lines and lines of text in `test/redact/cases`, with secrets put in where the marks stand. */
import { readFileSync } from "node:fs";

/** A line of a list. */
export interface Case {
  readonly written: string;
  /** An argument list; undefined for a line of text. */
  readonly argv?: readonly string[];
  readonly text: string;
  /** No piece of a secret may be shown: four characters in a row of a random one, eight of what a person would choose. */
  readonly pieces: readonly string[];
}

/** The lines below one heading. */
export interface Kind {
  readonly kind: string;
  readonly cases: readonly Case[];
}

const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const hexadecimal = "0123456789abcdef";
/** What people choose. */
const people = [
  ..."hunter2 Sommer2024! letmein Passw0rd! changeme qwertz123 ilovelisa Fussball#1 correct-horse geheim Winter2025 S3cret!".split(" "),
  ..."tr0ub4dor rosebud manchester1 Kennwort.99 dragon_77 tiger BVB1909 iloveyou".split(" "),
];
/** A mark that says no more, alone: what stands there may be chosen. */
const onlyMark = /(?<!§|§[a-z])§(?![gwhudbos](?![a-z])|§)/g;
const onlyByPeople = new RegExp(onlyMark.source);
const chosen = ["tiger", "monkey", "dragon", "silver", "falcon", "castle"];

/** Reads one of the lists; the secrets are random, and the same in every run. */
export function readCases(file: string): readonly Kind[] {
  const random = randomNumbers(file.length);
  const kinds: { readonly kind: string; readonly cases: Case[] }[] = [];
  for (const line of readFileSync(new URL(`../../../../test/redact/cases/${file}`, import.meta.url), "utf8").split("\n")) {
    if (line.startsWith("## ")) kinds.push({ kind: line.slice(3), cases: [] });
    else if (line !== "" && !line.startsWith("#")) kinds.at(-1)?.cases.push(caseOf(line, random));
  }
  return kinds;
}

/** The lines of a list in `test/redact/heldOut`: each with its secrets generated and, where people choose them, chosen. */
export function readHeldOut(file: string): Readonly<Record<"generated" | "chosen", readonly Case[]>> {
  const random = randomNumbers(file.length);
  const lines = readFileSync(new URL(`../../../../test/redact/heldOut/${file}`, import.meta.url), "utf8").split("\n");
  const written = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const byPeople = written.filter((line) => onlyByPeople.test(line));
  return {
    generated: written.map((line) => caseOf(line.replaceAll(/§g(?![a-z])/g, "§"), random)),
    chosen: byPeople.map((line) => caseOf(line.replaceAll(onlyMark, "§p").replaceAll(/§g(?![a-z])/g, "§"), random)),
  };
}

function caseOf(line: string, random: (below: number) => number): Case {
  const pieces: string[] = [];
  const filled = (text: string) =>
    text.replace(/(?:§(?:[whudbpos](?![a-z]))?)+/g, (marks) => {
      const secret = Array.from(marks.matchAll(/§([whudbpos]?)/g), ([, mark]) => secretOf(mark ?? "", random)).join("");
      const length = Math.min(/§[wp]/.test(marks) ? 8 : 4, secret.length);
      for (let at = 0; at + length <= secret.length; at++) pieces.push(secret.slice(at, at + length));
      return secret;
    });
  if (line.startsWith("T ")) {
    const text = filled(line.slice(2)).replaceAll("\\n", "\n");
    return { written: line, text, pieces };
  }
  return { written: line, argv: argumentsOf(line).map(filled), text: "", pieces };
}

function secretOf(mark: string, random: (below: number) => number): string {
  const from = (alphabet: string, length: number) => Array.from({ length }, () => alphabet[random(alphabet.length)] ?? "").join("");
  if (mark === "h") return from(hexadecimal, 32);
  if (mark === "u") return [8, 4, 4, 4, 12].map((length) => from(hexadecimal, length)).join("-");
  if (mark === "o") return `${from(letters, 5)}!${from(letters, 4)}#${from(letters, 5)}`;
  if (mark === "s") return from("abcdefghijkmnopqrstuvwxyz23456789", 9);
  if (mark === "d") return from("0123456789", 6);
  if (mark === "p") return people[random(people.length)] ?? "";
  if (mark === "w") return `${chosen[random(chosen.length)]}${10 + random(90)}zebra`;
  if (mark === "b") return `${from(`${letters}+/`, 43)}=`;
  for (;;) {
    const secret = from(letters, 14);
    if (/[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret)) return secret;
  }
}

/** Words as a shell has them. */
function argumentsOf(line: string): readonly string[] {
  const found = line.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g);
  return Array.from(found, ([word]) =>
    word.replace(
      /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_whole, escaped, double, single) => escaped ?? single ?? String(double).replace(/\\(["\\$])/g, "$1"),
    ),
  );
}

function randomNumbers(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}
