/** /sys/devices/system/cpu/cpuN/cpufreq, in kHz (Documentation/admin-guide/pm/cpufreq.rst). */
import { defined } from "../model/defined.ts";
import type { CpuFrequencyReading } from "../model/hardware.ts";
import type { AskedFiles } from "./askedFiles.ts";
import { folderNames } from "./deviceFolders.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

const frequencies = ["cpuinfo_cur", "cpuinfo_avg", "cpuinfo_min", "cpuinfo_max", "scaling_cur", "scaling_min", "scaling_max"];
const texts = ["scaling_governor", "scaling_available_governors"];

/** Reads them of every CPU that can change its own; in most virtual machines none can. */
export class CpuFrequencyFiles {
  readonly #folder: string;
  readonly #files: AskedFiles;
  readonly #skips: Skips;
  #looked: string | undefined;
  #cpus: readonly string[] = [];

  constructor(root: ProcRoot, files: AskedFiles, skips: Skips) {
    this.#folder = `${root.sysfs}/devices/system/cpu`;
    this.#files = files;
    this.#skips = skips;
  }

  /** Undefined where sysfs does not show CPUs. */
  async read(): Promise<CpuFrequencyReading[] | undefined> {
    const online = `${this.#folder}/online`;
    const looked = (await this.#files.texts([{ path: online }], this.#skips)).get(online);
    if (looked !== this.#looked) this.#cpus = await this.#look();
    this.#looked = looked;
    if (looked === undefined) return undefined;
    const pathOf = (cpu: string, file: string) => `${this.#folder}/${cpu}/cpufreq/${file}`;
    const asked = this.#cpus.flatMap((cpu) => [
      // the kernel asks the CPU, and makes who asks too often wait
      ...frequencies.map((name) => ({ path: pathOf(cpu, `${name}_freq`), isDoubtful: true, mayRefuse: true })),
      ...texts.map((name) => ({ path: pathOf(cpu, name), mayRefuse: true })),
    ]);
    const answers = await this.#files.texts(asked, this.#skips);
    return this.#cpus.map((cpu) => {
      const lineOf = (file: string) => answers.get(pathOf(cpu, file))?.trim();
      const hertz = frequencies.flatMap((name) => {
        const text = lineOf(`${name}_freq`);
        return text !== undefined && /^\d+$/.test(text) ? [[name, Number(text) * 1000] as const] : [];
      });
      const governors = (lineOf("scaling_available_governors") ?? "").split(/\s+/).filter((one) => one !== "");
      return { cpu: cpu.slice("cpu".length), hertz: new Map(hertz), governors, ...defined({ governor: lineOf("scaling_governor") }) };
    });
  }

  /** The CPUs that have the folder. */
  async #look(): Promise<string[]> {
    const cpus = (await folderNames(this.#files, this.#folder, /^cpu\d+$/)) ?? [];
    const known = await Promise.all(cpus.map((cpu) => folderNames(this.#files, `${this.#folder}/${cpu}`, /^cpufreq$/)));
    return cpus.filter((_, index) => known[index]?.length === 1);
  }
}
