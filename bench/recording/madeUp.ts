/** Seconds of a server that never was: a day's rhythm, services that come and go, spikes. The same every time. */
import type { FilesystemReading } from "../../src/model/devices.ts";
import type { GroupUsage } from "../../src/model/group.ts";
import type { HostDisk, HostNetwork, ProcessUsage, Snapshot } from "../../src/model/snapshot.ts";

const cores = 8;
const services = [
  ...[
    "nginx",
    "postgres",
    "redis-server",
    "java",
    "node",
    "python3",
    "php-fpm",
    "dockerd",
    "containerd",
    "prometheus",
    "grafana",
    "mysqld",
  ],
  ...[
    "rabbitmq",
    "haproxy",
    "sshd",
    "cron",
    "systemd",
    "systemd-journald",
    "rsyslogd",
    "chronyd",
    "postfix",
    "clamd",
    "fail2ban",
    "culprit",
  ],
];
const interrupts = { kind: "interrupts", process: "", unit: "", container: "", user: "" } as const;

/** Makes seconds, one after the other. */
export class MadeUpMachine {
  readonly #levels = services.map((_, index) => 0.01 + 0.4 / (index + 1));
  readonly #disks: HostDisk[] = [{ device: "nvme0n1", whole: true, readBytes: 1e11, writtenBytes: 5e11 }];
  #filesystems: readonly FilesystemReading[] = [];
  #random = 1;
  #received = 1e10;

  /** The second that ends at `takenAtMs`. */
  snapshot(takenAtMs: number): Snapshot {
    const second = Math.floor(takenAtMs / 1000);
    if (second % 15 === 0 || this.#filesystems.length === 0) this.#filesystems = this.#readFilesystems();
    const day = 0.6 + 0.4 * Math.sin((second / 86_400) * 2 * Math.PI);
    const groups: GroupUsage[] = services.map((process, index) => this.#group(process, index, day));
    // a job every hour, another name each day, for some minutes
    if (second % 3600 < 200) groups.push(this.#visitor(`backup-${Math.floor(second / 86_400)}`, 2.5));
    if (this.#next() < 0.2) groups.push(this.#visitor(`job${Math.floor(this.#next() * 40)}`, this.#next()));
    groups.push(
      { id: "interrupts", ...interrupts, usage: { cpuCores: this.#next() * 0.05 } },
      { id: "unattributed", ...interrupts, kind: "unattributed", usage: { cpuCores: this.#next() * 0.02, runningTasks: 0 } },
      {
        id: "other",
        ...interrupts,
        kind: "other",
        usage: { cpuCores: 0.1 * day, runningTasks: 0, uninterruptibleTasks: 0, residentBytes: 4e8 },
      },
    );
    const busyCores = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);
    return {
      takenAtMs,
      elapsedSeconds: 0.97 + this.#next() * 0.06,
      gap: false,
      host: {
        cpu: {
          cores,
          busyCores,
          busySeconds: second * 2,
          usageRatio: Math.min(1, busyCores / cores),
          coreUsageRatios: Array.from({ length: cores }, (_, cpu) => ({ cpu, ratio: this.#next() * day })),
          interruptCores: 0.03,
          iowaitCores: this.#next() * 0.1,
          stealCores: 0,
        },
        load: { load1: busyCores * 1.1, load5: busyCores, load15: 2 * day },
        tasks: { running: Math.ceil(busyCores), uninterruptible: this.#next() < 0.05 ? 1 : 0 },
        memory: {
          totalBytes: 3.3e10,
          availableBytes: 1.5e10 - this.#next() * 1e9,
          usageRatio: 0.55,
          swapTotalBytes: 2e9,
          swapUsedBytes: 1e8,
        },
        pressure: {
          cpu: { some: this.#next() * 0.1, full: 0 },
          memory: { some: 0, full: 0 },
          io: { some: this.#next() * 0.05, full: 0.01 },
        },
        disks: this.#disks.map((disk) => ({
          ...disk,
          writtenBytes: disk.writtenBytes + second * 1e5,
          readBytesPerSecond: this.#next() * 1e6,
          writtenBytesPerSecond: this.#next() * 1e7,
          busyRatio: this.#next() * 0.3,
        })),
        network: ["lo", "eth0", "docker0"].map((device) => this.#network(device)),
        filesystems: this.#filesystems,
        bootTimeSeconds: 1_790_000_000,
        processes: 310,
      },
      processes: Array.from({ length: 14 }, (_, index) => this.#process(services[index] ?? "", index)),
      groups,
      coverage: { cpu: 0.98, tasks: 1 },
    };
  }

  #group(process: string, index: number, day: number): GroupUsage {
    const level = this.#levels[index] ?? 0;
    // four of five are idle in any one second
    const cpuCores = this.#next() < 0.35 ? level * day * (0.5 + this.#next()) : 0;
    const usage = {
      cpuCores,
      residentBytes: 5e7 + index * 3e7 + Math.floor(this.#next() * 4) * 4096,
      runningTasks: cpuCores > 0.2 ? 1 : 0,
      uninterruptibleTasks: 0,
      readBytesPerSecond: 0,
      writtenBytesPerSecond: cpuCores > 0.05 ? this.#next() * 1e6 : 0,
    };
    return {
      id: process,
      kind: "process",
      process,
      unit: `${process}.service`,
      container: "",
      user: index % 3 === 0 ? "root" : process,
      usage,
    };
  }

  #visitor(process: string, cpuCores: number): GroupUsage {
    return {
      id: process,
      kind: "process",
      process,
      unit: "cron.service",
      container: "",
      user: "root",
      usage: { cpuCores, residentBytes: 1e8 },
    };
  }

  #process(process: string, index: number): ProcessUsage {
    const pid = 700 + index * 13;
    const commandLine = `/usr/sbin/${process} --config=/etc/${process}/${process}.conf --data=/var/lib/${process} --foreground --workers=${index}`;
    const usage = {
      cpuCores: this.#next(),
      residentBytes: 1e8,
      runningTasks: 0,
      uninterruptibleTasks: 0,
      writtenBytesPerSecond: this.#next() * 1e5,
    };
    return { key: `${pid}@4242`, pid, parentPid: 1, groupId: process, process, state: "S", threads: 4, commandLine, usage };
  }

  #network(device: string): HostNetwork {
    const receiveBytesPerSecond = this.#next() * 1e6;
    this.#received += receiveBytesPerSecond;
    const receiveBytes = Math.floor(this.#received);
    return {
      device,
      receiveBytes,
      transmitBytes: receiveBytes * 2,
      receiveBytesPerSecond,
      transmitBytesPerSecond: receiveBytesPerSecond * 2,
    };
  }

  #readFilesystems(): readonly FilesystemReading[] {
    return ["/", "/boot", "/var/lib/postgresql"].map((mountpoint, index) => ({
      device: `/dev/nvme0n1p${index + 1}`,
      fstype: "ext4",
      mountpoint,
      readOnly: false,
      sizeBytes: 1e11,
      availableBytes: Math.floor(5e10 + this.#next() * 1e6),
    }));
  }

  /** 0..1; a made-up week must be the same in every run (Park and Miller). */
  #next(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }
}
