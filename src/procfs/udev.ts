/** udev's database: one file a device below /run/udev/data, `E:ID_MODEL=...` (not documented, but read by lsblk and node_exporter as well). */
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { DiskPropertiesReading } from "../model/scraped.ts";
import { eachInSteps, type Steps } from "../model/steps.ts";
import { isGone } from "./errors.ts";
import type { Skips } from "./skips.ts";

/** Reads the properties of block devices; again only when udev has written something. */
export class UdevData {
  readonly #folder: string;
  readonly #skips: Skips;
  #changedMs = Number.NaN;
  #known: DiskPropertiesReading = new Map();

  constructor(folder: string, skips: Skips) {
    this.#folder = folder;
    this.#skips = skips;
  }

  /** Undefined where there is no udev, as in a container. In steps: a machine may have a thousand disks. */
  *read(): Steps<DiskPropertiesReading | undefined> {
    try {
      // udev replaces its files by renaming, which changes the directory
      const changedMs = statSync(this.#folder).mtimeMs;
      if (changedMs !== this.#changedMs) this.#known = yield* readBlockDevices(this.#folder, this.#skips);
      this.#changedMs = changedMs;
      return this.#known;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

function* readBlockDevices(folder: string, skips: Skips): Steps<DiskPropertiesReading> {
  const devices = new Map<string, ReadonlyMap<string, string>>();
  const names = readdirSync(folder).filter((name) => /^b\d+:\d+$/.test(name));
  yield* eachInSteps(names, (name) => {
    try {
      devices.set(name.slice(1), parseUdevData(readFileSync(`${folder}/${name}`, "utf8")));
    } catch (error) {
      if (!isGone(error)) skips.add(`${folder}/${name}`, error);
    }
  });
  return devices;
}

/** The properties (lines `E:name=value`) of one device. */
export function parseUdevData(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (line.startsWith("E:") && equals > 0) properties.set(line.slice(2, equals), line.slice(equals + 1));
  }
  return properties;
}
