/** /sys/devices/system/clocksource: what the kernel tells the time by. */
import type { TimeReading } from "../model/scraped.ts";
import type { AskedFiles } from "./askedFiles.ts";
import { isGone } from "./errors.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

const prefix = "clocksource";

/** Reads every clocksource device (there is one, number 0); none where sysfs is missing. */
export async function readClocksources(root: ProcRoot, files: AskedFiles, skips: Skips): Promise<TimeReading["clocksources"]> {
  const folder = `${root.sysfs}/devices/system/clocksource`;
  const names = await list(files, folder);
  const paths = names.map((name) => ({
    name,
    current: `${folder}/${name}/current_clocksource`,
    available: `${folder}/${name}/available_clocksource`,
  }));
  const texts = await files.texts(
    paths.flatMap(({ current, available }) => [{ path: current }, { path: available }]),
    skips,
  );
  return paths.flatMap(({ name, ...path }) => {
    const current = texts.get(path.current)?.trim();
    const available = texts.get(path.available)?.trim();
    if (current === undefined || available === undefined) return [];
    return [{ device: name.slice(prefix.length), available: available.split(/\s+/), current }];
  });
}

async function list(files: AskedFiles, folder: string): Promise<string[]> {
  try {
    return (await files.list(folder)).flatMap(({ name }) => (name.startsWith(prefix) ? [name] : []));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
