import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { silentLog } from "../../src/log.ts";
import { commonUnits } from "../../src/procfs/units.ts";
import { createSampling } from "../../src/wiring/sampling.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";

describe("the sampling of a machine [Linux]", () => {
  let machine: FixtureMachine;
  beforeEach(() => {
    machine = new FixtureMachine();
  });
  afterEach(() => machine.remove());

  /** Files of the machine that this process has open. */
  function openFiles(): readonly string[] {
    const targets = readdirSync("/proc/self/fd").flatMap((descriptor) => {
      try {
        return [readlinkSync(`/proc/self/fd/${descriptor}`)];
      } catch {
        return [];
      }
    });
    return targets.filter((target) => target.startsWith(machine.root.procfs));
  }

  for (const off of [[], ["netdev"], ["processes", "cpu"]]) {
    it(`gives all files back when it is closed, with ${off.join(" and ") || "no collector"} switched off`, async () => {
      const settings = {
        source: "procfs",
        sample: { intervalSeconds: 1, windowSeconds: 60 },
        groups: [],
        paths: machine.root,
        collectors: { disabled: off },
        redact: { level: "careful", patterns: [] },
      } as const;
      const clock = new ManualClock();
      const { sampling, close } = createSampling(settings, { log: silentLog, clock, units: commonUnits });
      sampling.sampler.start();
      await settle();
      await clock.advance(1);
      assert.ok(openFiles().some((file) => file.endsWith("/loadavg")));
      await close();
      assert.deepEqual(openFiles(), []);
    });
  }
});
