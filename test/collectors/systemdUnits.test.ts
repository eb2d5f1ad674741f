import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { RunProgram } from "../../src/collectors/seldomProgram.ts";
import { createSystemdUnitsCollector } from "../../src/collectors/systemdUnits.ts";
import { UnitHistory } from "../../src/collectors/unitHistory.ts";
import { parseFlags } from "../../src/config/flags.ts";
import { configFlags, loadConfig } from "../../src/config.ts";
import { createSystemdCollector } from "../../src/metrics/node/systemd.ts";
import { kernelSeconds } from "../../src/procfs/kernelSeconds.ts";
import { parseUnits } from "../../src/procfs/systemdUnits.ts";
import { ManualClock } from "../support/manualClock.ts";

const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
const shown = `Type=notify
NRestarts=0
Id=ssh.service
ActiveState=active

Type=simple
NRestarts=3
Id=flapping.service
ActiveState=activating

Type=oneshot
NRestarts=0
Id=backup.service
ActiveState=failed

Id=backup.timer
ActiveState=failed

Type=oneshot
NRestarts=0
Id=backup.service
ActiveState=failed
`;

describe("units of systemd", () => {
  it("are those that have failed, and services that were started again", () => {
    const told = (output: string) => new UnitHistory().take(parseUnits(output), { bootSeconds: 0, wallMs: 0 });
    assert.deepEqual(told(shown), [
      { name: "flapping.service", state: "activating", type: "simple", restarts: 3 },
      { name: "backup.service", state: "failed", type: "oneshot", restarts: 0 },
      { name: "backup.timer", state: "failed" },
    ]);
    assert.deepEqual(told(""), []);
  });

  it("are told of when they were started between two looks, by whomever, and for ten minutes; what a timer starts is not", () => {
    const history = new UnitHistory();
    const look = (nginx: number, seconds: number, more = "") =>
      history.take(
        parseUnits(
          `Id=nginx.service\nActiveState=active\nType=forking\nNRestarts=0\nExecMainStartTimestampMonotonic=${nginx * 1e6}\n
Id=sync.service\nActiveState=inactive\nType=oneshot\nNRestarts=0\nExecMainStartTimestampMonotonic=${seconds * 1e6}\n${more}`,
        ),
        { bootSeconds: seconds, wallMs: 1e12 + seconds * 1000 },
      );
    assert.deepEqual(look(100, 1000), [], "nobody knows of a time before the first look");
    assert.deepEqual(look(100, 1060), []);
    const nginx = { name: "nginx.service", state: "active", type: "forking", restarts: 0 };
    assert.deepEqual(look(1100, 1120), [{ ...nginx, startedAtMs: 1e12 + 1_100_000, isRestart: true }]);
    const fresh = "\nId=new.service\nActiveState=active\nType=simple\nNRestarts=0\nExecMainStartTimestampMonotonic=1150000000\n";
    assert.deepEqual(
      look(1100, 1180, fresh).map(({ name, startedAtMs, isRestart }) => [name, startedAtMs, isRestart]),
      [
        ["nginx.service", 1e12 + 1_100_000, true],
        ["new.service", 1e12 + 1_150_000, undefined],
      ],
    );
    assert.deepEqual(look(1100, 1790, fresh), []);
  });

  it("are timed by the clock from which systemd counts, which is the kernel's own", async () => {
    const clock = new ManualClock();
    const failed = "Id=db.service\nActiveState=failed\nType=simple\nNRestarts=0\nStateChangeTimestampMonotonic=990000000\n";
    const collector = createSystemdUnitsCollector(root, async () => failed, { isBooted: () => true, bootSeconds: () => 1000 });
    collector.collect(clock);
    await clock.advance(1);
    assert.equal(collector.collect(clock)?.[0]?.changedAtMs, clock.wallMs() - 1000 - 10_000);
    const [uptime = "0"] = readFileSync("/proc/uptime", "utf8").split(" ");
    // a machine that was suspended has been up for longer
    assert.ok(kernelSeconds() > 0 && kernelSeconds() < Number(uptime) + 10, `${kernelSeconds()} of ${uptime}`);
  });

  it("have failed when systemd says that their state has changed", () => {
    const failed = "Id=db.service\nActiveState=failed\nType=simple\nNRestarts=0\nStateChangeTimestampMonotonic=90000000\n";
    const [unit] = new UnitHistory().take(parseUnits(failed), { bootSeconds: 100, wallMs: 1e12 });
    assert.equal(unit?.changedAtMs, 1e12 - 10_000);
  });

  it("are shown while all is well where they were chosen by their whole names, with the states that they come into", async () => {
    const clock = new ManualClock();
    const chosen = loadConfig({ flags: parseFlags(["--collector.systemd.unit-include=(nginx|postgres.*)[.]service"], configFlags) })
      .collectors.chosenUnits;
    let answer = ["nginx.service", "postgresql@15.service", "my-nginx.service", "cron.service"]
      .map((name) => `Id=${name}\nActiveState=active\nType=simple\nNRestarts=0\n`)
      .join("\n");
    const isChosen = (name: string) => chosen?.exec(name) !== null;
    const collector = createSystemdUnitsCollector(root, async () => answer, { isBooted: () => true, isChosen });
    collector.collect(clock);
    await clock.advance(1);
    const states = () => collector.collect(clock)?.map(({ name, state }) => [name, state]);
    assert.deepEqual(states(), [
      ["nginx.service", "active"],
      ["postgresql@15.service", "active"],
    ]);
    answer = answer.replace("ActiveState=active", "ActiveState=inactive");
    await clock.advance(60);
    collector.collect(clock);
    await clock.advance(1);
    assert.deepEqual(states()?.[0], ["nginx.service", "inactive"]);
    const families = createSystemdCollector().families({ takenAtMs: 0, units: collector.collect(clock) ?? [] });
    const points = families[0]?.points
      .filter(({ labels }) => labels.name === "nginx.service")
      .map(({ labels, value }) => [labels.state, value]);
    assert.deepEqual(points, [
      ["active", 0],
      ["activating", 0],
      ["deactivating", 0],
      ["inactive", 1],
      ["failed", 0],
    ]);
  });

  it("are asked for once a minute and not within the tick, which shows what was known before", async () => {
    const clock = new ManualClock();
    const asked: string[] = [];
    const run: RunProgram = async (program, args) => {
      asked.push(`${program} ${args[0]}`);
      return shown;
    };
    const collector = createSystemdUnitsCollector(root, run, { isBooted: () => true });
    assert.equal(collector.collect(clock), undefined);
    assert.deepEqual(asked, [], "nothing is started within the tick");
    await clock.advance(1);
    assert.equal(collector.collect(clock)?.length, 3);
    for (let second = 0; second < 58; second++) {
      await clock.advance(1);
      collector.collect(clock);
    }
    assert.deepEqual(asked, ["systemctl show"]);
    await clock.advance(1);
    collector.collect(clock);
    await clock.advance(1);
    assert.equal(asked.length, 2);
  });

  it("are absent where systemd does not run the machine or is not there, and failed where it does not answer", async () => {
    const clock = new ManualClock();
    let runs = 0;
    const silent: RunProgram = async () => {
      runs += 1;
      return undefined;
    };
    for (const collector of [
      createSystemdUnitsCollector(root, silent, { isBooted: () => false }),
      createSystemdUnitsCollector({ ...root, rootfs: "/host/root" }, silent),
    ]) {
      collector.collect(clock);
      await clock.advance(1);
      assert.equal(collector.collect(clock), undefined);
    }
    assert.equal(runs, 0);
    let answer: string | undefined;
    const collector = createSystemdUnitsCollector(root, async () => answer, { isBooted: () => true });
    assert.equal(collector.collect(clock), undefined, "nobody was asked yet");
    await clock.advance(1);
    assert.throws(() => collector.collect(clock), /systemctl show failed, or gave no answer in time/);
    answer = shown;
    await clock.advance(60);
    assert.throws(() => collector.collect(clock));
    await clock.advance(1);
    assert.equal(collector.collect(clock)?.length, 3);
  });
});
