/** The collectors that flags switch: named as node_exporter names them, and two of Culprit's own. */
import type { FlagDefinition } from "./flags.ts";

/** What each of them is for; all are on unless a flag says otherwise. */
export const switchableCollectors: Readonly<Record<string, string>> = {
  cgroups: "CPU time by cgroup: work of a unit or container that no living process explains",
  conntrack: "tracked connections (collect[]=conntrack)",
  cpu: "CPU time by mode and CPU",
  diskstats: "traffic of block devices",
  filefd: "open file handles (collect[]=filefd)",
  filesystem: "space and inodes of mounted file systems",
  loadavg: "load average",
  meminfo: "memory and swap",
  netclass: "properties of network interfaces (collect[]=netclass)",
  netdev: "traffic of network interfaces",
  netstat: "protocol counters (collect[]=netstat)",
  pressure: "pressure stall information",
  processes: "processes: who used what",
  schedstat: "scheduler statistics (collect[]=schedstat)",
  sockstat: "sockets in use (collect[]=sockstat)",
  softnet: "packet processing by CPU (collect[]=softnet)",
  stat: "forks, interrupts, context switches (collect[]=stat)",
  textfile: "metrics from *.prom files of --collector.textfile.directory (collect[]=textfile)",
  time: "clock and time zone (collect[]=time)",
  uname: "name and version of the system (collect[]=uname)",
  vmstat: "virtual memory counters (collect[]=vmstat)",
};

/** `--collector.X` and `--no-collector.X` for each of them. */
export const collectorFlags: readonly FlagDefinition[] = [
  { name: "collector.textfile.directory", value: "DIR", help: "Directory with *.prom files; repeat it for several.", repeatable: true },
  ...Object.entries(switchableCollectors).flatMap(([name, what]) => [
    { name: `collector.${name}`, help: `Collect ${what} (the default).` },
    { name: `no-collector.${name}`, help: `Do not collect ${what}.` },
  ]),
];

/** The collectors that the flags switch off. When a command line says both, off wins over the default that `--collector.X` repeats. */
export function disabledCollectors(given: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return Object.keys(switchableCollectors).filter((name) => given.has(`no-collector.${name}`));
}
