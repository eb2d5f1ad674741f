/** /sys/devices/system/cpu: which CPUs the scheduler leaves alone, and how often heat slowed them down. */
import { readdirSync } from "node:fs";
import type { CpuTopologyReading } from "../model/scraped.ts";
import { isGone } from "./errors.ts";
import { KernelFiles } from "./kernelFiles.ts";
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
  readonly #files: KernelFiles;
  readonly #skips: Skips;
  readonly #folder: string;
  #online: string | undefined;
  #cores: readonly Throttle[] = [];
  #packages: readonly Throttle[] = [];

  constructor(root: ProcRoot, skips: Skips) {
    this.#files = new KernelFiles(root);
    this.#skips = skips;
    this.#folder = `${root.sysfs}/devices/system/cpu`;
  }

  /** Undefined where sysfs does not show CPUs. */
  read(): CpuTopologyReading | undefined {
    const online = this.#files.readAtOnce(`${this.#folder}/online`)?.line();
    if (online === undefined) return undefined;
    if (online !== this.#online) this.#look();
    this.#online = online;
    const isolated = this.#files.readAtOnce(`${this.#folder}/isolated`)?.line() ?? "";
    return {
      coreThrottles: this.#cores.flatMap(({ package: of, core, path }) => this.#count(path).map((count) => ({ package: of, core, count }))),
      packageThrottles: this.#packages.flatMap(({ package: of, path }) => this.#count(path).map((count) => ({ package: of, count }))),
      isolatedCpus: parseCpuList(isolated),
    };
  }

  close(): void {
    this.#files.close();
  }

  #count(path: string): number[] {
    const count = this.#number(path);
    return count === undefined ? [] : [count];
  }

  #number(path: string): number | undefined {
    return this.#skips.attempt(path, () => this.#files.readAtOnce(path)?.number());
  }

  #look(): void {
    this.#files.close();
    const cores = new Map<string, Throttle>();
    const packages = new Map<number, Throttle>();
    for (const name of list(this.#folder)) {
      const folder = `${this.#folder}/${name}`;
      const of = this.#number(`${folder}/topology/physical_package_id`);
      const core = this.#number(`${folder}/topology/core_id`);
      if (of === undefined || core === undefined) continue;
      this.#note(cores, `${of} ${core}`, { package: of, core, path: `${folder}/thermal_throttle/core_throttle_count` });
      this.#note(packages, of, { package: of, core, path: `${folder}/thermal_throttle/package_throttle_count` });
    }
    this.#files.close();
    this.#cores = [...cores.values()];
    this.#packages = [...packages.values()];
  }

  #note<Key>(known: Map<Key, Throttle>, key: Key, throttle: Throttle): void {
    if (!known.has(key) && this.#number(throttle.path) !== undefined) known.set(key, throttle);
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

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^cpu\d+$/.test(name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
