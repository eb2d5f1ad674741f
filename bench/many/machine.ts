/** A machine with many of everything, made of files: what is in it moves on when the bench says so. */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** How many. */
export interface Many {
  readonly interfaces: number;
  readonly mounts: number;
  readonly disks: number;
  readonly cgroups: number;
  /** All processes live in so many of the cgroups; there are two lines for each. */
  readonly inhabited: number;
  readonly cpus: number;
  readonly processes: number;
}

const attributes: Readonly<Record<string, string>> = {
  ...{ address: "02:fc:00:00:00:01", broadcast: "ff:ff:ff:ff:ff:ff", duplex: "full", ifalias: "", operstate: "up", flags: "0x1003" },
  ...{ addr_assign_type: "3", carrier: "1", carrier_changes: "2", carrier_down_count: "1", carrier_up_count: "1", dev_id: "0x0" },
  ...{
    dormant: "0",
    iflink: "3",
    link_mode: "0",
    mtu: "1500",
    name_assign_type: "4",
    netdev_group: "0",
    speed: "10000",
    tx_queue_len: "1000",
  },
  ...{ type: "1", "statistics/rx_nohandler": "0" },
};

const firstPid = 1000;

/** The machine. */
export class ManyMachine {
  readonly directory = mkdtempSync(join(tmpdir(), "culprit-many-"));
  readonly #many: Many;
  readonly #open = new Map<string, number>();
  #second = 0;

