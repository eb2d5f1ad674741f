import assert from "node:assert/strict";
import { advance, advanceInSteps } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import type { CgroupCpuReading } from "../../src/model/processes.ts";
import type { Sample } from "../../src/model/sample.ts";
import { encodeInSteps, encodeSnapshot, LineTexts } from "../../src/recorder/format/encodeLine.ts";
import { cpuReading, processesOf, processReading, sampleAt } from "../support/samples.ts";

describe("a tick of a machine with many of everything", () => {
  const many = 2000;
  const list = <Made>(make: (index: number) => Made) => Array.from({ length: many }, (_, index) => make(index));

  /** All counters move, and one cgroup in ten has used more than its processes did. */
  function secondOf(second: number): Sample {
    const usageSeconds = new Map<string, number>([["/", 1000 * second]]);
    for (let index = 0; index < many; index++) usageSeconds.set(`/pod${index}.slice`, index % 10 === 0 ? second : 0);
    const cgroups: CgroupCpuReading = { hierarchy: "unified", readAtSeconds: second, usageSeconds };
    const counters = { bytes: 100 * second, packets: second, errors: 0, drops: 0, fifo: 0, frameOrCollisions: 0, compressed: 0 };
    const direction = { ...counters, multicastOrCarrier: 0 };
    return sampleAt(second, {
      cpu: cpuReading(second, { idle: 1000 * second, user: 3000 * second }, 4000),
      processes: processesOf(
        list((index) => processReading(index + 2, `worker-${index % 50}`, { readAtSeconds: second, userSeconds: second })),
      ),
      cgroups,
      disks: list((index) => ({
        ...{ major: 8, minor: index, device: `sd${index}`, whole: true },
        ...{ readBytes: 512 * second, writtenBytes: 1024 * second, ioSeconds: second / 2 },
      })),
      network: list((index) => ({ device: `veth${index}`, receive: direction, transmit: direction })),
    });
  }

  it("is worked out and written in steps none of which holds everybody else up, and comes out as it does at once", () => {
    const [inSteps, atOnce] = [createLedger(), createLedger()];
    const texts = new LineTexts();
    for (const second of [1, 2, 3]) {
      const steps = advanceInSteps(inSteps, secondOf(second), { gapSeconds: 5 });
      let count = 0;
      let step = steps.next();
      for (; !step.done; step = steps.next()) count++;
      const snapshot = advance(atOnce, secondOf(second), { gapSeconds: 5 });
      assert.deepEqual(step.value, snapshot);
      assert.equal(step.value.host.disks?.length, many);
      assert.ok(count > 100, `${count} steps`);

      const writing = encodeInSteps(step.value, step.value.groups, undefined, texts);
      let lines = 0;
      let line = writing.next();
      for (; !line.done; line = writing.next()) lines++;
      assert.equal(line.value, encodeSnapshot(snapshot, snapshot.groups, undefined));
      assert.ok(lines > 50, `${lines} steps`);
    }
  });
});
