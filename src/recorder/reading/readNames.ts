/** Reads indexes of names (format/names.ts): the one that grows beside a segment, and the packed one. */
import { readFile } from "node:fs/promises";
import { parseHeader } from "../format/header.ts";
import {
  type BriefIndex,
  groupsPerPiece,
  indexOf,
  type NamedMinute,
  type NamesIndex,
  parseAllPlaces,
  parseNamedMinute,
  parseNamesPiece,
  parseNamesPlaces,
  type Wanted,
} from "../format/names.ts";
import { parseNameTotals } from "../format/nameTotals.ts";
import { type Segment, segmentPath } from "../format/segmentNames.ts";
import { openPieces } from "./pieces.ts";

/** The minutes of an index that grows, as far as they are whole; none where there is no such index. */
export async function readNamedMinutes(directory: string, stem: string): Promise<readonly NamedMinute[]> {
  const text = await readFile(segmentPath(directory, stem, "names"), "utf8").catch(() => "");
  const [header = "", ...lines] = text.split("\n");
  if (parseHeader(header).kind !== "ours") return [];
  // what is behind the last line end is torn
  return lines.slice(0, -1).flatMap((line) => parseNamedMinute(line) ?? []);
}

/** Those of a segment's packed index that are wanted; undefined when it has none that can be trusted. */
export async function readNames(directory: string, { stem }: Segment, wanted: Wanted): Promise<NamesIndex | undefined> {
  const bytes = await readFile(segmentPath(directory, stem, "namesPacked")).catch(() => undefined);
  return bytes && readPieces(bytes, wanted);
}

function readPieces(bytes: Buffer, wanted: Wanted): NamesIndex | undefined {
  try {
    const pieces = openPieces(bytes);
    const found = pieces && parseNamesPlaces(pieces.text(0), wanted);
    if (pieces === undefined || found === undefined) return undefined;
    const byPiece = new Map<number, number[]>();
    for (const place of found.places) {
      const piece = Math.floor(place / groupsPerPiece) + 1;
      byPiece.set(piece, [...(byPiece.get(piece) ?? []), place]);
    }
    const groups = [...byPiece].flatMap(([piece, places]) => parseNamesPiece(pieces.text(piece), places, wanted));
    return { minutes: found.minutes, groups };
  } catch {
    return undefined;
  }
}

/** What all of a segment's packed index came to; undefined where it does not say. */
export async function readNameTotals(directory: string, { stem }: Segment): Promise<BriefIndex | undefined> {
  const bytes = await readFile(segmentPath(directory, stem, "namesPacked")).catch(() => undefined);
  try {
    const pieces = bytes && openPieces(bytes);
    const totals = pieces?.head.totals === undefined ? undefined : parseNameTotals(pieces.text(pieces.head.totals));
    const places = totals && parseAllPlaces(pieces?.text(0) ?? "");
    return places && { ...totals, ...places };
  } catch {
    return undefined;
  }
}

/** Those of some minutes that are wanted. */
export function wantedIn(minutes: readonly NamedMinute[], { isWanted }: Pick<Wanted, "isWanted">): NamesIndex {
  return indexOf(minutes.map((minute) => ({ ...minute, groups: minute.groups.filter(isWanted) })));
}
