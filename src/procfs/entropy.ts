/** /proc/sys/kernel/random: bits in the kernel's pool, and how many it holds (random(4)). */
import type { EntropyReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";

/** Reads entropy_avail and poolsize. */
export function readEntropy(files: KernelFiles): EntropyReading | undefined {
  const folder = `${files.root.procfs}/sys/kernel/random`;
  const availableBits = files.read(`${folder}/entropy_avail`)?.number();
  const poolBits = files.read(`${folder}/poolsize`)?.number();
  return availableBits === undefined || poolBits === undefined ? undefined : { availableBits, poolBits };
}
