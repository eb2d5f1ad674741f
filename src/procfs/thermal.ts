/** /sys/class/thermal: zones with a temperature, and what cools them (Documentation/ABI/testing/sysfs-class-thermal). */
import type { ThermalReading } from "../model/hardware.ts";
import type { AskedFiles } from "./askedFiles.ts";
import { folderNames } from "./deviceFolders.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

/** Reads them; most virtual machines have neither. */
export async function readThermal(root: ProcRoot, files: AskedFiles, skips: Skips): Promise<ThermalReading> {
  const folder = `${root.sysfs}/class/thermal`;
  const names = (await folderNames(files, folder, /^(?:thermal_zone|cooling_device)\d+$/)) ?? [];
  const attributes = (name: string) => (name.startsWith("thermal") ? ["type", "temp"] : ["type", "max_state", "cur_state"]);
  const asked = names.flatMap((name) =>
    // the firmware measures; what is switched off refuses
    attributes(name).map((file) => ({ path: `${folder}/${name}/${file}`, isDoubtful: file !== "type", mayRefuse: true })),
  );
  const texts = await files.texts(asked, skips);
  const textOf = (name: string, file: string) => texts.get(`${folder}/${name}/${file}`)?.trim();
  const numberOf = (name: string, file: string) => {
    const text = textOf(name, file);
    return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
  };
  return {
    zones: names.flatMap((name) => {
      const millidegrees = numberOf(name, "temp");
      if (millidegrees === undefined) return [];
      return [{ zone: name.replace("thermal_zone", ""), type: textOf(name, "type") ?? "", celsius: millidegrees / 1000 }];
    }),
    coolers: names.flatMap((name) => {
      const [state, highest] = [numberOf(name, "cur_state"), numberOf(name, "max_state")];
      if (state === undefined || highest === undefined) return [];
      return [{ name: name.replace("cooling_device", ""), type: textOf(name, "type") ?? "", state, highest }];
    }),
  };
}
