/**
 * A packed file in pieces, so that whoever wants one of them need not unpack the others: each is a gzip member of its own, and all of them
 * unpacked one behind the other are lines of JSON. The first is the head: the header of a recording, and `{"bytes":[...]}`, how long each of
 * those behind it is.
 */
import { defined } from "../../model/defined.ts";
import { parseJsonObject } from "../../model/json.ts";
import { parseHeader } from "./header.ts";

/** What a head says. */
export interface PiecesHead {
  readonly bytes: readonly number[];
  /** Up to here the file has everything, where it grows. */
  readonly untilMs?: number;
  /** Which piece of an index of names has its totals. */
  readonly totals?: number;
}

/** The text of a head. */
export function encodePiecesHead(header: string, head: PiecesHead): string {
  return `${header}${JSON.stringify(head)}\n`;
}

/** Reads a head; undefined where it is none of ours. */
export function parsePiecesHead(text: string): PiecesHead | undefined {
  const [header = "", second = ""] = text.split("\n", 2);
  if (parseHeader(header).kind !== "ours") return undefined;
  const { bytes, untilMs, totals } = parseJsonObject(second) ?? {};
  if (!Array.isArray(bytes) || !bytes.every((one) => typeof one === "number" && one > 0)) return undefined;
  return defined({
    bytes: bytes as readonly number[],
    untilMs: typeof untilMs === "number" ? untilMs : undefined,
    totals: typeof totals === "number" ? totals : undefined,
  });
}
