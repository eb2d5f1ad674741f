// Records a fixture of this machine: node scripts/record-fixture.mjs OUT.json [--pids 12,34] [--seconds 1]
//
// Takes the kernel files that Culprit reads, twice, `--seconds` apart, as { ticks: [{ path: content }] }. Content is kept as latin1, so
// that broken UTF-8 in a process' name survives. Kernel threads are always taken, other processes only when named: clean the machine of
// private names before, and read the file before committing it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pids: { type: "string", default: "" }, seconds: { type: "string", default: "1" } },
});
const [out] = positionals;
if (out === undefined) throw new Error("usage: node scripts/record-fixture.mjs OUT.json [--pids 12,34] [--seconds 1]");
const wanted = new Set(values.pids.split(",").filter(Boolean));
const kernelThread = 0x00200000;

const hostFiles = [
  "stat",
  "loadavg",
  "meminfo",
  "diskstats",
  "1/net/dev",
  "1/mounts",
  "vmstat",
  "uptime",
  "version",
  "swaps",
  "filesystems",
  "pressure/cpu",
  "pressure/memory",
  "pressure/io",
  "net/snmp",
  "net/snmp6",
  "net/netstat",
  "net/sockstat",
  "net/sockstat6",
  "net/softnet_stat",
  "schedstat",
  "sys/fs/file-nr",
  "interrupts",
  "softirqs",
  "sys/kernel/random/entropy_avail",
];
const processFiles = ["stat", "cmdline", "status", "cgroup", "statm", "io", "wchan"];

function tick() {
  /** @type {Record<string, string>} */
  const files = {};
  /** @param {string} path */
  const take = (path) => {
    try {
      files[path] = readFileSync(`/proc/${path}`, "latin1");
    } catch {
      // not every kernel has every file, and processes end
    }
  };
  for (const path of hostFiles) take(path);
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    let stat;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    } catch {
      continue;
    }
    const flags = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[6]);
    if ((flags & kernelThread) === 0 && !wanted.has(pid)) continue;
    for (const file of processFiles) take(`${pid}/${file}`);
  }
  return files;
}

const ticks = [tick()];
await sleep(Number(values.seconds) * 1000);
ticks.push(tick());
writeFileSync(out, `${JSON.stringify({ ticks }, null, 1)}\n`);
