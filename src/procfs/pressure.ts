/** /proc/pressure/*: `some avg10=0.00 avg60=0.00 avg300=0.00 total=148836767` (Documentation/accounting/psi.rst). */
import type { PressureReading, StallSeconds } from "../model/sample.ts";
import { errorCode } from "./errors.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads the three resources. Compiled in but switched off (psi=0) is the same as not compiled in: there is none. */
export function readPressure(files: KernelFiles): PressureReading | undefined {
  const cpu = readStalls(files, "cpu");
  // what is off for the CPU is off for all
  if (cpu === undefined) return undefined;
  const memory = readStalls(files, "memory");
  const io = readStalls(files, "io");
  return { cpu, ...(memory === undefined ? {} : { memory }), ...(io === undefined ? {} : { io }) };
}

function readStalls(files: KernelFiles, resource: string): StallSeconds | undefined {
  try {
    const text = files.readAtOnce(`${files.root.procfs}/pressure/${resource}`);
    return text && parsePressure(text);
  } catch (error) {
    // the files exist while PSI is off, and refuse to be read; libuv spells EOPNOTSUPP so
    if (errorCode(error) === "ENOTSUP" || errorCode(error) === "EOPNOTSUPP") return undefined;
    throw error;
  }
}

/** Parses one file; its averages are left alone, since rates are made from totals. */
export function parsePressure(text: Scanner): StallSeconds {
  let some: number | undefined;
  let full: number | undefined;
  while (!text.atEnd) {
    if (text.take("some ")) some = totalOf(text) / 1e6;
    else if (text.take("full ")) full = totalOf(text) / 1e6;
    text.skipLine();
  }
  if (some === undefined) text.fail('a line that begins with "some"');
  return { some, ...(full === undefined ? {} : { full }) };
}

function totalOf(text: Scanner): number {
  for (;;) {
    text.skipSpaces();
    if (text.atLineEnd) text.fail("total=<microseconds>");
    if (text.take("total=")) return text.number();
    text.skipWord();
  }
}
