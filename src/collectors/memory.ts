import type { MemoryReading } from "../model/machine.ts";
import { ArcReader } from "../procfs/arcstats.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { readMeminfo } from "../procfs/meminfo.ts";
import { Skips } from "../procfs/skips.ts";
import type { Collector } from "./collector.ts";

/** Memory, and where there is ZFS what its cache can give back. */
export function createMemoryCollector(files: KernelFiles): Collector<"memory"> {
  const skips = new Skips();
  const arc = new ArcReader(files, skips);
  return {
    part: "memory",
    skips,
    collect(clock) {
      const memory = readMeminfo(files, skips);
      const zfsReclaimableBytes = memory && arc.readReclaimableBytes(clock.monotonicSeconds());
      if (zfsReclaimableBytes === undefined) return memory;
      // a copy would parse all fields, which are parsed only when they are read
      return Object.defineProperty(memory, "zfsReclaimableBytes", { value: zfsReclaimableBytes, enumerable: true }) as MemoryReading;
    },
  };
}
