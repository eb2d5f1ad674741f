/**
 * Command lines as the kernel's audit writes them into its log and the journal: in hexadecimal, or argument by argument. No rule that
 * reads plain text can see a secret in either.
 */
import type { Redactor } from "../../redact/redactor.ts";
import { visible } from "../../visible.ts";

/** `argc=2 a0="mysql" a1=2D70...`; a long argument comes in pieces, `a1_len=9000 a1[0]=... a1[1]=...`. */
const argumentsOfExec = /\bargc=\d+((?: a\d+(?:_len=\d+|(?:\[\d+\])?=(?:"[^"\n]*"|[0-9A-F]*)))+)/g;
const argument = / a(\d+)(?:\[\d+\])?=(?:"([^"\n]*)"|([0-9A-F]*))/g;
/** A command line: that of a process with its arguments parted by NUL, that of sudo by spaces. */
const hexCommandLine = /\b(proctitle|cmd)=((?:[0-9A-F]{2})+)(?![0-9A-Fa-f])/g;
/** What somebody typed, passwords and all (pam_tty_audit). */
const typed = /\b(data)=(?:[0-9A-F]{2})+(?![0-9A-Fa-f])/g;

/** Writes the command lines of audit records so that they can be read, without their secrets; leaves all other text as it is. */
export function readableAudit(text: string, redactor: Redactor): string {
  if (!/\baudit\b/.test(text)) return text;
  return text
    .split("\n")
    .map((line) => (/\baudit\b/.test(line) ? readableRecord(line, redactor) : line))
    .join("\n");
}

function readableRecord(line: string, redactor: Redactor): string {
  return line
    .replace(argumentsOfExec, (_record, listed: string) => `argv=${quoted(redactor.commandLine(argumentsIn(listed)).text)}`)
    .replace(hexCommandLine, (_field, name: string, hex: string) => `${name}=${quoted(textOfHex(hex, redactor))}`)
    .replace(typed, "$1=***");
}

function argumentsIn(listed: string): readonly string[] {
  // not an array: a hostile line may well count to a billion
  const found = new Map<string, string>();
  for (const [, index = "", plain, hex = ""] of listed.matchAll(argument))
    found.set(index, (found.get(index) ?? "") + (plain ?? decoded(hex)));
  return [...found.values()];
}

function textOfHex(hex: string, redactor: Redactor): string {
  const text = decoded(hex);
  return text.includes("\0") ? redactor.commandLine(text.split("\0")).text : redactor.text(text);
}

function decoded(hex: string): string {
  return Buffer.from(hex, "hex").toString("utf8");
}

function quoted(text: string): string {
  return `"${visible(text)}"`;
}
