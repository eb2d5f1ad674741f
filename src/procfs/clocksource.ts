/** /sys/devices/system/clocksource: what the kernel tells the time by. */
import { readdirSync } from "node:fs";
import type { TimeReading } from "../model/scraped.ts";
import { isGone } from "./errors.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Skips } from "./skips.ts";

const prefix = "clocksource";

/** Reads every clocksource device (there is one, number 0); none where sysfs is missing. */
export function readClocksources(files: KernelFiles, skips: Skips): TimeReading["clocksources"] {
  const folder = `${files.root.sysfs}/devices/system/clocksource`;
  return list(folder).flatMap((name) => {
    const [current, available] = ["current", "available"].map((which) => {
      const path = `${folder}/${name}/${which}_clocksource`;
      return skips.attempt(path, () => files.read(path)?.line().trim());
    });
    if (current === undefined || available === undefined) return [];
    return [{ device: name.slice(prefix.length), available: available.split(/\s+/), current }];
  });
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith(prefix));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
