/**
 * Who moved bytes to and from storage.
 *
 * /proc/PID/io holds the bytes of reaped children as well: what was seen of them while they lived must not be counted again, or
 * shells and init would look like the disk's worst users.
 */
import { defined } from "../model/defined.ts";
import type { ProcessKey, ProcessReading } from "../model/processes.ts";
import { mostSeconds } from "./counters.ts";
import type { Credits } from "./credits.ts";
import type { Ledger } from "./ledger.ts";

/** Bytes moved since the reading before; absent where the kernel tells nothing. */
export interface IoRise {
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  /** A counter says what cannot be. */
  readonly isOdd?: true;
}

/** What passes through the memory of a large machine in a second; no process reads or dirties more. */
const mostBytesPerSecond = 2 ** 37;

type Counter = "readBytes" | "writtenBytes";

/** Owes what was seen of the vanished to their reapers, as their CPU time is. */
export function oweIoOfTheDead(ledger: Ledger, key: ProcessKey, reapers: readonly number[]): void {
  const dead = ledger.processes.get(key)?.reading;
  ledger.readCredits.owe(dead?.readBytes ?? 0, reapers);
  ledger.writeCredits.owe(dead?.writtenBytes ?? 0, reapers);
}

/**
 * The rise of one process over `spanSeconds`. `tookOver` says that it reaped in this time.
 *
 * A counter that falls (writes that are cancelled can take it below nothing, which reads as 2^64 less a little) or leaps says nothing.
 */
export function ioRiseOf(
  ledger: Ledger,
  now: ProcessReading,
  before: ProcessReading | undefined,
  tookOver: boolean,
  spanSeconds: number,
): IoRise {
  const most = mostBytesPerSecond * mostSeconds(spanSeconds);
  const read = rise(ledger, "readBytes", ledger.readCredits, now, before, most);
  const written = rise(ledger, "writtenBytes", ledger.writeCredits, now, before, most);
  // what init and subreapers take over is not theirs, and cannot be told from what they do themselves
  if (tookOver && (ledger.adopters.has(now.pid) || ledger.mixedParents.has(now.pid))) return {};
  const isOdd = read === "odd" || written === "odd" ? (true as const) : undefined;
  return defined({
    readBytes: read === "odd" ? undefined : read,
    writtenBytes: written === "odd" ? undefined : written,
    isOdd,
  });
}

function rise(
  ledger: Ledger,
  counter: Counter,
  credits: Credits,
  now: ProcessReading,
  before: ProcessReading | undefined,
  most: number,
): number | "odd" | undefined {
  const value = now[counter];
  const from = before === undefined ? 0 : before[counter];
  if (value === undefined || from === undefined) return undefined;
  const risen = ledger.counters.rise(now.key, counter, from, value, most);
  if (risen === undefined) return "odd";
  return risen > 0 ? credits.settle(now.pid, risen) : 0;
}
