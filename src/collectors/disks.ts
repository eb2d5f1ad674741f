import type { DiskReading } from "../model/sample.ts";
import { type BlockDevice, type DiskCounters, DiskstatsReader, readBlockDevice, wholeDevices } from "../procfs/diskstats.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import type { Collector } from "./collector.ts";

/** Block devices. How they are stacked is looked up only when the list of devices changes; who did nothing is the same object again. */
export function createDisksCollector(files: KernelFiles): Collector<"disks"> {
  const reader = new DiskstatsReader(files);
  let before: readonly DiskCounters[] = [];
  let readings: readonly DiskReading[] = [];
  let whole: ReadonlySet<string> = new Set();
  return {
    part: "disks",
    collect() {
      const counters = reader.read();
      if (counters === undefined || counters === before) return counters && readings;
      const sameDevices = counters.length === before.length && counters.every((disk, index) => disk.device === before[index]?.device);
      if (!sameDevices) whole = findWhole(files, counters);
      readings = counters.map((disk, index) => {
        const known = sameDevices && disk === before[index] ? readings[index] : undefined;
        return known ?? { ...disk, whole: whole.has(disk.device) };
      });
      before = counters;
      return readings;
    },
  };
}

function findWhole(files: KernelFiles, counters: readonly DiskCounters[]): ReadonlySet<string> {
  const names = counters.map((disk) => disk.device);
  return wholeDevices(new Map(names.map((name): [string, BlockDevice] => [name, readBlockDevice(files.root, name, names)])));
}
