import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { ProcessReading } from "../../src/model/processes.ts";
import { cpuReading, processesOf, processReading, sampleAt } from "../support/samples.ts";

/** A machine of four cores with cgroups that a test moves on second by second. */
class Machine {
  readonly #ledger = createLedger();
  #second = 0;

  second(
    usage: Readonly<Record<string, number>>,
    changed: readonly ProcessReading[] = [],
    { complete = true, reaped = false, vanished = [] as ProcessReading["key"][] } = {},
  ): ReadonlyMap<string, number> {
    this.#second++;
    const at = this.#second;
    const snapshot = advance(
      this.#ledger,
      sampleAt(at, {
        // always two of the four cores busy
        cpu: cpuReading(at, { idle: at * 2 }, 4),
        cgroups: { hierarchy: "unified", readAtSeconds: at, usageSeconds: new Map(Object.entries(usage)) },
        processes: processesOf(
          changed.map((reading) => ({ unchangedUntilSeconds: at - 1, ...reading, readAtSeconds: at })),
          { complete, vanished, ...(reaped ? { reaped: true as const } : {}) },
        ),
      }),
      { gapSeconds: 5 },
    );
    const named = snapshot.groups.filter((group) => group.usage.cpuCores);
    return new Map(
      named.map(({ process, kind, unit, container, usage: { cpuCores = 0 } }) => [
        process || `${kind} ${unit}${container}`,
        Math.round(cpuCores * 1000) / 1000,
      ]),
    );
  }
}

const service = "/system.slice/web.service";

function inService(pid: number, userSeconds: number, more: Partial<ProcessReading> = {}): ProcessReading {
  return processReading(pid, "web", {
    userSeconds,
    identity: { commandLine: "web", user: "root", cgroupPath: service, unifiedCgroup: service },
    ...more,
  });
}

describe("what a cgroup used and no process explains", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
    machine.second({ "/": 0, "/system.slice": 0, [service]: 0 }, [inService(5, 0)]);
  });

  it("is short-lived work of its unit", () => {
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 1 }, [inService(5, 0.3)]);
    assert.equal(shown.get("web"), 0.3);
    assert.equal(shown.get("short_lived web.service"), 0.7);
    assert.equal(shown.get("unattributed "), 1);
  });

  it("is nothing where the processes explain it, give or take a tick", () => {
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 1.02 }, [inService(5, 1)]);
    assert.equal(shown.get("short_lived web.service"), undefined);
  });

  it("is weighed over time: what is explained too much now is not shown later", () => {
    machine.second({ "/": 0.95, "/system.slice": 0.95, [service]: 0.95 }, [inService(5, 1)]);
    const shown = machine.second({ "/": 2.02, "/system.slice": 2.02, [service]: 2.02 }, [inService(5, 2)]);
    assert.equal(shown.get("short_lived web.service"), undefined);
  });

  it("waits for a second that living processes do not explain, and is work of that second", () => {
    const quiet = machine.second({ "/": 1, "/system.slice": 1, [service]: 0.3 }, [inService(5, 0.3)], { complete: false });
    assert.equal(quiet.get("short_lived web.service"), undefined);
    const shown = machine.second({ "/": 2, "/system.slice": 2, [service]: 1.3 }, [inService(5, 0.9)]);
    assert.equal(shown.get("web"), 0.6);
    assert.equal(shown.get("short_lived web.service"), 0.4);
  });

  it("is shown in a second in which somebody reaped, whoever was not read in it", () => {
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 1 }, [inService(5, 0.3)], { complete: false, reaped: true });
    assert.equal(shown.get("short_lived web.service"), 0.7);
  });

  it("adds up while living processes explain the machine, and is shown when everybody has had a turn", () => {
    for (let second = 1; second <= 12; second++) {
      const used = second * 0.1;
      const lines = machine.second({ "/": used, "/system.slice": used, [service]: used }, [], { complete: second === 12 });
      const shown = lines.get("short_lived web.service") ?? 0;
      assert.ok(Math.abs(shown - (second === 12 ? 1.2 : 0)) < 0.15, `${shown} of ${used} s are shown in second ${second}`);
    }
  });

  it("is all that a new cgroup has used since it was made", () => {
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 0, "/system.slice/new.service": 0.8 });
    assert.equal(shown.get("short_lived new.service"), 0.8);
  });

  it("is not what a cgroup that was overlooked has used in its life", () => {
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 0, "/system.slice/old.service": 5000 });
    assert.equal(shown.get("short_lived old.service"), undefined);
  });

  it("begins anew when a cgroup was removed and made again", () => {
    machine.second({ "/": 1, "/system.slice": 1, [service]: 1 }, [inService(5, 1)]);
    const shown = machine.second({ "/": 1.5, "/system.slice": 1.5, [service]: 0.5 });
    assert.equal(shown.get("short_lived web.service"), 0.5);
  });

  it("is the container's where the cgroup is one", () => {
    const id = "4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e";
    machine.second({ "/": 0, [`/docker/${id}`]: 5 });
    assert.equal(machine.second({ "/": 1, [`/docker/${id}`]: 6 }).get(`short_lived ${id.slice(0, 12)}`), 1);
  });

  it("goes to the cgroup above when it was made and removed between two looks", () => {
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 1 }, [
      processReading(6, "job", {
        userSeconds: 0.6,
        identity: { commandLine: "job", user: "root", cgroupPath: `${service}/job`, unifiedCgroup: `${service}/job` },
      }),
    ]);
    assert.equal(shown.get("job"), 0.6, "the process itself was seen");
    assert.equal(shown.get("short_lived web.service"), 0.4);
  });

  it("is not counted twice when a cgroup ends: its last stretch is that of the one above, which its processes explain", () => {
    machine.second({ "/": 1, "/system.slice": 1, [service]: 1, [`${service}/job`]: 0.5 }, [inService(5, 1)]);
    const job = { commandLine: "job", user: "root", cgroupPath: `${service}/job`, unifiedCgroup: `${service}/job` };
    const shown = machine.second({ "/": 2, "/system.slice": 2, [service]: 2 }, [
      processReading(6, "job", { userSeconds: 1, identity: job }),
    ]);
    assert.equal(shown.get("job"), 1);
    assert.equal(shown.get("short_lived web.service"), undefined);
  });

  it("is its unit's, and not that of a reaper outside of it", () => {
    const reaper = (childUserSeconds: number) => processReading(2, "shim", { childUserSeconds });
    machine.second({ "/": 0, "/system.slice": 0, [service]: 0 }, [reaper(0)]);
    machine.second({ "/": 0, "/system.slice": 0, [service]: 0 }, [inService(30, 0, { parentPid: 2 })]);
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 1 }, [reaper(1)], { vanished: ["30@1"] });
    assert.equal(shown.get("shim"), undefined);
    assert.equal(shown.get("short_lived web.service"), 1);
  });

  it("is its parent's that took its children over, as far as the cgroup has used it", () => {
    const shell = (childUserSeconds: number) => inService(5, 0, { childUserSeconds });
    const shown = machine.second({ "/": 1, "/system.slice": 1, [service]: 1 }, [shell(0.98)]);
    assert.equal(shown.get("web"), 0.98);
    assert.equal(shown.get("short_lived web.service"), undefined);
  });

  it("is not a parent's whose children lived elsewhere: its own cgroup has not used what it takes over", () => {
    const other = "/system.slice/other.service";
    const cgroups = (used: number) => ({ "/": used, "/system.slice": used, [service]: 0, [other]: used });
    machine.second(cgroups(0));
    const shown = machine.second(cgroups(1), [inService(5, 0, { childUserSeconds: 1 })]);
    assert.equal(shown.get("web"), undefined);
    assert.equal(shown.get("short_lived other.service"), 1);
  });

  it("is nobody's where it is the root's", () => {
    const shown = machine.second({ "/": 2, "/system.slice": 0, [service]: 0 });
    assert.deepEqual([...shown.keys()], ["unattributed "]);
  });
});

