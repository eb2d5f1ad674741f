import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import type { GroupUsage } from "../../src/model/group.ts";
import type { HostUsage } from "../../src/model/snapshot.ts";
import type { Spike } from "../../src/model/spike.ts";
import { type MetricsLog, openMetricsLog } from "../../src/wiring/metricsLog.ts";
import { spike } from "../capture/burnerSpikes.ts";
import { group, other, snapshotAt, t0 } from "../recorder/support.ts";
import { ManualClock } from "../support/manualClock.ts";
import { packageRoot } from "../support/paths.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const busy: HostUsage = {
  cpu: { cores: 4, busySeconds: 0, busyCores: 2, usageRatio: 0.5 },
  load: { load1: 2, load5: 1, load15: 0.5 },
  disks: [{ device: "sda", whole: true, readBytes: 0, writtenBytes: 0, readBytesPerSecond: 1000, writtenBytesPerSecond: 2000 }],
  filesystems: [
    { mountpoint: "/", device: "/dev/sda1", fstype: "ext4", size: { sizeBytes: 100, freeBytes: 40, availableBytes: 40 } },
    { mountpoint: "/data", device: "/dev/sdb1", fstype: "ext4", size: { sizeBytes: 1000, freeBytes: 100, availableBytes: 100 } },
  ],
};

describe("the line a minute about the machine", () => {
  const newDirectory = tempDirectories();
  let spikes: readonly Spike[];
  let storage: string;
  beforeEach(async () => {
    spikes = [];
    storage = await newDirectory();
  });

  async function open(yaml = "logs: { metrics: true }"): Promise<MetricsLog | undefined> {
    const cwd = await newDirectory();
    writeFiles(cwd, { "culprit.yml": yaml });
    const config = loadConfig({ argv: [`--storage.path=${storage}`], env: {}, cwd });
    const past = { spikes: { active: () => spikes } };
    return openMetricsLog(config, { log: recordedLog().log, clock: new ManualClock(t0), hostname: "web1", version: "0.1.0", past });
  }

  /** Takes these seconds in, with the groups that a function of the second gives. */
  function run(log: MetricsLog | undefined, seconds: number, groupsAt: (second: number) => readonly GroupUsage[] = () => [], host = busy) {
    for (let second = 0; second < seconds; second++) {
      const shown = groupsAt(second);
      log?.take({ snapshot: snapshotAt(t0 + second * 1000, shown, { host }), shown });
    }
  }

  async function lines(file = join(storage, "metrics.jsonl")): Promise<readonly Record<string, unknown>[]> {
    return (await readFile(file, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  it("is written when the minute is over, and what there is of the last one at the end", async () => {
    const log = await open();
    run(log, 150);
    await log?.close();
    assert.deepEqual(
      (await lines()).map((line) => [line["@timestamp"], line["culprit.recorded_seconds"]]),
      [
        ["2026-11-21T10:00:00.000Z", 60],
        ["2026-11-21T10:01:00.000Z", 60],
        ["2026-11-21T10:02:00.000Z", 30],
      ],
    );
  });

  it("has the machine in the names of the Elastic Common Schema, and all figures with mean and peak", async () => {
    const log = await open();
    run(log, 60, () => [], busy);
    await log?.close();
    const [line = {}] = await lines();
    assert.equal(line["host.name"], "web1");
    assert.equal(line["event.dataset"], "culprit.metrics");
    assert.equal(line["host.cpu.usage"], 0.5);
    assert.equal(line["host.disk.read.bytes"], 60_000, "bytes of the minute");
    assert.equal(line["host.disk.write.bytes"], 120_000);
    assert.equal(line["culprit.load5"], 1);
    assert.equal(line["culprit.cpu_usage_ratio_peak"], 0.5);
    assert.ok(!("host.network.ingress.bytes" in line), "what is unknown is absent");
    assert.ok(Object.keys(line).every((name) => name === "@timestamp" || /^[a-z]+(?:\.[a-z0-9_]+)+$/.test(name)));
    assert.ok(
      Object.values(line).every((value) => typeof value !== "object" || Array.isArray(value)),
      "flat, but for lists",
    );
  });

  it("has each file system's room, the fullest first", async () => {
    const log = await open();
    run(log, 60);
    await log?.close();
    assert.deepEqual((await lines())[0]?.["culprit.mounts"], [
      { mountpoint: "/data", size_bytes: 1000, available_bytes: 100, used_ratio: 0.9 },
      { mountpoint: "/", size_bytes: 100, available_bytes: 40, used_ratio: 0.6 },
    ]);
  });

  it("has the five groups that used most CPU over the minute, and no remainder", async () => {
    const log = await open();
    const names = ["a", "b", "c", "d", "e", "f"];
    run(log, 60, (second) => [
      other({ cpuCores: 3 }),
      ...names.map((name, place) => group(name, { cpuCores: place / 10, residentBytes: 100 })),
      group("burst", { cpuCores: second === 30 ? 4 : 0 }, { unit: "cron.service" }),
    ]);
    await log?.close();
    const [line = {}] = await lines();
    const groups = line["culprit.groups"] as readonly Record<string, unknown>[];
    assert.deepEqual(
      groups.map(({ process, cpu_cores }) => [process, cpu_cores]),
      [
        ["f", 0.5],
        ["e", 0.4],
        ["d", 0.3],
        ["c", 0.2],
        ["b", 0.1],
      ],
    );
    assert.deepEqual(groups[0], {
      ...{ kind: "process", process: "f", unit: "", container: "", user: "root" },
      ...{ cpu_cores: 0.5, cpu_cores_peak: 0.5, resident_bytes: 100 },
    });
  });

  it("has the spikes that last, with who it is", async () => {
    const log = await open();
    run(log, 60);
    spikes = [spike("s1", t0, "pg_dump")];
    await log?.close();
    const [line = {}] = await lines();
    const [told] = line["culprit.spikes"] as readonly Record<string, unknown>[];
    assert.equal(told?.id, "s1");
    assert.equal(told?.culprit, "pg_dump");
    assert.equal(told?.started, "2026-11-21T10:00:00.000Z");
  });

  it("goes to the file that is named, beside the configuration", async () => {
    const file = join(await newDirectory(), "machine.jsonl");
    const log = await open(`logs: { metrics: ${JSON.stringify(file)} }`);
    run(log, 1);
    await log?.close();
    assert.equal((await lines(file)).length, 1);
  });

  it("is not there unless it is asked for", async () => {
    for (const yaml of ["", "logs: { metrics: false }", "logs:"]) assert.equal(await open(yaml), undefined);
    assert.ok(!existsSync(join(storage, "metrics.jsonl")));
  });

  it("is refused with the line of a wrong setting", async () => {
    await assert.rejects(open("logs:\n  metrics: 5"), /culprit\.yml:2:12: logs\.metrics: expected true or false, or a path, got 5/);
  });

  it("is as docs/logs.md shows it", async () => {
    const log = await open();
    run(log, 60, () => [group("f", { cpuCores: 1 })]);
    spikes = [spike("s1", t0, "pg_dump")];
    await log?.close();
    const docs = await readFile(join(packageRoot(), "docs", "logs.md"), "utf8");
    const shown = JSON.parse(/```json\n(\{"@timestamp[\s\S]*?)```/.exec(docs)?.[1] ?? "{}") as Record<string, unknown>;
    const [line = {}] = await lines();
    const known = new Set(Object.keys(shown));
    assert.deepEqual(
      Object.keys(line).filter((name) => !known.has(name)),
      [],
    );
  });
});
