/** The visible list of node_exporter's collectors that are offered here. */
import { createArpCollector } from "./arp.ts";
import { createBondingCollector } from "./bonding.ts";
import { createConntrackCollector } from "./conntrack.ts";
import { createCpuCollector } from "./cpu.ts";
import { createCpufreqCollector } from "./cpufreq.ts";
import { createDiskstatsCollector } from "./diskstats.ts";
import { createEntropyCollector } from "./entropy.ts";
import type { NodeExclusions } from "./exclude.ts";
import type { NodeCollector } from "./family.ts";
import { createFilefdCollector } from "./filefd.ts";
import { createFilesystemCollector } from "./filesystem.ts";
import { createHwmonCollector } from "./hwmon.ts";
import { createLoadavgCollector } from "./loadavg.ts";
import { createMdadmCollector } from "./mdadm.ts";
import { createMeminfoCollector } from "./meminfo.ts";
import { createNetclassCollector } from "./netclass.ts";
import { createNetdevCollector } from "./netdev.ts";
import { createNetstatCollector } from "./netstat.ts";
import { createNvmeCollector } from "./nvme.ts";
import { createOsCollector } from "./os.ts";
import { createPressureCollector } from "./pressure.ts";
import { createSchedstatCollector } from "./schedstat.ts";
import { createSockstatCollector } from "./sockstat.ts";
import { createSoftnetCollector } from "./softnet.ts";
import { createStatCollector } from "./stat.ts";
import { createSystemdCollector } from "./systemd.ts";
import { createTextfileCollector } from "./textfile.ts";
import { createThermalZoneCollector } from "./thermalZone.ts";
import { createTimeCollector } from "./time.ts";
import { createTimexCollector } from "./timex.ts";
import { createUdpQueuesCollector } from "./udpQueues.ts";
import { createUnameCollector } from "./uname.ts";
import { createVmstatCollector } from "./vmstat.ts";

/** One of each, in the order of their names but for textfile: what a file says yields to what the machine says. */
export function createNodeCollectors(exclude: NodeExclusions): readonly NodeCollector[] {
  return [
    createArpCollector(),
    createBondingCollector(),
    createConntrackCollector(),
    createCpuCollector(),
    createCpufreqCollector(),
    createDiskstatsCollector(exclude.disks),
    createEntropyCollector(),
    createFilefdCollector(),
    createFilesystemCollector(exclude.mountpoints, exclude.filesystemTypes),
    createHwmonCollector(),
    createLoadavgCollector(),
    createMdadmCollector(),
    createMeminfoCollector(),
    createNetclassCollector(exclude.interfaces),
    createNetdevCollector(exclude.networkDevices),
    createNetstatCollector(),
    createNvmeCollector(),
    createOsCollector(),
    createPressureCollector(),
    createSchedstatCollector(),
    createSockstatCollector(),
    createSoftnetCollector(),
    createStatCollector(),
    createSystemdCollector(),
    createThermalZoneCollector(),
    createTimeCollector(),
    createTimexCollector(),
    createUdpQueuesCollector(),
    createUnameCollector(),
    createVmstatCollector(),
    createTextfileCollector(),
  ];
}
