import assert from "node:assert/strict";
import type { PendingCapture } from "../../src/api/archiveAnswers.ts";
import type { Spike } from "../../src/model/spike.ts";
import { changesOf, continuation, holds, isOneDone, merged, olderSpikesQuery, snapshotsQuery } from "../../src/page/logic/loading.ts";
import { t0 } from "./support.ts";

const spike = (id: string, startMs = t0, more: Partial<Spike> = {}): Spike => ({
  id,
  resource: "cpu",
  startMs,
  peakMs: startMs,
  baseline: 0,
  peak: 1,
  unit: "cores",
  ...more,
});

describe("what the page asks for", () => {
  it("is whole milliseconds around what is shown, with a step only where the page knows better", () => {
    const range = { fromMs: 1000.7, toMs: 2000.2 };
    assert.equal(snapshotsQuery(range), "api/snapshots?from=1000&to=2001");
    assert.equal(snapshotsQuery(range, 1), "api/snapshots?from=1000&to=2001&step=1");
    assert.equal(snapshotsQuery(range, 60, 0), "api/snapshots?from=1000&to=2001&step=60&groups=0");
  });

  it("is no range that the live window holds already, but for its last second", () => {
    const live = { fromMs: t0, toMs: t0 + 60_000 };
    assert.equal(holds(live, { fromMs: t0, toMs: t0 + 61_000 }), true);
    assert.equal(holds(live, { fromMs: t0, toMs: t0 + 61_001 }), false);
    assert.equal(holds(live, { fromMs: t0 - 1, toMs: t0 + 60_000 }), false);
  });

  it("are older spikes where what is shown begins before all that are known, up to the oldest of them", () => {
    const known = [spike("b", t0 + 9000), spike("a", t0 + 5000)];
    const query = olderSpikesQuery({ fromMs: t0, toMs: t0 + 60_000 }, known);
    assert.equal(query, `api/spikes?limit=300&from=${t0}&to=${t0 + 5000}`);
    assert.equal(olderSpikesQuery({ fromMs: t0 + 5000, toMs: t0 + 60_000 }, known), undefined);
  });

  it("are the archives again once a capture is made no more", () => {
    const pending = (id: string) => ({ id }) as PendingCapture;
    assert.equal(isOneDone([pending("a"), pending("b")], [pending("b")]), true);
    assert.equal(isOneDone([pending("a")], [pending("a"), pending("b")]), false);
  });
});

describe("a second that comes in", () => {
  const live = { length: 2, fromMs: t0, toMs: t0 + 2000, newestMs: t0 + 1000 };
  const of = (takenAtMs: number, elapsedSeconds?: number) => continuation(live, { takenAtMs, elapsedSeconds });

  it("goes on where the last one was, even a slow one", () => {
    assert.deepEqual(of(t0 + 2000, 1), { beginsAnew: false, lacksSome: false });
    assert.deepEqual(of(t0 + 11_000, 10), { beginsAnew: false, lacksSome: false });
  });

  it("lacks those before it where more time has passed than it tells of", () => {
    assert.deepEqual(of(t0 + 6000, 1), { beginsAnew: false, lacksSome: true });
    assert.deepEqual(of(t0 + 6000), { beginsAnew: false, lacksSome: true });
  });

  it("begins anew after an absence longer than the window, or where the clock was set back", () => {
    assert.equal(of(t0 + 2000 + 20 * 60_000 + 1).beginsAnew, true);
    assert.equal(of(t0 - 1).beginsAnew, true);
    const empty = { length: 0, fromMs: 0, toMs: 0, newestMs: undefined };
    assert.deepEqual(continuation(empty, { takenAtMs: t0 }), { beginsAnew: false, lacksSome: false });
  });
});

describe("news of what lasts", () => {
  const event = { spikes: [spike("a")], firing: ["cpu"], archives: { pending: 0, count: 1 }, events: 3 };

  it("ask for nothing more with the first of a connection, after which everything is asked for anyway", () => {
    const { told, ...rest } = changesOf(event, [], undefined);
    assert.deepEqual(rest, { hasEnded: false, triggers: false, archives: false, events: false });
    assert.deepEqual(changesOf(event, [], told), { told, ...rest });
  });

  it("ask for the triggers or the archives where those have changed", () => {
    const { told } = changesOf(event, [], undefined);
    const fires = changesOf({ ...event, firing: ["cpu", "load"] }, [], told);
    assert.deepEqual([fires.triggers, fires.archives], [true, false]);
    const made = changesOf({ ...event, archives: { pending: 1, count: 1 } }, [], told);
    assert.deepEqual([made.triggers, made.archives, made.events], [false, true, false]);
    assert.equal(changesOf({ ...event, events: 4 }, [], told).events, true);
  });

  it("say that a spike has ended that lasted until now", () => {
    assert.equal(changesOf(event, [spike("a"), spike("b")], undefined).hasEnded, true);
    assert.equal(changesOf(event, [spike("a"), spike("b", t0, { endMs: t0 + 1 })], undefined).hasEnded, false);
  });

  it("keep what they tell of before what was known of the same spike", () => {
    const list = merged([spike("a", t0, { peak: 9 })], [spike("a"), spike("b")]);
    assert.deepEqual(
      list.map(({ id, peak }) => `${id} ${peak}`),
      ["a 9", "b 1"],
    );
  });
});
