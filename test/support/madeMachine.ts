import { closeSync, constants, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ProcRoot } from "../../src/procfs/root.ts";

/** What a made process says of itself; everything has a value that is right for an idle one. */
export interface MadeProcess {
  readonly comm: string;
  readonly state: string;
  readonly parentPid: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly childTicks: number;
  readonly startTicks: number;
  readonly threads: number;
  readonly residentPages: number;
  readonly readBytes: number | string;
  readonly writtenBytes: number | string;
  readonly commandLine: string;
  readonly cgroup: string;
}

const idleProcess: MadeProcess = {
  comm: "prog",
  state: "S",
  parentPid: 1,
  userTicks: 100,
  systemTicks: 50,
  childTicks: 0,
  startTicks: 5000,
  threads: 1,
  residentPages: 1000,
  readBytes: 1000,
  writtenBytes: 1000,
  commandLine: "prog\0",
  cgroup: "0::/system.slice/prog.service\n",
};

const netHead =
  "Inter-|   Receive                                                |  Transmit\n" +
  " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

/** Ticks of one CPU by mode, as a line of /proc/stat has them. */
export interface MadeCpu {
  user: number;
  system: number;
  idle: number | bigint;
  iowait: number;
  steal: number;
}

/**
 * A machine made of files, healthy until a test makes it odd: `write` puts any file (below /proc, /sys or the root file system) another
 * way, `pass` lets time go by on its CPUs. Files are written in place, so that a descriptor that is open on one sees the new text.
 */
export class MadeMachine {
  readonly directory = mkdtempSync(join(tmpdir(), "culprit-made-"));
  readonly root: ProcRoot = {
    procfs: join(this.directory, "proc"),
    sysfs: join(this.directory, "sys"),
    rootfs: join(this.directory, "root"),
  };
  /** The counters behind /proc/stat, by CPU; a test may change them at any time. */
  readonly cpus: MadeCpu[];
  forks = 5000;
  /** The last touch to the text of /proc/stat before it is written. */
  changeStat: (text: string) => string = (text) => text;
  readonly #processes = new Map<number, MadeProcess>();

  constructor({ cpus = 4 } = {}) {
    this.cpus = Array.from({ length: cpus }, () => ({ user: 9000, system: 1000, idle: 90_000, iowait: 0, steal: 0 }));
    this.pass(0);
    this.write("proc/loadavg", "0.10 0.12 0.14 1/200 900\n");
    this.memory({});
    this.write("proc/diskstats", "   8       0 sda 100 0 2000 50 100 0 2000 50 0 100 100 0 0 0 0 0 0\n");
    for (const path of ["proc/net/dev", "proc/1/net/dev"]) this.network({ lo: [1000, 1000], eth0: [2000, 2000] }, path);
    this.write("proc/vmstat", "nr_free_pages 1000\npgfault 100\npgmajfault 10\n");
    for (const resource of ["cpu", "memory", "io"]) this.pressure(resource, 1000, 500);
    this.write("proc/1/mounts", "/dev/sda1 / ext4 rw,relatime 0 0\n");
    this.write("proc/self/mounts", "/dev/sda1 / ext4 rw,relatime 0 0\n");
    this.write("root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    this.makeDirectory("sys/class/block/sda");
    this.makeDirectory("sys/class/net");
    this.process(1, { comm: "init", parentPid: 0, commandLine: "init\0", cgroup: "0::/init.scope\n" });
    this.process(100, { comm: "worker", commandLine: "/usr/bin/worker\0" });
    this.process(200, { comm: "database", commandLine: "/usr/bin/database\0" });
  }

  /** The absolute path of a file of the machine. */
  path(name: string): string {
    return join(this.directory, name);
  }

  /** Writes a file in place; `latin1` keeps every byte of a text as it is. */
  write(name: string, content: string | Buffer): void {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    const bytes = typeof content === "string" ? Buffer.from(content, "latin1") : content;
    // not "w", which would cut it to nothing first
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT);
    writeSync(descriptor, bytes, 0, bytes.length, 0);
    ftruncateSync(descriptor, bytes.length);
    closeSync(descriptor);
  }

  /** Takes a file or a directory away. */
  take(name: string): void {
    rmSync(this.path(name), { recursive: true, force: true });
  }

  /** A directory where a file should be answers every reading with EISDIR: an error that is neither "gone" nor "denied". */
  makeUnreadable(name: string): void {
    this.take(name);
    this.makeDirectory(name);
  }

  makeDirectory(name: string): void {
    mkdirSync(this.path(name), { recursive: true });
  }

  link(name: string, target: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    symlinkSync(target, this.path(name));
  }

