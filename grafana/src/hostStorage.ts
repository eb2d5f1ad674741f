/** The sections of the Host dashboard on disks and network. */
import type { Section } from "./dashboard.ts";
import { stackedLines } from "./hostCompute.ts";
import { graph, shareSteps } from "./panels.ts";
import { select } from "./promql.ts";
import { table } from "./tables.ts";

const perSecond = (metric: string, ...matchers: readonly string[]) => `rate(${select(metric, ...matchers)}[$__rate_interval])`;

/** Space, traffic, and who reads and writes. */
export function diskSection(): Section {
  const each = (expr: string) => `max by (instance, mountpoint, device, fstype) (${expr})`;
  return {
    title: "Disks",
    panels: [
      graph({
        title: "Disk traffic",
        description: "Bytes per second by device, read upwards and written downwards. What is written reaches the disk up to 30 s later.",
        unit: "Bps",
        span: 24,
        lowest: "auto",
        targets: [
          { expr: perSecond("culprit_disk_read_bytes_total"), legend: "read {{device}} · {{instance}}" },
          { expr: perSecond("culprit_disk_written_bytes_total"), legend: "written {{device}} · {{instance}}", below: true },
        ],
      }),
      stackedLines({
        title: "Writes by process",
        description: "Bytes per second that the top processes of the range wrote and that go to storage, counted when they wrote them.",
        unit: "Bps",
        metric: "culprit_process_written_bytes_per_second",
      }),
      stackedLines({
        title: "Reads by process",
        description: "Bytes per second that the top processes of the range read from storage, not from the cache.",
        unit: "Bps",
        metric: "culprit_process_read_bytes_per_second",
      }),
      graph({
        title: "Disk busy",
        description: "Share of the time in which the device had work. Disks that do many things at once are not full at 100 %.",
        unit: "percentunit",
        span: 12,
        max: 1,
        targets: [{ expr: perSecond("culprit_disk_io_seconds_total"), legend: "{{device}} · {{instance}}" }],
      }),
      graph({
        title: "Space used",
        description: "Share of each file system that users cannot write to any more.",
        unit: "percentunit",
        span: 12,
        max: 1,
        targets: [{ expr: select("culprit_pool_usage_ratio"), legend: "{{mountpoint}} · {{instance}}" }],
      }),
      table({
        title: "File systems",
        description: "Space and inodes of every file system, the fullest first. A file system that does not answer is not here.",
        span: 24,
        height: 8,
        labels: [
          ["instance", { name: "Host", width: 150 }],
          ["mountpoint", { name: "Mounted on" }],
          ["device", { name: "Device" }],
          ["fstype", { name: "Type", width: 90 }],
        ],
        values: [
          {
            name: "Used",
            expr: each(select("culprit_filesystem_usage_ratio")),
            unit: "percentunit",
            bar: true,
            max: 1,
            steps: shareSteps,
          },
          { name: "Available", expr: each(select("culprit_filesystem_available_bytes")), unit: "decbytes", width: 110 },
          { name: "Size", expr: each(select("culprit_filesystem_size_bytes")), unit: "decbytes", width: 110 },
          {
            name: "Inodes used",
            expr: each(`1 - ${select("culprit_filesystem_files_free")} / ${select("culprit_filesystem_files")}`),
            unit: "percentunit",
            bar: true,
            max: 1,
            steps: shareSteps,
          },
        ],
        sortBy: "Used",
      }),
    ],
  };
}

/** What came in and went out. */
export function networkSection(): Section {
  return {
    title: "Network",
    panels: [
      graph({
        title: "Network traffic",
        description: "Bytes per second by interface, received upwards and sent downwards; loopback is left out.",
        unit: "Bps",
        span: 24,
        lowest: "auto",
        targets: [
          { expr: perSecond("culprit_network_receive_bytes_total", 'device!~"lo[0-9]*"'), legend: "received {{device}} · {{instance}}" },
          {
            expr: perSecond("culprit_network_transmit_bytes_total", 'device!~"lo[0-9]*"'),
            legend: "sent {{device}} · {{instance}}",
            below: true,
          },
        ],
      }),
    ],
  };
}
