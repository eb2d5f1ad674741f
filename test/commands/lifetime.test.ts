import assert from "node:assert/strict";
import { Lifetime } from "../../src/commands/lifetime.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";

function newLifetime(more: { readonly isInTerminal?: boolean } = {}) {
  const clock = new ManualClock();
  const exits: number[] = [];
  const complaints: string[] = [];
  const lifetime = new Lifetime({ clock, exit: (code) => exits.push(code), complain: (text) => complaints.push(text), ...more });
  return { clock, exits, complaints, lifetime };
}

describe("A run of Culprit", () => {
  it("is asked to stop by the first signal, whoever asks before or after", async () => {
    const { lifetime, exits } = newLifetime();
    const before = lifetime.stopRequested;
    lifetime.signalled();
    await before;
    await lifetime.stopRequested;
    assert.deepEqual(exits, []);
  });

  it("ends at once with 130 on a second signal", async () => {
    const { lifetime, clock, exits } = newLifetime();
    lifetime.signalled();
    await clock.advance(1);
    lifetime.signalled();
    assert.deepEqual(exits, [130]);
  });

  it("takes the signal that npm passes on for the one that the terminal sent", async () => {
    const { lifetime, clock, exits } = newLifetime();
    lifetime.signalled();
    await clock.advance(0.1);
    lifetime.signalled();
    assert.deepEqual(exits, []);
  });

  it("reads its configuration again on a hang-up, once it can", async () => {
    const { lifetime } = newLifetime();
    let reloads = 0;
    lifetime.onHangUp(() => void reloads++);
    lifetime.hungUp();
    lifetime.hungUp();
    assert.equal(reloads, 2);
    assert.equal(await Promise.race([lifetime.stopRequested, "goes on"]), "goes on");
  });

  it("stops on a hang-up of its terminal, and before there is anything to read again", async () => {
    const before = newLifetime().lifetime;
    before.hungUp();
    await before.stopRequested;
    const { lifetime } = newLifetime({ isInTerminal: true });
    lifetime.onHangUp(() => assert.fail("the terminal is gone"));
    lifetime.hungUp();
    await lifetime.stopRequested;
  });

  it("ends with 1 on an error that nobody caught, and logs it", () => {
    const { lifetime, exits, complaints } = newLifetime();
    const { log, lines } = recordedLog();
    lifetime.logCrashesTo(log);
    lifetime.crashed(new Error("out of luck"));
    assert.deepEqual(exits, [1]);
    assert.deepEqual(complaints, []);
    assert.equal(lines()[0]?.level, "error");
    assert.match(String(lines()[0]?.reason), /out of luck/);
  });

  it("tells standard error about it when there is no log yet", () => {
    const { lifetime, exits, complaints } = newLifetime();
    lifetime.crashed("out of luck");
    assert.deepEqual(exits, [1]);
    assert.deepEqual(complaints, ["culprit: an error that nobody expected: out of luck\n"]);
  });
});
