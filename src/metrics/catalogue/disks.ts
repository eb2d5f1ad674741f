import type { HostDisk } from "../../model/snapshot.ts";
import type { Family } from "../family.ts";

/** Memory, loop devices and partitions: what node_exporter leaves out of its disk families, too. */
const ignoredDevices = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

function diskCounter(name: string, help: string, value: (disk: HostDisk) => number | undefined): Family {
  return {
    name,
    help,
    type: "counter",
    labels: ["device"],
    *points({ snapshot }) {
      for (const disk of snapshot?.host.disks ?? []) {
        const known = ignoredDevices.test(disk.device) ? undefined : value(disk);
        if (known !== undefined) yield { labels: { device: disk.device }, value: known };
      }
    },
  };
}

/** Traffic of the block devices. */
export const diskFamilies: readonly Family[] = [
  diskCounter("culprit_disk_read_bytes_total", "Bytes read from the device.", (disk) => disk.readBytes),
  diskCounter("culprit_disk_written_bytes_total", "Bytes written to the device.", (disk) => disk.writtenBytes),
  diskCounter("culprit_disk_io_seconds_total", "Seconds in which the device had work.", (disk) => disk.ioSeconds),
];
