import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { ProcessReading } from "../../src/model/sample.ts";
import { cpuReading, processesOf, processReading, sampleAt } from "../support/samples.ts";

/** A machine of four cores with cgroups that a test moves on second by second. */
class Machine {
  readonly #ledger = createLedger();
  #second = 0;

  second(
    usage: Readonly<Record<string, number>>,
    changed: readonly ProcessReading[] = [],
    { complete = true, vanished = [] as ProcessReading["key"][] } = {},
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
          { complete, vanished },
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

  it("waits until all processes have been read, and is spread over that time", () => {
    assert.equal(
      machine.second({ "/": 1, "/system.slice": 1, [service]: 1 }, [], { complete: false }).get("short_lived web.service"),
      undefined,
    );
    const shown = machine.second({ "/": 2, "/system.slice": 2, [service]: 2 }, [inService(5, 1.2, { unchangedUntilSeconds: 1 })]);
    assert.equal(shown.get("web"), 0.6);
    assert.equal(shown.get("short_lived web.service"), 0.4);
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

  it("is nobody's where it is the root's", () => {
    const shown = machine.second({ "/": 2, "/system.slice": 0, [service]: 0 });
    assert.deepEqual([...shown.keys()], ["unattributed "]);
  });
});
