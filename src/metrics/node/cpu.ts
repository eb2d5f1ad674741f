import type { CpuModeSeconds, CpuReading } from "../../model/machine.ts";
import type { CpuTopologyReading } from "../../model/scraped.ts";
import { columns, LabelCache, type NodeCollector, type NodeFamily, type NodePoint } from "./family.ts";

const shownModes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;
const guestModes = { user: "guest", nice: "guestNice" } as const;

/** When idle falls by this much, the CPU was taken away and given back: its counters begin anew. */
const hotplugIdleSeconds = 3;

/** CPU seconds by CPU and mode, thermal throttling, and isolated CPUs. */
export function createCpuCollector(): NodeCollector {
  const seconds = new ModeLabels(shownModes);
  const guest = new ModeLabels(Object.keys(guestModes));
  const isolated = new LabelCache("cpu");
  const steady = new SteadyModes();
  return {
    collector: "cpu",
    parts: ["cpu", "cpuTopology"],
    families({ cpu, cpuTopology }) {
      if (cpu === undefined) return [];
      const cpus = steady.take(cpu);
      const families: NodeFamily[] = [
        {
          name: "node_cpu_seconds_total",
          help: "CPU seconds spent in each mode.",
          type: "counter",
          points: cpus.flatMap(({ cpu: number, modes }) => seconds.points(number, (mode) => modes[mode])),
        },
        {
          name: "node_cpu_guest_seconds_total",
          help: "CPU seconds spent for guests (virtual machines) in each mode; they are part of user and nice.",
          type: "counter",
          points: cpus.flatMap(({ cpu: number, modes }) => guest.points(number, (mode) => modes[guestModes[mode as "user" | "nice"]])),
        },
      ];
      return cpuTopology === undefined ? families : [...families, ...topologyFamilies(cpuTopology, isolated)];
    },
  };
}

function topologyFamilies({ isolatedCpus, coreThrottles, packageThrottles }: CpuTopologyReading, isolated: LabelCache): NodeFamily[] {
  return [
    ...columns(isolatedCpus, (cpu) => isolated.of(String(cpu)), [
      { name: "node_cpu_isolated", help: "1 for a CPU that the scheduler was told to keep away from.", type: "gauge", value: () => 1 },
    ]),
    ...columns(coreThrottles, (one) => ({ package: String(one.package), core: String(one.core) }), [
      { name: "node_cpu_core_throttles_total", help: "How often heat slowed the core down.", type: "counter", value: (one) => one.count },
    ]),
    ...columns(packageThrottles, (one) => ({ package: String(one.package) }), [
      {
        name: "node_cpu_package_throttles_total",
        help: "How often heat slowed the package down.",
        type: "counter",
        value: (one) => one.count,
      },
    ]),
  ];
}

/** The labels `cpu` and `mode`, made once for every CPU. */
class ModeLabels<Mode extends string> {
  readonly #modes: readonly Mode[];
  readonly #byCpu: Readonly<Record<string, string>>[][] = [];

  constructor(modes: readonly Mode[]) {
    this.#modes = modes;
  }

  points(cpu: number, secondsOf: (mode: Mode) => number): NodePoint[] {
    let labels = this.#byCpu[cpu];
    if (labels === undefined) {
      labels = this.#modes.map((mode) => Object.freeze({ cpu: String(cpu), mode }));
      this.#byCpu[cpu] = labels;
    }
    const own = labels;
    return this.#modes.map((mode, index) => ({ labels: own[index] ?? {}, value: secondsOf(mode) }));
  }
}

/**
 * Counters of CPU time that never fall.
 *
 * The kernel takes idle and iowait back by a tick now and then, which Prometheus would take for a restart and count all
 * time since boot again. node_exporter shows the highest value that was seen, and so does this.
 */
class SteadyModes {
  readonly #highest = new Map<number, CpuModeSeconds>();

  take({ perCpu }: CpuReading): CpuReading["perCpu"] {
    return perCpu.map(({ cpu, modes }) => {
      const before = this.#highest.get(cpu);
      const steady = before === undefined || before.idle - modes.idle >= hotplugIdleSeconds ? modes : higherOf(before, modes);
      this.#highest.set(cpu, steady);
      return { cpu, modes: steady };
    });
  }
}

function higherOf(one: CpuModeSeconds, other: CpuModeSeconds): CpuModeSeconds {
  return {
    user: Math.max(one.user, other.user),
    nice: Math.max(one.nice, other.nice),
    system: Math.max(one.system, other.system),
    idle: Math.max(one.idle, other.idle),
    iowait: Math.max(one.iowait, other.iowait),
    irq: Math.max(one.irq, other.irq),
    softirq: Math.max(one.softirq, other.softirq),
    steal: Math.max(one.steal, other.steal),
    guest: Math.max(one.guest, other.guest),
    guestNice: Math.max(one.guestNice, other.guestNice),
  };
}
