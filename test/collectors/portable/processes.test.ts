import assert from "node:assert/strict";
import { changed, fold, PlayedSource } from "./playedSource.ts";

describe("processes of the portable source [any OS]", () => {
  let played: PlayedSource;
  beforeEach(() => {
    played = new PlayedSource("synthetic-macos");
  });
  afterEach(() => played.end());

  it("keep their key although ps counts their age in whole seconds", async () => {
    const key = changed(await played.first(), 9000)?.key;
    await played.round(1);
    const second = played.take();
    assert.equal(changed(second, 9000)?.key, key);
    assert.ok(key !== undefined && !second.processes?.vanished.includes(key));
  });

  it("keep their key when a person sets the clock", async () => {
    const before = await played.first();
    // what systeminformation calls the date of the start is now less the age: an hour later with the clock
    played.clock.jumpWall(3600);
    await played.round(
      1,
      played.processes(1, (one) => ({
        ...one,
        started: String(one.started).replace(/ (\d\d)/, (_, hour) => ` ${Number(hour) + 1}`.replace(/ (\d)$/, " 0$1")),
      })),
    );
    const after = played.take();
    const stayed = new Set(after.processes?.changed.map((process) => process.key));
    assert.equal(changed(before, 9000)?.key, changed(after, 9000)?.key);
    assert.deepEqual(
      after.processes?.vanished.filter((key) => stayed.has(key)),
      [],
    );
    assert.deepEqual(after.processes?.vanished, [changed(before, 7100)?.key]);
  });

  it("are others when they are younger than they should be", async () => {
    const old = changed(await played.first(), 9000);
    assert.ok(old);
    await played.round(
      1,
      played.processes(1, (one) => (one.pid === 9000 ? { ...one, started: "2026-11-21 10:00:04" } : one)),
    );
    const sample = played.take();
    assert.ok(sample.processes?.vanished.includes(old.key));
    const next = changed(sample, 9000);
    assert.ok(next !== undefined && next.key !== old.key);
    assert.ok(next.userSeconds <= 5);
  });

  it("have changed since the round before, or since their start", async () => {
    const first = await played.first();
    assert.equal(changed(first, 9000)?.unchangedUntilSeconds, undefined);
    await played.round(1);
    const second = played.take();
    assert.equal(changed(second, 9000)?.unchangedUntilSeconds, 1000);
    const clang = changed(second, 7200);
    assert.deepEqual([clang?.unchangedUntilSeconds, clang?.userSeconds], [1000, 0.8 * 2], "80 % of the two seconds since it was started");
  });

  it("of old that turn up late are nobody's work of the last seconds", async () => {
    const without = played.processes(0, (one) => (one.pid === 180 ? undefined : one));
    played.system.show(0, without);
    const first = await played.first();
    await played.round(1);
    const second = played.take();
    assert.equal(changed(second, 180)?.unchangedUntilSeconds, undefined);
    assert.ok(!fold(first, second).processes.some((process) => process.pid === 180));
  });

  it("pile up while nobody takes them", async () => {
    await played.first();
    await played.round(1);
    await played.round(2);
    const sample = played.take();
    const burner = changed(sample, 9000);
    assert.equal(burner?.unchangedUntilSeconds, 1000);
    assert.equal(burner?.readAtSeconds, 1010);
    assert.ok(Math.abs((burner?.userSeconds ?? 0) - (0.998 + 0.12) * 5) < 1e-9);
    assert.ok(!sample.processes?.vanished.some((key) => key.startsWith("7200")));
  });

  it("that came and went unseen are not told of", async () => {
    await played.first();
    await played.round(
      1,
      played.processes(1, (one) => (one.pid === 9000 ? { ...one, pid: 9100 } : one)),
    );
    await played.round(2);
    const sample = played.take();
    assert.ok(!JSON.stringify(sample.processes).includes("9100@"));
  });

  it("are held to what the machine was busy where ps gives averages of the past", async () => {
    const first = await played.first();
    const idle = played.system
      .recorded(1)
      .currentLoad.cpus.map((one) => ({ ...one, rawLoadUser: 10, rawLoadSystem: 0, rawLoadIdle: 4990 }));
    await played.round(1, { currentLoad: { cpus: idle } });
    const { host, groups } = fold(first, played.take());
    const busy = (8 * 0.01) / 5;
    assert.ok(Math.abs((host.cpu?.busyCores ?? 0) - busy) < 1e-6, `busy cores: ${host.cpu?.busyCores}`);
    assert.ok(groups.some((group) => group.process === "yes" && (group.usage.cpuCores ?? 0) > 0));
  });

  it("leave out the ps that made the list", async () => {
    const sample = await played.first();
    assert.ok(!sample.processes?.changed.some((process) => process.comm === "ps"));
    // yes; Culprit itself is never counted, and who reads is
    assert.equal(sample.load?.runnableTasks, 2);
  });

  it("have names without arguments", async () => {
    const names = (await played.first()).processes?.changed.map((process) => process.comm).sort();
    assert.deepEqual(names, [
      "Google Chrome Helper (Renderer)",
      "WindowServer",
      "cfprefsd",
      "launchd",
      "mds_stores",
      "mysql",
      "node",
      "softwareupdate",
      "yes",
    ]);
  });

  it("have the kernel's letters for their states", async () => {
    const sample = await played.first();
    assert.deepEqual(
      [9000, 180, 310].map((pid) => changed(sample, pid)?.state),
      ["R", "S", "D"],
    );
  });
});
