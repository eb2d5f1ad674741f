import assert from "node:assert/strict";
import type { FilesystemReading } from "../../src/model/devices.ts";
import { encodeSnapshot } from "../../src/recorder/format/encodeLine.ts";
import { Fold } from "../../src/recorder/format/fold.ts";
import { mountsOf } from "../../src/recorder/format/mounts.ts";
import { parseRecorded } from "../../src/recorder/format/parseLine.ts";
import { rollupOf } from "../../src/recorder/format/rollup.ts";
import { Downsampler } from "../../src/recorder/ranges/downsample.ts";
import { rangeOf } from "../../src/recorder/ranges/range.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { newRecorder, snapshotAt, t0 } from "./support.ts";

function mounted(mountpoint: string, availableBytes: number, changes: Partial<FilesystemReading> = {}): FilesystemReading {
  const size = { sizeBytes: 1000, freeBytes: availableBytes, availableBytes };
  return { device: `/dev/${mountpoint}`, fstype: "ext4", mountpoint, readOnly: false, size, ...changes };
}

/** A second that tells of file systems, or does not. */
function second(atMs: number, filesystems?: readonly FilesystemReading[]) {
  const { host, ...rest } = snapshotAt(atMs);
  return { ...rest, host: filesystems === undefined ? host : { ...host, filesystems } };
}

describe("The room of file systems", () => {
  const tempDirectory = tempDirectories();

  it("stands in a line when it has changed, and in the first line of each minute", () => {
    const filesystems = [mounted("/", 500)];
    const told = [57_000, 58_000, 59_000, 60_000, 61_000, 62_000].map((ms, index, all) => {
      const same = ms < 62_000 ? filesystems : [mounted("/", 400)];
      const before = index === 0 ? undefined : second(t0 + (all[index - 1] ?? 0), filesystems);
      const line = encodeSnapshot(second(t0 + ms, same), [], before);
      return parseRecorded({ takenAtMs: t0 + ms, line })?.host.filesystems !== undefined;
    });
    assert.deepEqual(told, [true, false, false, true, false, true]);
  });

  it("names the fullest first, what several mounts share once, nothing that is read-only or not known, and at most twenty", () => {
    const bind = mounted("/srv/data", 100, { device: "/dev/sdb1" });
    const mounts = mountsOf({
      filesystems: [
        mounted("/", 500),
        bind,
        { ...bind, mountpoint: "/var/lib/data" },
        mounted("/usr", 0, { readOnly: true }),
        { device: "nfs:/x", fstype: "nfs", mountpoint: "/net", error: "timeout" },
      ],
    });
    assert.deepEqual(
      mounts?.map(({ mountpoint, availableBytes }) => [mountpoint, availableBytes]),
      [
        ["/srv/data", 100],
        ["/", 500],
      ],
    );
    const many = mountsOf({ filesystems: Array.from({ length: 50 }, (_, index) => mounted(`/m${index}`, index)) });
    assert.deepEqual([many?.length, many?.[0]?.mountpoint, many?.[19]?.mountpoint], [20, "/m0", "/m19"]);
    assert.equal(mountsOf({}), undefined, "nothing was read is not that nothing is there");
  });

  it("is kept of a minute as mean and least", () => {
    const fold = new Fold(t0);
    for (const [index, left] of [600, undefined, 400, undefined, 500].entries()) {
      fold.add(rollupOf(second(t0 + index * 1000, left === undefined ? undefined : [mounted("/", left)])));
    }
    const { mounts } = fold.result() ?? {};
    assert.deepEqual(mounts, [{ mountpoint: "/", sizeBytes: 1000, availableBytes: 500, leastAvailableBytes: 400 }]);
    const hour = new Fold(t0);
    hour.add({ ...rollupOf(second(t0)), seconds: 60, ...(mounts === undefined ? {} : { mounts }) });
    assert.deepEqual(hour.result()?.mounts, mounts);
  });

  it("is drawn between two readings as it was at the first, and not over what is not recorded", () => {
    const downsampler = new Downsampler({ fromMs: t0, stepMs: 1000, points: 200 }, []);
    for (let at = 0; at < 200; at++) {
      if (at >= 15 && at < 20) continue;
      const left = at === 2 ? 500 : at === 10 ? 300 : at === 30 ? 200 : undefined;
      downsampler.add(rollupOf(second(t0 + at * 1000, left === undefined ? undefined : [mounted("/", left)])));
    }
    const [mount] = downsampler.result().mounts;
    const { mean = [], least = [] } = mount?.availableBytes ?? {};
    assert.deepEqual(
      [mean[0], mean[2], mean[9], mean[10], mean[14], mean[15], mean[25]],
      [undefined, 500, 500, 300, 300, undefined, undefined],
    );
    assert.deepEqual([mean[30], mean[150], mean[151]], [200, 200, undefined]);
    assert.deepEqual(least, mean);
  });

  it("is found by who begins to read in the middle: a table of minutes has it, from summaries and from seconds, and so has the history", async () => {
    const directory = await tempDirectory();
    const { recorder, reopened } = newRecorder(directory);
    // the recorder is given the same list until it is read anew
    let filesystems = [mounted("/", 700), mounted("/srv", 300)];
    for (let at = 0; at < 1500; at++) {
      if (at % 300 === 299) filesystems = [mounted("/", 700), mounted("/srv", 300 - at / 10)];
      recorder.record(second(t0 + at * 1000, filesystems), []);
      while (recorder.figures.queued > 50) await new Promise((resolve) => setImmediate(resolve));
    }
    await recorder.close({ pack: true });
    const { lookBack } = reopened().recorder;
    const minutes = await lookBack.downsampled(rangeOf({ fromMs: t0, toMs: t0 + 1_500_000, stepMs: 60_000 }));
    assert.deepEqual(
      minutes.mounts.map(({ mountpoint }) => mountpoint),
      ["/srv", "/"],
    );
    assert.ok(minutes.mounts.every(({ availableBytes: { mean } }) => mean.every((one) => one !== undefined)));
    const seconds = await lookBack.downsampled(rangeOf({ fromMs: t0 + 630_000, toMs: t0 + 750_000, stepMs: 1000 }));
    assert.equal(seconds.mounts[0]?.availableBytes.mean[31], 240);
    let table = "";
    for await (const piece of lookBack.table(rangeOf({ fromMs: t0, toMs: t0 + 1_500_000, stepMs: 10_000 }))) table += piece;
    const rows = table.trimEnd().split("\r\n").slice(1);
    assert.ok(
      rows.every((row) => row.includes(",/srv,1000,")),
      rows.find((row) => !row.includes("/srv")),
    );
    for (const { disk } of await lookBack.history(700)) assert.deepEqual(disk, { total: 1000, used: 300, free: 700, percent: 30 });
  });
});