  constructor(many: Many) {
    this.#many = many;
    const { interfaces, mounts, disks, cgroups, inhabited } = many;
    this.#put(
      "proc/1/stat",
      `1 (init) S 0 1 1 0 -1 0 0 0 0 0 100 50 0 0 20 0 1 0 5 10000000 1000 18446744073709551615 ${"0 ".repeat(26)}0\n`,
    );
    this.#put("proc/1/status", "Name:\tinit\nTgid:\t1\nUid:\t0\t0\t0\t0\n");
    this.#put("proc/1/statm", "2000 1000 200 1 0 100 0\n");
    this.#put("proc/1/io", "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 1000\nwrite_bytes: 1000\ncancelled_write_bytes: 0\n");
    this.#put("proc/1/cmdline", "init\0");
    this.#put("proc/1/cgroup", "0::/init.scope\n");
    symlinkSync("1", join(this.directory, "proc/self"));
    this.#put("proc/meminfo", "MemTotal: 16000000 kB\nMemFree: 8000000 kB\nMemAvailable: 12000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
    this.#put("root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    const mounted = range(mounts, (index) => {
      mkdirSync(join(this.directory, `root/srv/volume-${index}`), { recursive: true });
      return `/dev/mapper/vg-volume--${index} /srv/volume-${index} ext4 rw,relatime 0 0\n`;
    });
    const cgroupMount = join(this.directory, "cgroup");
    this.#put("proc/1/mounts", `${mounted.join("")}cgroup2 ${cgroupMount} cgroup2 rw 0 0\n`);
    for (let index = 0; index < disks; index++)
      mkdirSync(join(this.directory, `sys/class/block/${diskName(index)}/holders`), { recursive: true });
    for (let index = 0; index < interfaces; index++) {
      const folder = `sys/class/net/${interfaceName(index)}`;
      for (const [name, text] of Object.entries({ ...attributes, ifindex: String(index + 2) })) this.#put(`${folder}/${name}`, `${text}\n`);
    }
    for (let pid = firstPid; pid < firstPid + many.processes; pid++) {
      const cgroup = cgroupName(pid % Math.min(cgroups, inhabited));
      this.#start(pid, `/${cgroup.slice("cgroup/".length)}`);
    }
    this.#put("cgroup/cpu.stat", "usage_usec 1000000\n");
    for (let index = 0; index < cgroups; index++) this.#put(`${cgroupName(index)}/cpu.stat`, "usage_usec 1000000\n");
    this.pass();
  }

  /** A second passes: every counter of the machine moves, and one process in fifty has used CPU. */
  pass(): void {
    const second = ++this.#second;
    const { interfaces, disks, cpus, processes } = this.#many;
    for (let pid = firstPid + (second % 50); pid < firstPid + processes; pid += 50) this.#putStat(pid, second);
    const modes = `${900 + 10 * second} 0 ${100 + second} ${90_000 + 89 * second} 0 0 0 0 0 0`;
    const all = modes.replaceAll(/\d+/g, (ticks) => String(Number(ticks) * cpus));
    const lines = range(cpus, (cpu) => `cpu${cpu} ${modes}\n`);
    this.#put(
      "proc/stat",
      `cpu  ${all}\n${lines.join("")}intr ${second}\nctxt ${second}\nbtime 1790000000\nprocesses 5000\nprocs_running 1\nprocs_blocked 0\n`,
    );
    this.#put("proc/loadavg", `0.10 0.10 0.10 1/200 ${900 + second}\n`);
    const ios = `${100 + second} 0 ${8000 + 80 * second} 50 ${100 + second} 0 ${2000 + second} 50 0 ${100 + second} 100 0 0 0 0 0 0`;
    this.#put("proc/diskstats", range(disks, (index) => ` 8 ${index} ${diskName(index)} ${ios}\n`).join(""));
    const head =
      "Inter-|   Receive  |  Transmit\n face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed\n";
    const bytes = `${1000 * second} ${second} 0 0 0 0 0 0 ${900 * second} ${second} 0 0 0 0 0 0`;
    this.#put("proc/1/net/dev", head + range(interfaces, (index) => `${interfaceName(index)}: ${bytes}\n`).join(""));
    this.#put(
      "proc/1/net/softnet_stat",
      range(cpus, (cpu) => `${"00000001 ".repeat(12)}${cpu.toString(16).padStart(8, "0")} 00000000 00000000\n`).join(""),
    );
    this.#put(
      "proc/schedstat",
      `version 15\ntimestamp ${second}\n${range(cpus, (cpu) => `cpu${cpu} 0 0 ${second} ${second} ${second} ${second} ${second}000 ${second}000 ${second}\n`).join("")}`,
    );
  }

  #start(pid: number, cgroup: string): void {
    const folder = `proc/${pid}`;
    this.#putStat(pid, 0);
    this.#put(`${folder}/status`, `Name:\tworker\nTgid:\t${pid}\nUid:\t0\t0\t0\t0\n`);
    this.#put(`${folder}/statm`, "2000 1000 200 1 0 100 0\n");
    this.#put(`${folder}/io`, "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 1000\nwrite_bytes: 1000\ncancelled_write_bytes: 0\n");
    this.#put(`${folder}/cmdline`, `/usr/bin/worker-${pid % 2}\0--serve\0`);
    this.#put(`${folder}/cgroup`, `0::${cgroup}\n`);
  }

  #putStat(pid: number, second: number): void {
    const ticks = String(100 + second).padStart(8, "0");
    const rest = `0 0 20 0 1 0 ${pid} 10000000 1000 18446744073709551615 ${"0 ".repeat(26)}0\n`;
    this.#put(`proc/${pid}/stat`, `${pid} (worker) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 50 ${rest}`);
  }

  remove(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** In place, and never shorter than before: a reader sees the one text or the other. */
  #put(name: string, text: string): void {
    const path = join(this.directory, name);
    if (!name.startsWith("proc/") || /^proc\/\d{2,}/.test(name)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return;
    }
    let descriptor = this.#open.get(name);
    if (descriptor === undefined) {
      mkdirSync(dirname(path), { recursive: true });
      descriptor = openSync(path, "w+");
      this.#open.set(name, descriptor);
    }
    writeSync(descriptor, text, 0);
  }
}

function range<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function diskName(index: number): string {
  return `nvme${index}n1`;
}

function interfaceName(index: number): string {
  return `veth${index.toString(16).padStart(6, "0")}`;
}

function cgroupName(index: number): string {
  return `cgroup/kubepods.slice/kubepods-pod${Math.floor(index / 5)}.slice/cri-${index}.scope`;
}
