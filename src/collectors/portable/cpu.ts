/** CPU time by mode, out of what currentLoad says of the time since the call before. */
import type { CpuModeSeconds, CpuReading } from "../../model/machine.ts";
import type { CpuTicks } from "./system.ts";

/** The modes that Node knows of a CPU (uv_cpu_info). */
type KnownModes = Pick<CpuModeSeconds, "user" | "nice" | "system" | "idle" | "irq" | "iowait">;

/**
 * Adds the rises up to counters, so that they can be compared like those of /proc/stat. They begin at the first call.
 *
 * Steal and guest are not taken from currentLoad: it gives them in other units than the rest, if at all. Steal is time that the
 * modes do not explain, guest is inside user.
 */
export class CpuCounter {
  readonly #remainderWaits: boolean;
  readonly #perCpu: KnownModes[] = [];
  #readAtSeconds: number | undefined;
  #busySeconds = 0;

  /**
   * On Linux Node leaves iowait, softirq and steal out. With `remainderWaits` the time that no mode explains counts as waiting:
   * counted as work it would make a machine that waits for its disk a busy one.
   */
  constructor(options: { readonly remainderWaits: boolean }) {
    this.#remainderWaits = options.remainderWaits;
  }

  /** True once a call was added: from then on a rise begins at the call before. */
  get begun(): boolean {
    return this.#readAtSeconds !== undefined;
  }

  /** CPU seconds that all CPUs were busy since the first call. */
  get busySeconds(): number {
    return this.#busySeconds;
  }

  add(cpus: readonly CpuTicks[], readAtSeconds: number): void {
    if (cpus.length === 0) throw new Error("systeminformation's currentLoad knows of no CPU");
    const elapsed = this.#readAtSeconds === undefined ? undefined : readAtSeconds - this.#readAtSeconds;
    for (const [cpu, ticks] of cpus.entries()) {
      const rise = riseOf(ticks);
      const explained = rise.user + rise.nice + rise.system + rise.idle + rise.irq;
      const waited = this.#remainderWaits && elapsed !== undefined ? Math.max(0, elapsed - explained) : 0;
      this.#busySeconds += explained - rise.idle;
      this.#perCpu[cpu] = sum(this.#perCpu[cpu] ?? nothing, { ...rise, iowait: waited });
    }
    this.#perCpu.length = cpus.length;
    this.#readAtSeconds = readAtSeconds;
  }

  /** The counters as they are. */
  reading(bootTimeSeconds: number): CpuReading {
    if (this.#readAtSeconds === undefined) throw new Error("nothing was read yet");
    return {
      readAtSeconds: this.#readAtSeconds,
      total: complete(this.#perCpu.reduce(sum, nothing)),
      perCpu: this.#perCpu.map((modes, cpu) => ({ cpu, modes: complete(modes) })),
      bootTimeSeconds,
    };
  }
}

const nothing: KnownModes = { user: 0, nice: 0, system: 0, idle: 0, irq: 0, iowait: 0 };

function riseOf(ticks: CpuTicks): Omit<KnownModes, "iowait"> {
  return {
    user: seconds(ticks.rawLoadUser),
    nice: seconds(ticks.rawLoadNice),
    system: seconds(ticks.rawLoadSystem),
    idle: seconds(ticks.rawLoadIdle),
    irq: seconds(ticks.rawLoadIrq),
  };
}

/** A counter that fell counts as standing still. */
function seconds(milliseconds: number): number {
  return milliseconds > 0 ? milliseconds / 1000 : 0;
}

function sum(one: KnownModes, other: KnownModes): KnownModes {
  return {
    user: one.user + other.user,
    nice: one.nice + other.nice,
    system: one.system + other.system,
    idle: one.idle + other.idle,
    irq: one.irq + other.irq,
    iowait: one.iowait + other.iowait,
  };
}

/** What the OS does not count apart has not happened: it is part of another mode. */
function complete(modes: KnownModes): CpuModeSeconds {
  return { ...modes, softirq: 0, steal: 0, guest: 0, guestNice: 0 };
}
