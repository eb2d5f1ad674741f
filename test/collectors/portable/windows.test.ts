import assert from "node:assert/strict";
import { changed, fold, outcome, PlayedSource } from "./playedSource.ts";

describe("the portable source on Windows [any OS]", () => {
  let played: PlayedSource;
  beforeEach(() => {
    played = new PlayedSource("synthetic-windows");
  });
  afterEach(() => played.end());

  it("has neither a load average nor disks nor states", async () => {
    const sample = await played.first();
    assert.deepEqual([outcome(sample, "load"), outcome(sample, "disks")], ["absent", "absent"]);
    assert.ok(sample.processes?.changed.every((process) => process.state === ""));
    assert.equal(sample.processes?.statesUnknown, true);
  });

  it("has busy CPU as time that passed less idle time", async () => {
    const { host } = fold(await played.first(), await played.next(1));
    const idle = 0.15 + 3 * 4.8;
    assert.ok(Math.abs((host.cpu?.busyCores ?? 0) - (4 - idle / 5)) < 1e-9, `busy cores: ${host.cpu?.busyCores}`);
    assert.ok(Math.abs((host.cpu?.coreUsageRatios?.[0]?.ratio ?? 0) - 0.97) < 1e-9);
  });

  it("leaves out the process that is idle time", async () => {
    assert.ok(!(await played.first()).processes?.changed.some((process) => process.comm.includes("Idle")));
  });

  it("turns shares of the machine into seconds", async () => {
    const first = changed(await played.first(), 7000);
    const second = changed(await played.next(1), 7000);
    assert.ok(Math.abs((second?.userSeconds ?? 0) - (first?.userSeconds ?? 0) - 0.23 * 20) < 1e-9);
    assert.ok(Math.abs((second?.systemSeconds ?? 0) - (first?.systemSeconds ?? 0) - 0.01 * 20) < 1e-9);
  });

  it("tells another process by its date", async () => {
    const old = changed(await played.first(), 7100);
    assert.equal(old?.comm, "setup.exe");
    // round 2, but the list in which nobody had the number was never read
    const sample = await played.next(2);
    assert.ok(old !== undefined && sample.processes?.vanished.includes(old.key));
    assert.equal(changed(sample, 7100)?.comm, "later.exe");
  });

  it("keeps blanks in names and takes secrets out of command lines", async () => {
    const agent = changed(await played.first(), 5200);
    assert.equal(agent?.comm, "Backup Agent.exe");
    assert.equal(agent?.identity.commandLine, '"C:\\Program Files\\Backup\\Backup Agent.exe" --server backup --password *** --quiet');
    assert.equal(agent?.identity.user, "");
  });

  it("keeps one PowerShell, and starts another when a question hangs", async () => {
    const shells: string[] = [];
    played = new PlayedSource("synthetic-windows", {
      openShell: async () => void shells.push("open"),
      closeShell: async () => void shells.push("close"),
    });
    await played.first();
    assert.deepEqual(shells, ["open"]);
    played.system.break("mem", () => new Promise(() => undefined));
    await played.clock.advance(5 + 20);
    assert.deepEqual(shells, ["open", "close", "open"]);
    played.system.heal();
    await played.clock.advance(60);
    played.take();
    await played.clock.advance(60);
    assert.ok(played.take().memory, "what is asked of the new one is answered");
    await played.source.stop();
    assert.deepEqual(shells, ["open", "close", "open", "close"]);
  });
});
