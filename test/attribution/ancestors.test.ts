import assert from "node:assert/strict";
import { advance } from "../../src/attribution/advance.ts";
import { ancestorsIn } from "../../src/attribution/ancestors.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import { processesOf, processReading, sampleAt } from "../support/samples.ts";

describe("the parents of a process", () => {
  const child = (pid: number, parentPid: number, comm: string) => processReading(pid, comm, { parentPid });

  it("are named from the nearest on, idle ones too", () => {
    const ledger = createLedger();
    const processes = [child(1, 0, "systemd"), child(20, 1, "cron"), child(30, 20, "sh"), child(40, 30, "pg_dump")];
    advance(ledger, sampleAt(0, { processes: processesOf(processes) }), { gapSeconds: 5 });
    assert.deepEqual(ancestorsIn(ledger, 40), ["sh", "cron", "systemd"]);
    assert.deepEqual(ancestorsIn(ledger, 1), []);
    assert.deepEqual(ancestorsIn(ledger, 999), []);
  });

  it("end where one is gone, and in a circle", () => {
    const ledger = createLedger();
    advance(ledger, sampleAt(0, { processes: processesOf([child(50, 49, "orphan"), child(60, 61, "a"), child(61, 60, "b")]) }), {
      gapSeconds: 5,
    });
    assert.deepEqual(ancestorsIn(ledger, 50), []);
    assert.equal(ancestorsIn(ledger, 60).length, 8);
  });
});
