import { type BlockDevice, readBlockDevice, readDiskstats, wholeDevices } from "../procfs/diskstats.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import type { Collector } from "./collector.ts";

/** Block devices. How they are stacked is looked up only when the list of devices changes. */
export function createDisksCollector(files: KernelFiles): Collector<"disks"> {
  let knownDevices = "";
  let whole: ReadonlySet<string> = new Set();
  return {
    part: "disks",
    collect() {
      const counters = readDiskstats(files);
      if (counters === undefined) return undefined;
      const names = counters.map((disk) => disk.device);
      const devices = names.join(" ");
      if (devices !== knownDevices) {
        knownDevices = devices;
        whole = wholeDevices(new Map(names.map((name): [string, BlockDevice] => [name, readBlockDevice(files.root, name, names)])));
      }
      return counters.map((disk) => ({ ...disk, whole: whole.has(disk.device) }));
    },
  };
}