  /** So many seconds pass on every CPU, that busy; then /proc/stat is written. */
  pass(seconds: number, busyRatio = 0.1): void {
    const ticks = Math.round(seconds * 100);
    const busy = Math.round(ticks * busyRatio);
    for (const cpu of this.cpus) {
      cpu.user += busy;
      cpu.idle = typeof cpu.idle === "bigint" ? cpu.idle + BigInt(ticks - busy) : cpu.idle + ticks - busy;
    }
    this.write("proc/stat", this.changeStat(this.statText()));
  }

  /** /proc/stat as the counters are. */
  statText(): string {
    const sum = (mode: keyof MadeCpu) => this.cpus.reduce((total, cpu) => total + BigInt(cpu[mode]), 0n);
    const line = (name: string, of: (mode: keyof MadeCpu) => number | bigint) =>
      `${name} ${of("user")} 0 ${of("system")} ${of("idle")} ${of("iowait")} 0 0 ${of("steal")} 0 0\n`;
    return (
      line("cpu ", sum) +
      this.cpus.map((cpu, number) => line(`cpu${number}`, (mode) => cpu[mode])).join("") +
      `intr 100\nctxt 100\nbtime 1790000000\nprocesses ${this.forks}\nprocs_running 1\nprocs_blocked 0\nsoftirq 100\n`
    );
  }

  /** /proc/meminfo in kB; `undefined` leaves a line out, what is not there yet is added at the end. */
  memory(changes: Readonly<Record<string, number | string | undefined>>): void {
    const usual = {
      MemTotal: 16_000_000,
      MemFree: 8_000_000,
      MemAvailable: 12_000_000,
      Buffers: 100_000,
      Cached: 3_000_000,
      SwapCached: 0,
      SwapTotal: 2_000_000,
      SwapFree: 2_000_000,
    };
    const lines = Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== undefined);
    this.write("proc/meminfo", lines.map(([name, value]) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`).join(""));
  }

  /** /proc/net/dev with bytes received and sent, and a packet for every thousand. */
  network(
    interfaces: Readonly<Record<string, readonly [received: number | string, sent: number | string]>>,
    path = "proc/1/net/dev",
  ): void {
    const columns = (bytes: number | string) => `${bytes} ${Math.ceil(Number(bytes) / 1000)} 0 0 0 0 0 0`;
    const lines = Object.entries(interfaces).map(
      ([name, [received, sent]]) => `${name.padStart(6)}: ${columns(received)} ${columns(sent)}\n`,
    );
    this.write(path, netHead + lines.join(""));
  }

  /** One file of /proc/pressure, in microseconds. */
  pressure(resource: string, some: number, full: number): void {
    const line = (kind: string, total: number) => `${kind} avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\n`;
    this.write(`proc/pressure/${resource}`, line("some", some) + line("full", full));
  }

  /** Makes a process, or changes what an existing one says. */
  process(pid: number, changes: Partial<MadeProcess> = {}): void {
    const process = { ...(this.#processes.get(pid) ?? idleProcess), ...changes };
    const isNew = !this.#processes.has(pid);
    this.#processes.set(pid, process);
    const stat = this.pidStat(pid);
    this.write(`proc/${pid}/stat`, stat);
    this.write(`proc/${pid}/io`, ioText(process));
    if (!isNew) return;
    this.write(`proc/${pid}/status`, `Name:\t${process.comm}\nTgid:\t${pid}\nUid:\t0\t0\t0\t0\n`);
    this.write(`proc/${pid}/statm`, "2000 1000 200 1 0 100 0\n");
    this.write(`proc/${pid}/cmdline`, process.commandLine);
    this.write(`proc/${pid}/cgroup`, process.cgroup);
    this.write(`proc/${pid}/task/${pid}/stat`, stat);
  }

  /** Ends a process. */
  end(pid: number): void {
    this.#processes.delete(pid);
    this.take(`proc/${pid}`);
  }

  /** The line of /proc/PID/stat of a made process. */
  pidStat(pid: number): string {
    const { comm, state, parentPid, userTicks, systemTicks, childTicks, startTicks, threads, residentPages } =
      this.#processes.get(pid) ?? idleProcess;
    const until22 = `${parentPid} ${pid} ${pid} 0 -1 0 0 0 0 0 ${userTicks} ${systemTicks} ${childTicks} 0 20 0 ${threads} 0 ${startTicks}`;
    return `${pid} (${comm}) ${state} ${until22} 10000000 ${residentPages} 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n`;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function ioText({ readBytes, writtenBytes }: MadeProcess): string {
  return `rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: ${readBytes}\nwrite_bytes: ${writtenBytes}\ncancelled_write_bytes: 0\n`;
}
