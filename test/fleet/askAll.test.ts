import assert from "node:assert/strict";
import { askAll } from "../../src/fleet/askAll.ts";
import { PeerProblem } from "../../src/fleet/peers.ts";
import { ManualClock, settle } from "../support/manualClock.ts";

describe("a question to all hosts", () => {
  const hostsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ address: `h${index}:1` }));

  it("has the answers in the order of the hosts, and the reasons of those that gave none", async () => {
    const clock = new ManualClock();
    const asked = askAll(hostsOf(3), clock, async ({ address }) => {
      if (address === "h1:1") throw new PeerProblem("it is down");
      if (address === "h0:1") await new Promise<void>((resolve) => void clock.after(1, resolve));
      return `of ${address}`;
    });
    await clock.advance(1);
    assert.deepEqual(
      (await asked).map(({ host, answer, reason }) => [host.address, answer ?? reason]),
      [
        ["h0:1", "of h0:1"],
        ["h1:1", "it is down"],
        ["h2:1", "of h2:1"],
      ],
    );
  });

  it("is put to many at the same time, and to no more once too long was waited for those before", async () => {
    const clock = new ManualClock();
    let asking = 0;
    const asked = askAll(hostsOf(300), clock, async () => {
      asking++;
      await new Promise<void>((resolve) => void clock.after(3, resolve));
      throw new PeerProblem("it did not answer");
    });
    await settle();
    assert.equal(asking, 32);
    await clock.advance(15);
    const reasons = (await asked).map(({ reason }) => reason);
    assert.equal(reasons.filter((reason) => reason === "it did not answer").length, 160);
    assert.match(reasons.at(-1) ?? "", /was not asked: too many others/);
  });

  it("does not hide an error of our own", async () => {
    const failing = askAll(hostsOf(1), new ManualClock(), async () => {
      throw new TypeError("a bug");
    });
    await assert.rejects(failing, TypeError);
  });
});
