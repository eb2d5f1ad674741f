/** /sys/devices/system/cpu: which CPUs the scheduler leaves alone, and how often heat slowed them down. */
import type { CpuTopologyReading } from "../model/scraped.ts";
import type { AskedFiles } from "./askedFiles.ts";
import { isGone, MalformedError } from "./errors.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

/** A core or a package, and the file that counts for it: the CPUs of one core share its counter, so it is read once. */
interface Throttle {
  readonly package: number;
  readonly core: number;
  readonly path: string;
}

/** Reads the counters; where they are is looked up only when CPUs come or go. */
export class CpuTopologyFiles {
  readonly #files: AskedFiles;
  readonly #skips: Skips;
  readonly #folder: string;
  #online: string | undefined;
  #cores: readonly Throttle[] = [];
  #packages: readonly Throttle[] = [];

  constructor(root: ProcRoot, files: AskedFiles, skips: Skips) {
    this.#files = files;
    this.#skips = skips;
    this.#folder = `${root.sysfs}/devices/system/cpu`;
  }

  /** Undefined where sysfs does not show CPUs. */
  async read(): Promise<CpuTopologyReading | undefined> {
    const paths = { online: `${this.#folder}/online`, isolated: `${this.#folder}/isolated` };
    const lists = await this.#texts([paths.online, paths.isolated]);
    const online = lists.get(paths.online);
    if (online === undefined) return undefined;
    if (online !== this.#online) await this.#look();
    this.#online = online;
    const counts = await this.#texts([...this.#cores, ...this.#packages].map(({ path }) => path));
    const countOf = ({ path }: Throttle) => this.#numbersIn(path, counts);
    return {
      coreThrottles: this.#cores.flatMap((one) => countOf(one).map((count) => ({ package: one.package, core: one.core, count }))),
      packageThrottles: this.#packages.flatMap((one) => countOf(one).map((count) => ({ package: one.package, count }))),
      isolatedCpus: parseCpuList(lists.get(paths.isolated) ?? ""),
    };
  }

  async #look(): Promise<void> {
    const folders = (await list(this.#files, this.#folder)).map((name) => `${this.#folder}/${name}`);
    const names = [
      "topology/physical_package_id",
      "topology/core_id",
      "thermal_throttle/core_throttle_count",
      "thermal_throttle/package_throttle_count",
    ];
    const texts = await this.#texts(folders.flatMap((folder) => names.map((name) => `${folder}/${name}`)));
    const cores = new Map<string, Throttle>();
    const packages = new Map<number, Throttle>();
    for (const folder of folders) {
      const [of] = this.#numbersIn(`${folder}/topology/physical_package_id`, texts);
      const [core] = this.#numbersIn(`${folder}/topology/core_id`, texts);
      if (of === undefined || core === undefined) continue;
      const note = <Key>(known: Map<Key, Throttle>, key: Key, path: string) => {
        if (!known.has(key) && texts.has(path)) known.set(key, { package: of, core, path });
      };
      note(cores, `${of} ${core}`, `${folder}/thermal_throttle/core_throttle_count`);
      note(packages, of, `${folder}/thermal_throttle/package_throttle_count`);
    }
    this.#cores = [...cores.values()];
    this.#packages = [...packages.values()];
  }

  /** The number of a file that holds one; none where it does not. */
  #numbersIn(path: string, texts: ReadonlyMap<string, string>): number[] {
    const line = texts.get(path)?.trim();
    if (line === undefined) return [];
    if (/^\d+$/.test(line)) return [Number(line)];
    this.#skips.add(path, new MalformedError(path, line, "a number"));
    return [];
  }

  #texts(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#files.texts(
      paths.map((path) => ({ path })),
      this.#skips,
    );
  }
}

/** Parses the kernel's lists: `0-2,5` means 0, 1, 2 and 5. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [first, last = first] = part.split("-").map(Number);
      if (first === undefined || last === undefined) return [];
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

async function list(files: AskedFiles, folder: string): Promise<string[]> {
  try {
    return (await files.list(folder)).flatMap(({ name }) => (/^cpu\d+$/.test(name) ? [name] : []));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
