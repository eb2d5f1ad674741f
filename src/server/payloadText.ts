/**
 * The text of a webhook's payload, taken apart before it is parsed: each alert by itself, so that nothing large is parsed in one go. What
 * is nested a million times, or holds a million values, would take seconds and is refused.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

/** The payload as a whole makes no sense; the message says where and what was expected. */
export class PayloadProblem extends Error {
  override readonly name = "PayloadProblem";
}

/** One element of `alerts`, as it was written. */
interface AlertText {
  readonly text: string;
  /** So many it holds, those within those counted as well. */
  readonly values: number;
}

/** A payload that was taken apart. */
interface PayloadText {
  /** All but the alerts: `alerts` is empty in it. */
  readonly envelope: string;
  readonly alerts: readonly AlertText[];
}

const mostDepth = 64;
/** More than a fleet has in one group. */
const mostAlerts = 10_000;
const mostValues = 250_000;
const mostEnvelopeValues = 10_000;
const mostKeyLength = 64;
const charactersPerTurn = 32 * 1024;
const expected = "expected Alertmanager's webhook payload";

/** Takes it apart, a piece in a turn of the event loop. @throws PayloadProblem, and the signal's reason */
export async function takeApart(text: string, signal?: AbortSignal, pace: () => Promise<unknown> = nextTurn): Promise<PayloadText> {
  const reader = new PayloadReader(text);
  while (reader.readOn()) {
    await pace();
    signal?.throwIfAborted();
  }
  return reader.result();
}

/** Knows of JSON texts, depth and commas, and leaves what is wrong to whoever parses the parts. */
class PayloadReader {
  readonly #text: string;
  readonly #alerts: AlertText[] = [];
  #at = 0;
  #depth = 0;
  #values = 0;
  #alertValues = 0;
  /** The text that was read last at the outermost level. */
  #key = "";
  #listFrom: number | undefined;
  #listTo: number | undefined;
  #alertFrom = 0;
  #valuesBefore = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** False when it has read all of it. */
  readOn(): boolean {
    const end = Math.min(this.#text.length, this.#at + charactersPerTurn);
    for (; this.#at < end; this.#at++) this.#take(this.#text.charAt(this.#at));
    return this.#at < this.#text.length;
  }

  result(): PayloadText {
    if (this.#values - this.#alertValues > mostEnvelopeValues) {
      throw new PayloadProblem(`the body holds more than ${mostEnvelopeValues} values beside its alerts; ${expected}`);
    }
    const before = this.#text.slice(0, this.#listFrom);
    // what was never closed is no JSON to whoever reads it
    return { envelope: this.#listTo === undefined ? before : before + this.#text.slice(this.#listTo), alerts: this.#alerts };
  }

  get #isAmongAlerts(): boolean {
    return this.#depth === 2 && this.#listFrom !== undefined && this.#listTo === undefined;
  }

  #take(character: string): void {
    switch (character) {
      case '"':
        this.#skipText();
        break;
      case ",":
        if (this.#isAmongAlerts) this.#endAlert();
        this.#count();
        break;
      case "[":
      case "{":
        this.#count();
        this.#depth++;
        if (this.#depth > mostDepth) throw new PayloadProblem(`the body is nested more than ${mostDepth} levels deep; ${expected}`);
        if (character === "[" && this.#depth === 2 && this.#key === "alerts") this.#beginAlerts();
        break;
      case "]":
        if (this.#isAmongAlerts) this.#endAlerts();
        this.#depth--;
        break;
      case "}":
        this.#depth--;
        break;
    }
  }

  #skipText(): void {
    const from = this.#at;
    do this.#at = this.#text.indexOf('"', this.#at + 1);
    while (this.#at >= 0 && this.#isEscaped());
    if (this.#at < 0) this.#at = this.#text.length;
    if (this.#depth === 1) this.#key = this.#at - from > mostKeyLength ? "" : unescaped(this.#text.slice(from, this.#at + 1));
  }

  #isEscaped(): boolean {
    let backslashes = 0;
    while (this.#text.charAt(this.#at - 1 - backslashes) === "\\") backslashes++;
    return backslashes % 2 === 1;
  }

  #count(): void {
    this.#values++;
    if (this.#values > mostValues) throw new PayloadProblem(`the body holds more than ${mostValues} values; ${expected}`);
  }

  #beginAlerts(): void {
    if (this.#listFrom !== undefined) throw new PayloadProblem(`the body has alerts twice; ${expected}`);
    this.#listFrom = this.#at + 1;
    this.#alertFrom = this.#at + 1;
    this.#valuesBefore = this.#values;
  }

  #endAlert(): void {
    if (this.#alerts.length >= mostAlerts) throw new PayloadProblem(`alerts: expected at most ${mostAlerts}; ${expected}`);
    const values = this.#values - this.#valuesBefore;
    this.#alerts.push({ text: this.#text.slice(this.#alertFrom, this.#at), values });
    this.#alertValues += values + 1;
    this.#alertFrom = this.#at + 1;
    // its comma is counted next
    this.#valuesBefore = this.#values + 1;
  }

  #endAlerts(): void {
    const isEmpty = this.#alerts.length === 0 && this.#text.slice(this.#alertFrom, this.#at).trim() === "";
    if (!isEmpty) this.#endAlert();
    this.#listTo = this.#at;
  }
}

/** A key may be written with escapes. */
function unescaped(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return "";
  }
}
