import assert from "node:assert/strict";
import { chartOfSpike, hostFigures, recordedFigures, recordedValues } from "../../src/model/hostFigures.ts";
import type { HostUsage } from "../../src/model/snapshot.ts";
import { spikeResources } from "../../src/model/spikeResource.ts";

const disk = { device: "sda", whole: true, readBytes: 0, writtenBytes: 0 };
const network = { device: "eth0", receiveBytes: 0, transmitBytes: 0 };

/** A machine that tells everything. */
const host: HostUsage = {
  cpu: {
    ...{ cores: 4, busySeconds: 0, busyCores: 1, usageRatio: 0.25 },
    coreUsageRatios: [0.1, 0.7, 0.2, 0].map((ratio, cpu) => ({ cpu, ratio })),
  },
  load: { load1: 1, load5: 2, load15: 3 },
  tasks: { running: 7, uninterruptible: 5 },
  memory: { totalBytes: 100, availableBytes: 40, usageRatio: 0.6, swapTotalBytes: 200, swapUsedBytes: 50 },
  pressure: { cpu: { some: 0.11, full: 0.12 }, memory: { some: 0.13, full: 0.14 }, io: { some: 0.15, full: 0.16 } },
  disks: [
    { ...disk, readBytesPerSecond: 10, writtenBytesPerSecond: 20 },
    { ...disk, device: "sdb", readBytesPerSecond: 1 },
    { ...disk, device: "sda1", whole: false, readBytesPerSecond: 10, writtenBytesPerSecond: 20 },
  ],
  network: [
    { ...network, receiveBytesPerSecond: 30, transmitBytesPerSecond: 40 },
    { ...network, device: "lo", receiveBytesPerSecond: 5, transmitBytesPerSecond: 5 },
  ],
};

describe("A figure of the host", () => {
  const values: Readonly<Record<(typeof hostFigures)[number]["name"], number>> = {
    cpuUsageRatio: 0.25,
    busyCores: 1,
    load1: 1,
    load5: 2,
    load15: 3,
    loadPerCore: 0.5,
    loadTasks: 12,
    memoryUsageRatio: 0.6,
    usedBytes: 60,
    swapUsedBytes: 50,
    swapUsageRatio: 0.25,
    diskReadBytesPerSecond: 11,
    diskWrittenBytesPerSecond: 20,
    networkReceiveBytesPerSecond: 30,
    networkTransmitBytesPerSecond: 40,
    runningTasks: 7,
    uninterruptibleTasks: 5,
    cpuPressureRatio: 0.11,
    memoryPressureRatio: 0.13,
    ioPressureRatio: 0.15,
    cpuFullPressureRatio: 0.12,
    memoryFullPressureRatio: 0.14,
    ioFullPressureRatio: 0.16,
    busiestCoreRatio: 0.7,
    memoryTotalBytes: 100,
    memoryAvailableBytes: 40,
    swapTotalBytes: 200,
  };
  for (const { name, read } of hostFigures) {
    it(`${name} is read where it belongs, and unknown where it is not there`, () => {
      assert.equal(read(host), values[name]);
      assert.equal(read({}), undefined);
    });
  }

  it("is a column of every table when it is recorded, in an order that does not change", () => {
    assert.equal(
      recordedFigures.map(({ column }) => column).join(),
      "cpu_usage_ratio,load1,load5,load15,memory_usage_ratio,swap_used_bytes,disk_read_bytes_per_second,disk_written_bytes_per_second," +
        "network_receive_bytes_per_second,network_transmit_bytes_per_second,running_tasks,uninterruptible_tasks," +
        "cpu_pressure_ratio,memory_pressure_ratio,io_pressure_ratio," +
        "busiest_core_ratio,memory_total_bytes,memory_available_bytes,swap_total_bytes",
    );
    const recorded = recordedFigures.map(({ name }) => [name, values[name]]);
    assert.deepEqual(recordedValues(host), Object.fromEntries(recorded));
  });

  it("has a chart of its own series when it is drawn, and every resource that spikes has one", () => {
    const series = hostFigures.flatMap((figure) => (figure.series === undefined ? [] : [figure]));
    assert.equal(new Set(series.map(({ series: one }) => one?.id)).size, series.length);
    for (const { name, chart, recorded } of series) assert.ok(chart !== undefined && recorded, name);
    for (const resource of spikeResources) assert.ok(chartOfSpike.has(resource), resource);
  });
});
