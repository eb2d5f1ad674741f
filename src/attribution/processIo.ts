/**
 * Who moved bytes to and from storage.
 *
 * /proc/PID/io holds the bytes of reaped children as well: what was seen of them while they lived must not be counted again, or
 * shells and init would look like the disk's worst users.
 */
import type { ProcessKey, ProcessReading } from "../model/sample.ts";
import type { Credits } from "./credits.ts";
import type { Ledger } from "./ledger.ts";

/** Bytes moved since the reading before; absent where the kernel tells nothing. */
export interface IoRise {
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}

type Counter = "readBytes" | "writtenBytes";

/** Owes what was seen of the vanished to their reapers, as their CPU time is. */
export function oweIoOfTheDead(ledger: Ledger, key: ProcessKey, reapers: readonly number[]): void {
  const dead = ledger.processes.get(key)?.reading;
  ledger.readCredits.owe(dead?.readBytes ?? 0, reapers);
  ledger.writeCredits.owe(dead?.writtenBytes ?? 0, reapers);
}

/** The rise of one process. `tookOver` says that it reaped in this time. */
export function ioRiseOf(ledger: Ledger, now: ProcessReading, before: ProcessReading | undefined, tookOver: boolean): IoRise {
  const rises = { ...rise("readBytes", ledger.readCredits, now, before), ...rise("writtenBytes", ledger.writeCredits, now, before) };
  // what init and subreapers take over is not theirs, and cannot be told from what they do themselves
  if (tookOver && (ledger.adopters.has(now.pid) || ledger.mixedParents.has(now.pid))) return {};
  return rises;
}

function rise(counter: Counter, credits: Credits, now: ProcessReading, before: ProcessReading | undefined): IoRise {
  const value = now[counter];
  if (value === undefined) return {};
  const from = before === undefined ? 0 : before[counter];
  if (from === undefined) return {};
  const risen = Math.max(0, value - from);
  return { [counter]: risen > 0 ? credits.settle(now.pid, risen) : 0 };
}
