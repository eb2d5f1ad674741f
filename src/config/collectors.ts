/** The collectors that flags switch: named as node_exporter names them, and three of Culprit's own. */
import type { FlagDefinition } from "./flags.ts";

/** What is read in every tick, and what it is for. */
const ofEveryTick: Readonly<Record<string, string>> = {
  cgroups: "CPU time by cgroup: work of a unit or container that no living process explains",
  cpu: "CPU time by mode and CPU",
  diskstats: "traffic of block devices",
  filesystem: "space and inodes of mounted file systems",
  loadavg: "load average",
  meminfo: "memory and swap",
  netdev: "traffic of network interfaces",
  oomkill: "processes that the kernel has killed for memory",
  pressure: "pressure stall information",
  processes: "processes: who used what",
  systemd: "units of systemd that have failed or were started again",
};

/** What is read only for a scrape that asks for it. */
const ofScrapes: Readonly<Record<string, string>> = {
  arp: "neighbours by network interface",
  bonding: "interfaces that bundle others",
  conntrack: "tracked connections",
  cpufreq: "frequencies of the CPUs",
  entropy: "the kernel's pool of randomness",
  filefd: "open file handles",
  hwmon: "voltages, temperatures and fans",
  mdadm: "software RAID",
  netclass: "properties of network interfaces",
  netstat: "protocol counters",
  nvme: "NVMe controllers",
  os: "name and version of the distribution",
  schedstat: "scheduler statistics",
  sockstat: "sockets in use",
  softnet: "packet processing by CPU",
  stat: "forks, interrupts, context switches",
  textfile: "metrics from *.prom files of --collector.textfile.directory",
  thermal_zone: "temperatures of the machine and what cools it",
  time: "clock and time zone",
  timex: "how well the clock is kept",
  udp_queues: "bytes that wait in UDP sockets",
  uname: "name and version of the system",
  vmstat: "virtual memory counters",
};

/** All of them, in the order of the alphabet, with what they are for. All are on unless a flag says otherwise. */
export const switchableCollectors: Readonly<Record<string, string>> = Object.fromEntries(
  [...Object.entries(ofEveryTick), ...Object.entries(ofScrapes).map(([name, what]) => [name, `${what} (collect[]=${name})`] as const)].sort(
    ([one], [other]) => (one < other ? -1 : 1),
  ),
);

/** `--collector.X` and `--no-collector.X` for each of them. */
export const collectorFlags: readonly FlagDefinition[] = [
  {
    name: "collector.textfile.directory",
    value: "DIR",
    help: "Directory with *.prom files; repeat it for several.",
    repeatable: true,
    isForScrapes: true,
  },
  {
    name: "collector.systemd.unit-include",
    value: "REGEX",
    help: "Units to show in whatever state they are, by their whole names, such as (nginx|postgresql.*)[.]service; those that failed or were started again are shown anyway.",
    isForScrapes: true,
  },
  ...Object.entries(switchableCollectors).flatMap(([name, what]) => {
    const isForScrapes = Object.hasOwn(ofScrapes, name);
    return [
      { name: `collector.${name}`, help: `Collect ${what} (the default).`, isForScrapes },
      { name: `no-collector.${name}`, help: `Do not collect ${what}.`, isForScrapes },
    ];
  }),
];

/** The collectors that the flags switch off. When a command line says both, off wins over the default that `--collector.X` repeats. */
export function disabledCollectors(given: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return Object.keys(switchableCollectors).filter((name) => given.has(`no-collector.${name}`));
}
