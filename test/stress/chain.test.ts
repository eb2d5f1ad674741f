import assert from "node:assert/strict";
import type { Spike, Verdict } from "../../src/model/spike.ts";
import type { TriggerFiring } from "../../src/model/trigger.ts";
import { Chain, type Seen } from "../../src/stress/chain.ts";

const startedAtMs = Date.UTC(2026, 10, 30, 3, 12);

function verdictOf(process: string, pids: readonly number[] = []): Verdict {
  const group = { kind: "process", process, unit: "", container: "", user: "root" } as const;
  return { sentence: `\`${process}\` has most of it`, shares: [{ group, share: 0.97, from: 0, to: 2, pids }], final: false };
}

function spike(verdict?: Verdict, more: Partial<Spike> = {}): Spike {
  const found = { id: "s1", resource: "cpu", startMs: startedAtMs + 1000, peakMs: startedAtMs + 2000, baseline: 0, peak: 2, unit: "cores" };
  return { ...(found as Spike), ...(verdict === undefined ? {} : { verdict }), ...more };
}

const firing: TriggerFiring = {
  ...{ id: "f1", trigger: "HighLoad", metric: "load5", instance: "", reason: "load5 is 2.1, above 2" },
  ...{ onsetMs: startedAtMs + 40_000, firedAtMs: startedAtMs + 100_000 },
};
const archive = {
  ...{ id: "a1", incidentKey: "trigger-f1", sizeBytes: 120_000, url: "http://web1:10054/archives/a1.tar.gz" },
  verdict: verdictOf("culprit-stress"),
};
const delivery = { channel: "email", result: "ok", names: ["HighLoad"], answer: "250 ok", atMs: startedAtMs + 101_000 } as const;
const nothing: Seen = { elapsedSeconds: 1, spikes: [], firings: [], archives: [], deliveries: [] };

function chainOf(more: Partial<ConstructorParameters<typeof Chain>[0]> = {}): Chain {
  const expected = [{ name: "HighLoad", capture: true, notify: true, withinSeconds: 115 }];
  return new Chain({ kind: "cpu", startedAtMs, pids: [812, 813], expected, channels: ["email"], ...more });
}

describe("the chain of a trial", () => {
  it("says each link once, when it holds, and is over with the last", () => {
    const chain = chainOf();
    assert.deepEqual(chain.take(nothing), []);
    const begun = { ...nothing, elapsedSeconds: 3, spikes: [spike()] };
    assert.deepEqual(chain.take(begun), [{ seconds: 3, link: "detected", text: "a spike of CPU" }]);
    const named = { ...begun, elapsedSeconds: 4, spikes: [spike(verdictOf("culprit-stress"))] };
    assert.deepEqual(chain.take(named), [{ seconds: 4, link: "named", text: "`culprit-stress` has most of it" }]);
    assert.deepEqual(chain.take(named), []);
    const fired = { ...named, elapsedSeconds: 101, firings: [firing] };
    assert.deepEqual(chain.take(fired), [{ seconds: 101, link: "fired", text: "HighLoad: load5 is 2.1, above 2" }]);
    const made = { ...fired, elapsedSeconds: 118, archives: [archive], deliveries: [delivery] };
    assert.deepEqual(chain.take(made), [
      { seconds: 118, link: "archive", text: "http://web1:10054/archives/a1.tar.gz (120 kB) names culprit-stress" },
      { seconds: 118, link: "delivered", text: "HighLoad by email: 250 ok" },
    ]);
    assert.deepEqual([chain.isOver, chain.isBroken], [true, false]);
  });

  it("knows its processes by their pids, where a rule of the user calls them otherwise", () => {
    const chain = chainOf({ expected: [] });
    chain.take({ ...nothing, spikes: [spike(verdictOf("batch jobs", [813]))] });
    assert.deepEqual([chain.isOver, chain.isBroken], [true, false]);
  });

  it("takes a spike that lasted already for its own as soon as that is said", () => {
    const chain = chainOf({ expected: [] });
    const before = { startMs: startedAtMs - 60_000 };
    assert.deepEqual(chain.take({ ...nothing, spikes: [spike(verdictOf("make"), before)] }), []);
    // the last trial's
    assert.deepEqual(chain.take({ ...nothing, spikes: [spike(verdictOf("culprit-stress", [700]), before)] }), []);
    const lines = chain.take({ ...nothing, spikes: [spike(verdictOf("culprit-stress", [812]), before)] });
    assert.deepEqual(
      lines.map(({ link }) => link),
      ["detected", "named"],
    );
  });

  it("does not take a firing, an archive or a message of before for its own", () => {
    const chain = chainOf();
    const old = { ...firing, id: "f0", firedAtMs: startedAtMs - 60_000 };
    const lines = chain.take({ ...nothing, firings: [old], archives: [{ ...archive, incidentKey: "trigger-f0" }], deliveries: [delivery] });
    assert.deepEqual(lines, []);
  });

  for (const [what, seen, text] of [
    ["nothing is noticed", { elapsedSeconds: 21 }, "no spike of cpu, load and pressure was detected within 20 s"],
    [
      "somebody else is named",
      { elapsedSeconds: 31, spikes: [spike(verdictOf("make"))] },
      "culprit-stress was not named as the one who does it within 30 s",
    ],
    ["a trigger does not fire", { elapsedSeconds: 116 }, "HighLoad did not fire within 115 s"],
    ["no archive comes", { elapsedSeconds: 176, firings: [firing] }, "the archive of HighLoad was not there within 175 s"],
    [
      "the archive names somebody else",
      { elapsedSeconds: 110, firings: [firing], archives: [{ ...archive, verdict: verdictOf("make") }] },
      "the archive of HighLoad names make, not culprit-stress: http://web1:10054/archives/a1.tar.gz",
    ],
    [
      "the message is refused",
      { elapsedSeconds: 110, firings: [firing], deliveries: [{ ...delivery, result: "failed", answer: "550 no such user" }] },
      "the message about HighLoad by email did not arrive: 550 no such user",
    ],
    [
      "the message does not arrive",
      { elapsedSeconds: 156, firings: [firing] },
      "no message about HighLoad was delivered by email within 155 s",
    ],
  ] as const) {
    it(`is broken where ${what}, and says which link`, () => {
      const chain = chainOf();
      const lines = chain.take({ ...nothing, ...seen } as Seen);
      assert.ok(
        lines.some((line) => line.link === "broken" && line.text === text),
        JSON.stringify(lines),
      );
      assert.equal(chain.isBroken, true);
    });
  }

  it("waits for an archive that was asked for", () => {
    const chain = chainOf({ expected: [] });
    chain.take({ ...nothing, spikes: [spike(verdictOf("culprit-stress"))] });
    chain.addCapture("m1", 4);
    assert.equal(chain.isOver, false);
    chain.take({ ...nothing, elapsedSeconds: 20, archives: [{ ...archive, id: "m1", incidentKey: "" }] });
    assert.deepEqual([chain.isOver, chain.isBroken], [true, false]);
  });

  it("says of all that is open that it did not happen, when the load has gone", () => {
    const chain = chainOf();
    assert.equal(chain.giveUp(12).length, 5);
    assert.deepEqual([chain.isOver, chain.isBroken], [true, true]);
  });
});
