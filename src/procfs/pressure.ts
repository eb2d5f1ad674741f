/** /proc/pressure/*: `some avg10=0.00 avg60=0.00 avg300=0.00 total=148836767` (Documentation/accounting/psi.rst). */

import { defined } from "../model/defined.ts";
import { codeOf } from "../model/errors.ts";
import type { PressureReading, StallSeconds } from "../model/machine.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads the three resources. Compiled in but switched off (psi=0) is the same as not compiled in: there is none. */
export function readPressure(files: KernelFiles, skips: Skips): PressureReading | undefined {
  const cpu = readStalls(files, "cpu", skips);
  // what is off for the CPU is off for all
  if (cpu === undefined) return undefined;
  const memory = readStalls(files, "memory", skips);
  const io = readStalls(files, "io", skips);
  return defined({ cpu: cpu.stalls, memory: memory?.stalls, io: io?.stalls });
}

/** Undefined where the resource has none; without `stalls` where it has some that are odd. */
function readStalls(files: KernelFiles, resource: string, skips: Skips): { readonly stalls?: StallSeconds } | undefined {
  const path = `${files.root.procfs}/pressure/${resource}`;
  try {
    const text = files.readAtOnce(path);
    return text && { stalls: parsePressure(text, skips) };
  } catch (error) {
    // the files exist while PSI is off, and refuse to be read; libuv spells EOPNOTSUPP so
    if (codeOf(error) === "ENOTSUP" || codeOf(error) === "EOPNOTSUPP") return undefined;
    skips.add(path, error);
    return {};
  }
}

/** Reads in how many seconds interrupts kept all tasks from running; undefined where the kernel (before 6.1) does not tell. */
export function readInterruptStall(files: KernelFiles, skips: Skips): number | undefined {
  const path = `${files.root.procfs}/pressure/irq`;
  try {
    const text = files.readAtOnce(path);
    return text && parseInterruptStall(text, skips);
  } catch (error) {
    if (codeOf(error) === "ENOTSUP" || codeOf(error) === "EOPNOTSUPP") return undefined;
    throw error;
  }
}

/** Parses pressure/irq, which has the line `full` only: some task always goes on. */
export function parseInterruptStall(text: Scanner, skips: Skips): number {
  let full: number | undefined;
  parseLines(text, skips, () => {
    if (text.take("full ")) full = totalOf(text) / 1e6;
  });
  if (full === undefined) text.fail('a line that begins with "full"');
  return full;
}

/** Parses one file; its averages are left alone, since rates are made from totals. */
export function parsePressure(text: Scanner, skips: Skips): StallSeconds {
  let some: number | undefined;
  let full: number | undefined;
  parseLines(text, skips, () => {
    if (text.take("some ")) some = totalOf(text) / 1e6;
    else if (text.take("full ")) full = totalOf(text) / 1e6;
  });
  if (some === undefined) text.fail('a line that begins with "some"');
  return defined({ some, full });
}

function totalOf(text: Scanner): number {
  for (;;) {
    text.skipSpaces();
    if (text.atLineEnd) text.fail("total=<microseconds>");
    if (text.take("total=")) return text.number();
    text.skipWord();
  }
}