describe("in cgroup v1, where the kernel shows those that end in the root", () => {
  const box = "/system.slice/web.service";
  const identity = (cpuacctCgroup: string) => ({ commandLine: "", user: "root", cgroupPath: cpuacctCgroup, cpuacctCgroup });
  const parent = (pid: number, cgroup: string) => processReading(pid, "parent", { identity: identity(cgroup), sessionId: pid });
  const zombie = (parentPid: number, more: Partial<ProcessReading> = {}) =>
    processReading(30, "job", { parentPid, state: "Z", exiting: true, userSeconds: 0.4, identity: identity("/"), sessionId: 30, ...more });

  function run(second: readonly ProcessReading[], used: number): ReadonlyMap<string, string> {
    const ledger = createLedger();
    const at = (seconds: number, changed: readonly ProcessReading[], usage: number) =>
      advance(
        ledger,
        sampleAt(seconds, {
          cpu: cpuReading(seconds, { idle: seconds * 2 }, 4),
          cgroups: {
            hierarchy: "cpuacct",
            readAtSeconds: seconds,
            usageSeconds: new Map([
              ["/", 0],
              [box, usage],
            ]),
          },
          processes: processesOf(
            changed.map((reading) => ({ unchangedUntilSeconds: seconds - 1, ...reading, readAtSeconds: seconds })),
            {},
          ),
        }),
        { gapSeconds: 5 },
      );
    at(1, [parent(5, box), parent(6, "/"), processReading(7, "boxed", { parentPid: 6, identity: identity(box) })], 0);
    const { groups } = at(2, second, used);
    const shown = groups.filter(({ usage, kind }) => usage.cpuCores && kind !== "unattributed");
    return new Map(shown.map(({ kind, process, unit, usage }) => [process || kind, `${unit} ${usage.cpuCores?.toFixed(2)}`]));
  }

  it("counts a newborn zombie in its parent's cgroup", () => {
    assert.deepEqual([...run([zombie(5)], 0.4)], [["job", "web.service 0.40"]]);
  });

  it("leaves that of an orphan to the cgroup that it lived in", () => {
    assert.deepEqual([...run([zombie(6)], 0.4)], [["short_lived", "web.service 0.40"]]);
  });

  it("believes a living process that it is in the root", () => {
    const { exiting: _, ...living } = zombie(5, { state: "R" });
    assert.deepEqual([...run([living], 0)], [["job", " 0.40"]]);
  });
});
