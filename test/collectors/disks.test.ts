import assert from "node:assert/strict";
import { createDisksCollector } from "../../src/collectors/disks.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const newDirectory = tempDirectories();

describe("the disks of a Sample", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await newDirectory();
  });

  /** A machine whose devices have read so many sectors. */
  function machine(block: Readonly<Record<string, string>> = {}) {
    writeFiles(`${directory}/sys/class/block`, block);
    const root = { procfs: `${directory}/proc`, sysfs: `${directory}/sys`, rootfs: "/" };
    const disks = createDisksCollector(new KernelFiles(root));
    return (sectors: readonly (readonly [device: string, read: number])[]) => {
      const lines = sectors.map(([device, read]) => `8 0 ${device} 1 0 ${read} 0 0 0 0 0 0 0 0\n`);
      writeFiles(directory, { "proc/diskstats": lines.join("") });
      return disks.collect(new ManualClock()) ?? [];
    };
  }
  const wholeOf = (readings: ReturnType<ReturnType<typeof machine>>) => readings.filter((one) => one.whole).map((one) => one.device);

  it("count an NVMe disk on two paths once where the disk itself is counted", () => {
    const look = machine();
    assert.deepEqual(
      wholeOf(
        look([
          ["nvme0n1", 0],
          ["nvme0c0n1", 0],
          ["nvme0c1n1", 0],
        ]),
      ),
      ["nvme0n1"],
    );
    assert.deepEqual(
      wholeOf(
        look([
          ["nvme0n1", 5000],
          ["nvme0c0n1", 2600],
          ["nvme0c1n1", 2500],
        ]),
      ),
      ["nvme0n1"],
    );
  });

  it("count its paths where a kernel counts only them, and what is built upon it never beside them", () => {
    const look = machine({ "nvme0n1/holders/dm-0/x": "" });
    const readings = look([
      ["nvme0n1", 0],
      ["nvme0c0n1", 2600],
      ["nvme0c1n1", 2500],
      ["dm-0", 5000],
      ["nvme1n1", 7],
    ]);
    assert.deepEqual(wholeOf(readings), ["nvme0c0n1", "nvme0c1n1", "nvme1n1"]);
  });

  it("notice when the kernel begins to count, and count a path whose disk is not there", () => {
    const look = machine();
    assert.deepEqual(
      wholeOf(
        look([
          ["nvme0n1", 0],
          ["nvme0c0n1", 900],
          ["nvme3c0n1", 5],
        ]),
      ),
      ["nvme0c0n1", "nvme3c0n1"],
    );
    assert.deepEqual(
      wholeOf(
        look([
          ["nvme0n1", 1000],
          ["nvme0c0n1", 1000],
          ["nvme3c0n1", 5],
        ]),
      ),
      ["nvme0n1", "nvme3c0n1"],
    );
  });

  it("know the partitions of a disk whose name has a slash", () => {
    const look = machine({
      "cciss!c0d0/cciss!c0d0p1/partition": "1\n",
      "cciss!c0d0/cciss!c0d0p2/partition": "2\n",
      "cciss!c0d0p1/partition": "1\n",
      "cciss!c0d0p2/partition": "2\n",
      "cciss!c0d0p2/holders/dm-0/x": "",
      "cciss!c0d1/holders/cciss!v0/x": "",
    });
    const readings = look([
      ["cciss/c0d0", 30],
      ["cciss/c0d0p1", 10],
      ["cciss/c0d0p2", 20],
      ["dm-0", 20],
      ["cciss/c0d1", 5],
      ["cciss/v0", 5],
    ]);
    assert.deepEqual(wholeOf(readings), ["cciss/c0d0p1", "dm-0", "cciss/v0"]);
  });

  it("give a device that is listed twice once, and the same objects while nothing happens", () => {
    const look = machine();
    const readings = look([
      ["sda", 10],
      ["sdb", 3],
      ["sda", 20],
    ]);
    assert.deepEqual(
      readings.map((one) => [one.device, one.readBytes]),
      [
        ["sda", 10 * 512],
        ["sdb", 3 * 512],
      ],
    );
    assert.equal(
      look([
        ["sda", 10],
        ["sdb", 3],
        ["sda", 20],
      ]),
      readings,
    );
    assert.equal(
      look([
        ["sda", 11],
        ["sdb", 3],
        ["sda", 20],
      ])[1],
      readings[1],
    );
  });
});
