import type { CpuFrequencyReading } from "../../model/hardware.ts";
import { type Column, columns, LabelCache, type NodeCollector } from "./family.ts";

function frequency(name: string, help: string, file: string): Column<CpuFrequencyReading> {
  return { name: `node_cpu_${name}_hertz`, help, type: "gauge", value: ({ hertz }) => hertz.get(file) };
}

const all: readonly Column<CpuFrequencyReading>[] = [
  frequency("frequency", "Frequency of the CPU.", "cpuinfo_cur"),
  frequency("frequency_avg", "Frequency of the CPU on average.", "cpuinfo_avg"),
  frequency("frequency_min", "Lowest frequency that the CPU has.", "cpuinfo_min"),
  frequency("frequency_max", "Highest frequency that the CPU has.", "cpuinfo_max"),
  frequency("scaling_frequency", "Frequency that the kernel has chosen.", "scaling_cur"),
  frequency("scaling_frequency_min", "Lowest frequency that the kernel may choose.", "scaling_min"),
  frequency("scaling_frequency_max", "Highest frequency that the kernel may choose.", "scaling_max"),
];

/** How fast the CPUs run, and who decides that. */
export function createCpufreqCollector(): NodeCollector {
  const labels = new LabelCache("cpu");
  return {
    collector: "cpufreq",
    parts: ["cpuFrequencies"],
    families({ cpuFrequencies = [] }) {
      const governors = cpuFrequencies.flatMap(({ cpu, governor, governors: available }) =>
        governor === undefined ? [] : available.map((one) => ({ cpu, governor: one, is: one === governor })),
      );
      return [
        ...columns(cpuFrequencies, ({ cpu }) => labels.of(cpu), all),
        ...columns(governors, ({ cpu, governor }) => ({ cpu, governor }), [
          { name: "node_cpu_scaling_governor", help: "1 for the governor that decides.", type: "gauge", value: ({ is }) => Number(is) },
        ]),
      ];
    },
  };
}
