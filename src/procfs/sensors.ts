/** /sys/class/hwmon: a folder a chip, files such as `temp1_input` and `fan2_label` (Documentation/hwmon/sysfs-interface.rst). */
import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { defined } from "../model/defined.ts";
import type { SensorChipReading } from "../model/hardware.ts";
import type { AskedFile, AskedFiles } from "./askedFiles.ts";
import { fileNames, folderNames } from "./deviceFolders.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

const sensorFile = /^(vrm|beep_enable|update_interval|in|cpu|fan|pwm|temp|curr|power|energy|humidity|intrusion|freq)(\d*)(?:_(.+))?$/;

/** A file that belongs to a sensor. */
interface SensorFile {
  readonly path: string;
  readonly sensor: string;
  readonly property: string;
}

interface Chip {
  readonly chip: string;
  readonly namePath: string;
  readonly files: readonly SensorFile[];
}

/** Reads the sensors; which files there are is looked up when chips come or go. */
export class SensorFiles {
  readonly #folder: string;
  readonly #files: AskedFiles;
  readonly #skips: Skips;
  #folders = "";
  #chips: readonly Chip[] = [];

  constructor(root: ProcRoot, files: AskedFiles, skips: Skips) {
    this.#folder = `${root.sysfs}/class/hwmon`;
    this.#files = files;
    this.#skips = skips;
  }

  /** Undefined where the kernel knows no such chips at all. */
  async read(): Promise<SensorChipReading[] | undefined> {
    const names = await folderNames(this.#files, this.#folder);
    if (names === undefined) return undefined;
    if (names.join(" ") !== this.#folders) this.#chips = await this.#look(names);
    this.#folders = names.join(" ");
    const asked = this.#chips.flatMap(({ namePath, files }) => [
      { path: namePath, mayRefuse: true },
      // a sensor may have to be measured
      ...files.map(({ path }): AskedFile => ({ path, isDoubtful: true, mayRefuse: true })),
    ]);
    const texts = await this.#files.texts(asked, this.#skips);
    return this.#chips.map(({ chip, namePath, files }) => {
      const sensors = new Map<string, Map<string, string>>();
      for (const { path, sensor, property } of files) {
        const text = texts.get(path);
        if (text === undefined) continue;
        const known = sensors.get(sensor) ?? new Map<string, string>();
        sensors.set(sensor, known.set(property, text.replace(/\n+$/, "")));
      }
      return { chip, sensors, ...defined({ name: cleaned(texts.get(namePath) ?? "") || undefined }) };
    });
  }

  async #look(names: readonly string[]): Promise<Chip[]> {
    const folders = names.map((name) => `${this.#folder}/${name}`);
    const texts = await this.#files.texts(
      folders.map((folder) => ({ path: `${folder}/name`, mayRefuse: true })),
      this.#skips,
    );
    const known = folders.map((folder, index) => {
      const name = texts.get(`${folder}/name`)?.trim() ?? "";
      return { folder, name, base: chipName(folder) ?? (cleaned(name) || cleaned(names[index] ?? "")) };
    });
    return Promise.all(
      known.map(async ({ folder, name, base }) => {
        const others = known.filter((one) => one.base === base);
        const isNamed = name !== "" && others.filter((one) => one.name === name).length === 1;
        const chip = others.length === 1 ? base : `${base}_${cleaned(isNamed ? name : basename(folder))}`;
        const files = [...(await this.#sensorFiles(folder)), ...(await this.#sensorFiles(`${folder}/device`))];
        return { chip, namePath: `${folder}/name`, files };
      }),
    );
  }

  async #sensorFiles(folder: string): Promise<SensorFile[]> {
    return (await fileNames(this.#files, folder)).flatMap((name) => {
      const [, type, number, property = ""] = sensorFile.exec(name) ?? [];
      return type === undefined ? [] : [{ path: `${folder}/${name}`, sensor: `${type}${Number(number)}`, property }];
    });
  }
}

/** By the device's place, which stays the same whatever was loaded first: platform_coretemp_0. */
function chipName(folder: string): string | undefined {
  try {
    const device = realpathSync(`${folder}/device`);
    return [dirname(device), device]
      .map((path) => cleaned(basename(path)))
      .filter((part) => part !== "")
      .join("_");
  } catch {
    return undefined;
  }
}

function cleaned(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, "_")
    .replace(/^_+|_+$/g, "");
}
