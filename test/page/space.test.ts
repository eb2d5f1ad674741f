import assert from "node:assert/strict";
import { fillTime } from "../../src/page/logic/fillTime.ts";
import { Frame } from "../../src/page/logic/frame.ts";
import { curvesOf, writersText } from "../../src/page/logic/space.ts";
import { frameWith, second, t0 } from "./support.ts";

const minute = 60_000;
const gigabyte = 1e9;

/** A reading each minute. */
function readings(minutes: number, leftAt: (minute: number) => number) {
  return Array.from({ length: minutes }, (_, at) => ({ atMs: t0 + at * minute, availableBytes: leftAt(at) }));
}

/** What comes and goes: always the same, and of no direction. */
const noise = (at: number) => Math.sin(at * 2.4) * 0.2 * gigabyte;

describe("When a file system will be full", () => {
  it("is told by the pace at which it has filled up", () => {
    const time = fillTime(readings(60, (at) => 100 * gigabyte - at * gigabyte));
    assert.equal(time.kind, "full");
    assert.ok(time.kind === "full" && Math.abs(time.seconds - 41 * 60) < 1);
  });

  it("is told through what comes and goes", () => {
    const time = fillTime(readings(60, (at) => 100 * gigabyte - at * 0.1 * gigabyte + noise(at)));
    assert.ok(time.kind === "full" && Math.abs(time.seconds / 60 - 941) < 90, JSON.stringify(time));
  });

  it("is now where nothing is left", () => {
    assert.deepEqual(fillTime(readings(30, (at) => Math.max(0, 20 - at))), { kind: "full", seconds: 0 });
  });

  for (const [what, room] of [
    ["does not grow", readings(60, () => 5 * gigabyte)],
    ["becomes emptier", readings(60, (at) => (5 + at) * gigabyte)],
    ["only comes and goes", readings(60, (at) => 50 * gigabyte + noise(at))],
    ["has stopped growing", readings(60, (at) => 50 * gigabyte - Math.min(at, 30) * gigabyte)],
    ["would take more than a month", readings(60, (at) => 5000 * gigabyte - at * 0.01 * gigabyte)],
  ] as const) {
    it(`is not told of one that ${what}`, () => assert.deepEqual(fillTime(room), { kind: "steady" }));
  }

  it("is not known from too little history", () => {
    assert.deepEqual(fillTime(readings(10, (at) => 100 - at)), { kind: "unknown" });
    assert.deepEqual(fillTime(readings(60, (at) => 100 - at).slice(0, 1)), { kind: "unknown" });
    assert.deepEqual(fillTime([]), { kind: "unknown" });
  });
});

describe("The chart of disk space", () => {
  const filesystems = (rootLeft: number, dataLeft: number) =>
    [
      ["/", rootLeft],
      ["/data", dataLeft],
    ].map(([mountpoint, availableBytes]) => ({
      ...{ device: `/dev/${mountpoint}`, fstype: "ext4", mountpoint: String(mountpoint) },
      size: { sizeBytes: 10 * gigabyte, freeBytes: Number(availableBytes), availableBytes: Number(availableBytes) },
    }));

  it("has a line for each file system, the fullest first, that goes on until the next reading", () => {
    const frame = frameWith(
      second(t0, {}, { host: { filesystems: filesystems(8 * gigabyte, 4 * gigabyte) } }),
      second(t0 + 1000, {}),
      second(t0 + 2000, {}, { host: { filesystems: filesystems(8 * gigabyte, 2 * gigabyte) } }),
    );
    const curves = curvesOf(frame, undefined, { first: 2, last: 2 });
    assert.deepEqual(
      curves.map(({ key, values, words }) => [key, values.map((value) => Math.round((value ?? 0) * 100)), words]),
      [
        ["/data", [60, 60, 80], "80 %, 2 GB left"],
        ["/", [20, 20, 20], "20 %, 8 GB left"],
      ],
    );
  });

  it("says when it will be full, and who has written most, by the last hour", () => {
    const frame = frameWith(second(t0, {}, { host: { filesystems: filesystems(8 * gigabyte, gigabyte) } }));
    const hour = new Frame(minute);
    for (let at = 0; at < 60; at++) {
      const left = (7 - at * 0.1) * gigabyte;
      const groups = { backup: { writtenBytesPerSecond: 2e6 }, nginx: { writtenBytesPerSecond: 1e4 }, idle: { cpuCores: 1 } };
      hour.add(second(t0 + at * minute, groups, { elapsedSeconds: 60, host: { filesystems: filesystems(8 * gigabyte, left) } }));
    }
    const [data, root] = curvesOf(frame, hour, { first: 0, last: 0 });
    assert.equal(data?.words, "90 %, 1 GB left, full in 11 min at the pace of the last hour");
    assert.equal(root?.words, "20 %, 8 GB left");
    assert.equal(writersText(hour), "In the last hour most was written by backup (7.2 GB) and nginx (36 MB).");
    assert.equal(writersText(undefined), "");
  });
});
