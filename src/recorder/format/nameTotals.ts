/**
 * The last piece of a packed index of names (names.ts): what each of its groups came to in the whole segment, so that a search that fits
 * thousands of names need not read the minutes of all of them.
 *
 * It is one line, `{"totals":"..."}`, base64 of columns in little endian, each as long as there are groups, in the order of their places: the
 * key of the group (Float64), the minutes in which it ran (Uint16, a bit each), and of each resource its total and its highest second
 * (Uint16, see `amountCode`) and in which minute that was (Uint8). What is nothing or not known is 0.
 */
import { type GroupLabels, groupId } from "../../model/group.ts";
import { parseJsonObject } from "../../model/json.ts";
import { resourceKeys } from "../../model/usage.ts";
import type { GroupColumns } from "./columns.ts";

/** A segment of ten minutes has no more than these; one that has, for the clock leapt, is told by its minutes alone. */
const mostMinutes = 16;
const stepsPerFold = 1300;
const leastFolds = 14;

/** What a resource came to, in codes of amounts. */
interface ResourceTotals {
  readonly total: Uint16Array;
  readonly peak: Uint16Array;
  /** Place of the minute of the peak. */
  readonly peakAt: Uint8Array;
}

/** The groups of a segment, each at its place. */
export interface NameTotals {
  readonly keys: Float64Array;
  /** A bit for each minute of the index, the first the lowest. */
  readonly ran: Uint16Array;
  /** In the order of `resourceKeys`. */
  readonly resources: readonly ResourceTotals[];
}

/** A number for the labels of a group: 53 bits, so that a million names hardly ever share one. */
export function groupKey(labels: GroupLabels): number {
  const text = groupId(labels);
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 2 ** 32 * (low & 0x1fffff) + (high >>> 0);
}

/** An amount in 16 bits, to a thousandth of itself: its logarithm, from a millionth up to thousands of terabytes. */
function amountCode(amount: number): number {
  if (!(amount > 0)) return 0;
  return Math.min(65_535, Math.max(1, Math.round((Math.log(amount) + leastFolds) * stepsPerFold) + 1));
}

/** The amount of each code. */
export function amountsOfCodes(): Float64Array {
  return Float64Array.from({ length: 65_536 }, (_, code) => (code === 0 ? 0 : Math.exp((code - 1) / stepsPerFold - leastFolds)));
}

/** The text of the piece; undefined where there are too many minutes for it. */
export function encodeNameTotals(minutes: readonly { readonly seconds: number }[], groups: readonly GroupColumns[]): string | undefined {
  if (minutes.length > mostMinutes) return undefined;
  const keys = Float64Array.from(groups, groupKey);
  const ran = Uint16Array.from(groups, ({ at }) => at.reduce((bits, minute) => bits | (1 << minute), 0));
  const parts: Uint8Array[] = [bytesOf(keys), bytesOf(ran)];
  for (const key of resourceKeys) {
    const total = new Uint16Array(groups.length);
    const peak = new Uint16Array(groups.length);
    const peakAt = new Uint8Array(groups.length);
    for (const [place, { at, usage }] of groups.entries()) {
      const values = usage[key];
      if (values === undefined) continue;
      const [means, peaks] = "mean" in values ? [values.mean, values.peak] : [values, values];
      total[place] = amountCode(at.reduce((sum, minute, one) => sum + (means[one] ?? 0) * (minutes[minute]?.seconds ?? 0), 0));
      const highest = peaks.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
      peak[place] = amountCode(highest);
      peakAt[place] = at[peaks.indexOf(highest)] ?? 0;
    }
    parts.push(bytesOf(total), bytesOf(peak), peakAt);
  }
  return `${JSON.stringify({ totals: Buffer.concat(parts).toString("base64") })}\n`;
}

/** Reads the piece; undefined where it is none. */
export function parseNameTotals(text: string): NameTotals | undefined {
  const { totals } = parseJsonObject(text) ?? {};
  if (typeof totals !== "string") return undefined;
  const bytes = Buffer.from(totals, "base64");
  const count = bytes.length / (8 + 2 + resourceKeys.length * 5);
  if (!Number.isInteger(count)) return undefined;
  let start = 0;
  // each column stands in memory of its own: theirs begin anywhere
  const take = (width: number) => {
    const part = Uint8Array.from(bytes.subarray(start, start + count * width));
    start += count * width;
    return part;
  };
  const keys = new Float64Array(take(8).buffer);
  const ran = new Uint16Array(take(2).buffer);
  const resources = resourceKeys.map(() => ({
    total: new Uint16Array(take(2).buffer),
    peak: new Uint16Array(take(2).buffer),
    peakAt: take(1),
  }));
  return { keys, ran, resources };
}

function bytesOf({ buffer }: Float64Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer);
}
