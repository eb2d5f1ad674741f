/** The kernel's units. Ticks, pages, sectors and kB end inside this folder. */
import { readFileSync } from "node:fs";
import { endianness } from "node:os";

/** What one tick and one page are on this machine. */
export interface KernelUnits {
  /** USER_HZ: the ticks per second in which /proc speaks of CPU time. */
  readonly ticksPerSecond: number;
  readonly pageBytes: number;
}

/** Sectors in /proc/diskstats are 512 bytes whatever the device says (Documentation/admin-guide/iostats.rst). */
export const sectorBytes = 512;

/** What nearly every Linux has; for fixtures and for machines whose auxiliary vector cannot be read. */
export const commonUnits: KernelUnits = { ticksPerSecond: 100, pageBytes: 4096 };

const auxPageSize = 6;
const auxClockTick = 17;

/** Reads this process' auxiliary vector (getauxval(3)), where the kernel tells every program its units. */
export function readKernelUnits(path = "/proc/self/auxv"): KernelUnits {
  try {
    return parseAuxiliaryVector(readFileSync(path));
  } catch {
    return commonUnits;
  }
}

/** Pairs of machine words, key then value; 64-bit machines only, as Node is. */
export function parseAuxiliaryVector(bytes: Buffer): KernelUnits {
  let { ticksPerSecond, pageBytes } = commonUnits;
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const key = word(bytes, at);
    if (key === auxPageSize) pageBytes = word(bytes, at + 8);
    if (key === auxClockTick) ticksPerSecond = word(bytes, at + 8);
  }
  return { ticksPerSecond, pageBytes };
}

function word(bytes: Buffer, at: number): number {
  return Number(endianness() === "LE" ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
}
