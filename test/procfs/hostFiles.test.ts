import assert from "node:assert/strict";
import { MalformedError } from "../../src/procfs/errors.ts";
import { parseLoadavg } from "../../src/procfs/loadavg.ts";
import { parseMeminfo } from "../../src/procfs/meminfo.ts";
import { Skips } from "../../src/procfs/skips.ts";
import { parseStat } from "../../src/procfs/stat.ts";
import { parseAuxiliaryVector } from "../../src/procfs/units.ts";
import { scan } from "../support/text.ts";

describe("the kernel's host files", () => {
  it("gives CPU seconds by mode, per machine and per CPU, and what was counted since boot", () => {
    const stat = parseStat(
      scan(
        "cpu  100 20 30 4000 50 6 7 8 9 10\ncpu0 50 10 15 2000 25 3 3 4 4 5\ncpu3 50 10 15 2000 25 3 4 4 5 5\nintr 12345 0 1 2\nctxt 777\nbtime 1790000000\nprocesses 4242\nprocs_running 3\nprocs_blocked 1\nsoftirq 999 1 2 3\n",
      ),
      100,
      5,
      new Skips(),
    );
    assert.deepEqual(stat.total, {
      user: 1,
      nice: 0.2,
      system: 0.3,
      idle: 40,
      iowait: 0.5,
      irq: 0.06,
      softirq: 0.07,
      steal: 0.08,
      guest: 0.09,
      guestNice: 0.1,
    });
    assert.deepEqual(
      stat.perCpu.map((one) => one.cpu),
      [0, 3],
    );
    assert.equal(stat.interrupts, 12345);
    assert.equal(stat.softirqs, 999);
    assert.equal(stat.forks, 4242);
    assert.equal(stat.bootTimeSeconds, 1790000000);
    assert.equal(stat.runningTasks, 3);
    assert.equal(stat.blockedTasks, 1);
    assert.equal(stat.readAtSeconds, 5);
  });

  it("takes the seven columns of an old kernel's CPU line", () => {
    assert.equal(parseStat(scan("cpu  1 2 3 4 5 6 7\n"), 100, 0, new Skips()).total.steal, 0);
  });

  it("names the file and the line when /proc/stat is not what it should be", () => {
    const skips = new Skips();
    assert.throws(
      () => parseStat(scan("cpu  1 x 3\n", "/proc/stat"), 100, 0, skips),
      (error: Error) => {
        assert.ok(error instanceof MalformedError);
        assert.match(error.message, /^\/proc\/stat: expected a line that begins with "cpu"/);
        return true;
      },
    );
    assert.deepEqual(skips.take(), { count: 1, notes: [{ path: "/proc/stat", reason: 'expected a number, got "cpu  1 x 3"' }] });
    assert.throws(() => parseStat(scan("ctxt 5\n"), 100, 0, new Skips()), /begins with/);
  });

  it("adds the CPUs up where /proc/stat has no line of their sum, and leaves out the CPU whose line is odd", () => {
    const skips = new Skips();
    const stat = parseStat(scan("cpu0 1 0 2 700 0 0 0\ncpu1 1 0 2 7OO\ncpu2 100 0 0 300 0 0 0\nprocesses 7\n"), 100, 0, skips);
    assert.deepEqual([stat.total.user, stat.total.idle, stat.forks], [1.01, 10, 7]);
    assert.deepEqual(
      stat.perCpu.map(({ cpu }) => cpu),
      [0, 2],
    );
    assert.equal(skips.count, 1);
  });

  it("keeps the low digits of counters that a double does not count exactly", () => {
    const idle = (text: string) => parseStat(scan(`cpu  5 0 0 ${text} 0\ncpu0 5 0 0 ${text} 0\n`), 100, 0, new Skips());
    const [before, after] = [idle("8317131874320235395"), idle("8317131874320235485")];
    assert.equal(before.total.idle, after.total.idle);
    assert.equal(((after.totalLowDigits?.idle ?? 0) - (before.totalLowDigits?.idle ?? 0)).toFixed(2), "0.90");
    assert.deepEqual(before.perCpu[0]?.lowDigits, before.totalLowDigits);
    assert.equal(before.totalLowDigits?.user, 0.05);
    assert.equal(idle("900000000000000").totalLowDigits, undefined);
  });

  it("reads the load average", () => {
    assert.deepEqual(parseLoadavg(scan("0.46 12.18 0.07 2/778 2287\n")), {
      load1: 0.46,
      load5: 12.18,
      load15: 0.07,
      runnableTasks: 2,
      totalTasks: 778,
      lastPid: 2287,
    });
    const averages = { load1: 0.46, load5: 0.18, load15: 0.07 };
    for (const rest of ["", " 2 778", " 0/0 0 more", " x/y 12"]) assert.deepEqual(parseLoadavg(scan(`0.46 0.18 0.07${rest}\n`)), averages);
    assert.deepEqual(parseLoadavg(scan("0.46 0.18 0.07 0/0 12\n")), { ...averages, lastPid: 12 });
    assert.deepEqual(parseLoadavg(scan("0.46 0.18 0.07 3/80\n")), { ...averages, runnableTasks: 3, totalTasks: 80 });
    assert.throws(() => parseLoadavg(scan("0.46 x\n")), /a number/);
  });

  it("gives memory in bytes and leaves counts of huge pages alone", () => {
    const memory = parseMeminfo(
      scan(
        "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\nActive(anon):    5 kB\nSwapTotal:  50 kB\nSwapFree: 20 kB\nHugePages_Total:       3\n",
      ),
      new Skips(),
    );
    assert.equal(memory.totalBytes, 1_024_000);
    assert.equal(memory.availableBytes, 614_400);
    assert.equal(memory.swapTotalBytes, 51_200);
    assert.equal(memory.swapFreeBytes, 20_480);
    assert.equal(memory.fields.get("Active(anon)"), 5120);
    assert.equal(memory.fields.get("HugePages_Total"), 3);
  });

  it("estimates what is available where the kernel does not yet say", () => {
    assert.equal(
      parseMeminfo(scan("MemTotal: 1000 kB\nMemFree: 1 kB\nBuffers: 2 kB\nCached: 4 kB\n"), new Skips()).availableBytes,
      7 * 1024,
    );
  });

  it("finds what is available wherever it stands, and leaves odd lines out", () => {
    const skips = new Skips();
    const text = "MemTotal: 1000 kB\nMemFree: 50 kB\n---\nCached: x kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\nMemAvailable: 600 kB\n";
    const memory = parseMeminfo(scan(text, "/proc/meminfo"), skips);
    assert.equal(memory.availableBytes, 600 * 1024);
    assert.deepEqual([...memory.fields.keys()], ["MemTotal", "MemFree", "SwapTotal", "SwapFree", "MemAvailable"]);
    assert.deepEqual(
      skips.take()?.notes.map(({ reason }) => reason),
      ['expected name: value, got "---"', 'expected a number behind the name, got "Cached: x kB"'],
    );
  });

  it("believes no available memory that cannot be", () => {
    const available = (text: string) => parseMeminfo(scan(text), new Skips()).availableBytes;
    // nothing while half is free, and more than there is
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 500 kB\nMemAvailable: 0 kB\nCached: 4 kB\n"), 504 * 1024);
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 500 kB\nMemAvailable: 18014398509481984 kB\n"), 500 * 1024);
    // a machine that is really full
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 20 kB\nMemAvailable: 0 kB\n"), 0);
    assert.equal(available("MemTotal: 1000 kB\n"), undefined);
    assert.equal(available("MemTotal: 1000 kB\nMemFree: 2000 kB\n"), undefined);
    assert.equal(available("MemFree: 500 kB\nMemAvailable: 600 kB\n"), undefined);
    assert.throws(() => parseMeminfo(scan("nonsense\n"), new Skips()), MalformedError);
  });

  it("learns page size and tick from the auxiliary vector", () => {
    const vector = Buffer.alloc(48);
    vector.writeBigUInt64LE(6n, 0);
    vector.writeBigUInt64LE(65536n, 8);
    vector.writeBigUInt64LE(17n, 16);
    vector.writeBigUInt64LE(250n, 24);
    assert.deepEqual(parseAuxiliaryVector(vector), { pageBytes: 65536, ticksPerSecond: 250 });
  });
});
