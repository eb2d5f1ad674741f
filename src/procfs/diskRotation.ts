/** /sys/block/NAME/queue/rotational: 1 for a disk that turns (Documentation/ABI/stable/sysfs-block). */
import type { DiskRotationReading } from "../model/scraped.ts";
import type { AskedFiles } from "./askedFiles.ts";
import { folderNames } from "./deviceFolders.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

/** Reads it of every whole disk; once as long as the disks are the same ones. */
export class DiskRotation {
  readonly #folder: string;
  readonly #files: AskedFiles;
  readonly #skips: Skips;
  #devices = "";
  #known: DiskRotationReading | undefined;

  constructor(root: ProcRoot, files: AskedFiles, skips: Skips) {
    this.#folder = `${root.sysfs}/block`;
    this.#files = files;
    this.#skips = skips;
  }

  /** Undefined where sysfs shows no disks. */
  async read(): Promise<DiskRotationReading | undefined> {
    const devices = await folderNames(this.#files, this.#folder);
    if (devices === undefined) return undefined;
    const names = devices.join(" ");
    if (names !== this.#devices || this.#known === undefined) this.#known = await this.#ask(devices);
    this.#devices = names;
    return this.#known;
  }

  async #ask(devices: readonly string[]): Promise<DiskRotationReading> {
    const pathOf = (device: string) => `${this.#folder}/${device}/queue/rotational`;
    const texts = await this.#files.texts(
      devices.map((device) => ({ path: pathOf(device) })),
      this.#skips,
    );
    return new Map(
      devices.flatMap((device) => {
        const text = texts.get(pathOf(device))?.trim();
        return text === undefined ? [] : [[device, text === "1"] as const];
      }),
    );
  }
}
