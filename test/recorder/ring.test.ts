import assert from "node:assert/strict";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { encodeSnapshot } from "../../src/recorder/format/encodeLine.ts";
import { Ring } from "../../src/recorder/ring.ts";

describe("the ring", () => {
  it("gives back the lines of a span, both ends included", () => {
    const ring = new Ring({ keepSeconds: 100, mostBytes: 1e6 });
    for (let second = 0; second < 10; second++) ring.push(second * 1000, `line ${second} é`);
    assert.deepEqual(
      ring.between(3000, 5000).map((one) => one.line),
      ["line 3 é", "line 4 é", "line 5 é"],
    );
  });

  it("lets go of what is older than it keeps, and of the oldest when there is too much", () => {
    const byAge = new Ring({ keepSeconds: 60, mostBytes: 1e9 });
    for (let second = 0; second < 5000; second++) byAge.push(second * 1000, "x");
    assert.equal(byAge.length, 61);
    assert.equal(byAge.between(0, Number.MAX_SAFE_INTEGER)[0]?.takenAtMs, 4_939_000);
    const bySize = new Ring({ keepSeconds: 1e9, mostBytes: 100 });
    for (let second = 0; second < 50; second++) bySize.push(second * 1000, "0123456789");
    assert.equal(bySize.length, 10);
  });

  it("does not wait for a day to pass again after the clock was set back by one", () => {
    const ring = new Ring({ keepSeconds: 60, mostBytes: 1e9 });
    const tomorrowMs = 86_400_000;
    for (let second = 0; second < 50; second++) ring.push(tomorrowMs + second * 1000, "tomorrow");
    for (let second = 0; second < 10; second++) ring.push(second * 1000, "today");
    assert.deepEqual([...new Set(ring.between(0, Number.MAX_SAFE_INTEGER).map(({ line }) => line))], ["today"]);
    assert.equal(ring.length, 10);
  });
});

describe("a recorded line", () => {
  const filesystems = [{ device: "/dev/sda1", fstype: "ext4", mountpoint: "/", readOnly: false }];
  const snapshot: Snapshot = {
    takenAtMs: 1_700_000_000_123,
    elapsedSeconds: 1.000023,
    gap: false,
    host: { cpu: { cores: 2, busySeconds: 10.123456, busyCores: 0.123456 }, filesystems },
    processes: Array.from({ length: 50 }, (_, index) => ({
      key: `${index + 1}@1` as const,
      pid: index + 1,
      parentPid: 1,
      groupId: "secret to nobody",
      process: `p${index}`,
      state: "S",
      threads: 1,
      commandLine: "",
      usage: { cpuCores: index / 100 },
    })),
    groups: [],
  };

  it("is one line of JSON with figures of a sensible length and the busiest processes", () => {
    const line = encodeSnapshot(snapshot, [], undefined);
    assert.ok(!line.includes("\n"));
    const decoded = JSON.parse(line);
    assert.equal(decoded.takenAtMs, 1_700_000_000_123);
    assert.equal(decoded.host.cpu.busyCores, 0.1235);
    assert.equal(decoded.processes.length, 20);
    assert.equal(decoded.processes[0].pid, 50);
    assert.deepEqual(decoded.host.filesystems, filesystems);
  });

  it("holds file systems only when they were looked at again", () => {
    assert.equal(JSON.parse(encodeSnapshot(snapshot, [], snapshot)).host.filesystems, undefined);
    assert.ok(
      JSON.parse(encodeSnapshot({ ...snapshot, host: { ...snapshot.host, filesystems: [...filesystems] } }, [], snapshot)).host.filesystems,
    );
  });
});
