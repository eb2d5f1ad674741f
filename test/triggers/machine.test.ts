import assert from "node:assert/strict";
import {
  backSeconds,
  isOver,
  type MachineChange,
  type MachineRule,
  type MachineState,
  startState,
  step,
} from "../../src/triggers/machine.ts";

/** What is read at one second: over, back, unknown. */
type Look = true | false | undefined;

interface Played {
  readonly state: MachineState;
  readonly changes: readonly (MachineChange & { readonly atSeconds: number })[];
}

const minute: MachineRule = { forSeconds: 60, cooldownSeconds: 600 };
const atOnce: MachineRule = { forSeconds: 0, cooldownSeconds: 600 };

/** Plays stretches of looks, one a second from `from` on. A number before a stretch is a gap of so many seconds. */
function play(rule: MachineRule, stretches: readonly (readonly [Look, number] | number)[], before?: Played): Played {
  let state = before?.state ?? startState(0);
  let atSeconds = before === undefined ? -1 : state.lastKnownSeconds;
  const changes: (MachineChange & { readonly atSeconds: number })[] = [];
  let gapSeconds = 0;
  for (const stretch of stretches) {
    if (typeof stretch === "number") {
      gapSeconds = stretch;
      continue;
    }
    const [over, count] = stretch;
    for (let turn = 0; turn < count; turn++) {
      atSeconds += gapSeconds > 0 ? gapSeconds : 1;
      const result = step(state, rule, { atSeconds, over, gapSeconds });
      gapSeconds = 0;
      state = result.state;
      if (result.change !== undefined) changes.push({ ...result.change, atSeconds });
    }
  }
  return { state, changes };
}

const fired = (sinceSeconds: number, atSeconds: number) => ({ kind: "fired", sinceSeconds, atSeconds }) as const;
const resolved = (sinceSeconds: number, endSeconds: number, atSeconds: number) =>
  ({ kind: "resolved", sinceSeconds, endSeconds, unseen: false, atSeconds }) as const;

describe("A threshold", () => {
  it("is not passed by what is exactly at it, on either side", () => {
    assert.equal(isOver({ direction: "above", value: 0.9 }, 0.9), false);
    assert.equal(isOver({ direction: "above", value: 0.9 }, 0.9000001), true);
    assert.equal(isOver({ direction: "below", value: 2 }, 2), false);
    assert.equal(isOver({ direction: "below", value: 2 }, 1.99), true);
  });
});

describe("The trigger machine", () => {
  it("fires once the figure was over for the whole time, and not a second before", () => {
    assert.deepEqual(play(minute, [[true, 60]]).changes, []);
    assert.deepEqual(play(minute, [[true, 61]]).changes, [fired(0, 60)]);
  });

  it("fires with the first reading where nothing is to be waited for", () => {
    assert.deepEqual(
      play(atOnce, [
        [false, 3],
        [true, 1],
      ]).changes,
      [fired(3, 3)],
    );
  });

  it("fires once for a crossing, however long it lasts", () => {
    assert.deepEqual(play(minute, [[true, 5000]]).changes, [fired(0, 60)]);
  });

  it("counts anew after a single second on the other side", () => {
    const { changes } = play(minute, [
      [true, 59],
      [false, 1],
      [true, 61],
    ]);
    assert.deepEqual(changes, [fired(60, 120)]);
  });

  it("ends a minute after the figure came back, with the time at which it came back", () => {
    assert.deepEqual(
      play(minute, [
        [true, 100],
        [false, backSeconds],
      ]).changes,
      [fired(0, 60)],
    );
    assert.deepEqual(
      play(minute, [
        [true, 100],
        [false, backSeconds + 1],
      ]).changes,
      [fired(0, 60), resolved(0, 100, 160)],
    );
  });

  it("takes what flutters around the threshold for one firing", () => {
    const flutter = Array.from({ length: 200 }, (_, second) => [second % 7 === 0, 1] as const);
    const { changes, state } = play(atOnce, [[true, 1], ...flutter]);
    assert.deepEqual(changes, [fired(0, 0)]);
    assert.equal(state.phase, "firing");
  });

  it("is armed again once it has ended, and silent for the cooldown from that end on", () => {
    const first = [
      [true, 1],
      [false, 61],
    ] as const; // ends at 61, came back at 1
    const { changes, state } = play(atOnce, [...first, [true, 30]]);
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ["fired", "resolved"],
    );
    assert.equal(state.phase, "held");
    // 1 + 600: the last held second is 600
    const later = play(atOnce, [...first, [true, 538], [true, 1], [true, 1]]);
    assert.deepEqual(later.changes.at(-1), fired(62, 601));
  });

  it("tells nobody of what came and went within the cooldown", () => {
    const { changes, state } = play(atOnce, [
      [true, 1],
      [false, 61],
      [true, 100],
      [false, 1000],
    ]);
    assert.deepEqual(changes, [fired(0, 0), resolved(0, 1, 61)]);
    assert.equal(state.phase, "calm");
  });

  it("does not fire at the end of a cooldown for what has just come back, but does when it is over again", () => {
    const { changes } = play(atOnce, [
      [true, 1],
      [false, 61],
      [true, 530],
      [false, 20],
      [true, 1],
    ]);
    assert.deepEqual(changes.at(-1), fired(62, 612));
  });

  it("fires without a cooldown each time it is crossed", () => {
    const { changes } = play({ forSeconds: 0, cooldownSeconds: 0 }, [
      [true, 1],
      [false, 61],
      [true, 1],
    ]);
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ["fired", "resolved", "fired"],
    );
  });

  it("begins to count anew after a gap: nobody has seen what was in it", () => {
    assert.deepEqual(play(minute, [[true, 59], 3600, [true, 60]]).changes, []);
    assert.deepEqual(play(minute, [[true, 59], 3600, [true, 61]]).changes, [fired(3658, 3718)]);
  });

  it("does not count the seconds of a short gap, and forgets nothing for it", () => {
    // the machine is so busy that Culprit itself gets nowhere: 20 + 20 + 21 seconds were seen
    assert.deepEqual(play(minute, [[true, 20], 30, [true, 20], 7, [true, 20]]).changes, []);
    const { changes } = play(minute, [[true, 20], 30, [true, 20], 7, [true, 23]]);
    assert.deepEqual(changes, [fired(0, 97)]);
    assert.deepEqual(play(minute, [[true, 20], 119, [true, 42]]).changes, [fired(0, 179)]);
    assert.deepEqual(play(minute, [[true, 20], 120, [true, 42]]).changes, []);
  });

  it("does not count the seconds of a short gap as calm ones", () => {
    const { changes } = play(minute, [[true, 61], [false, 30], 20, [false, 31]]);
    assert.deepEqual(changes, [fired(0, 60)]);
    assert.deepEqual(play(minute, [[true, 61], [false, 30], 20, [false, 33]]).changes.at(-1)?.kind, "resolved");
  });

  it("does not take a gap and a hiccup together for more than a hiccup", () => {
    const { changes } = play(minute, [[true, 30], 60, [undefined, 5], [true, 40]]);
    assert.equal(changes.length, 1);
  });

  it("goes on firing over a gap, and does not take the gap for calm", () => {
    const { changes, state } = play(minute, [[true, 61], [false, 30], 3600, [false, 30]]);
    assert.deepEqual(changes, [fired(0, 60)]);
    assert.equal(state.phase, "firing");
    assert.deepEqual(play(minute, [[true, 61], [false, 30], 3600, [false, 61]]).changes.at(-1), resolved(0, 3690, 3750));
  });

  it("lets a figure be unknown for a few seconds, and no longer", () => {
    assert.deepEqual(
      play(minute, [
        [true, 30],
        [undefined, 5],
        [true, 26],
      ]).changes,
      [fired(0, 60)],
    );
    assert.deepEqual(
      play(minute, [
        [true, 30],
        [undefined, 6],
        [true, 26],
      ]).changes,
      [],
    );
  });

  it("does not take the unknown for the end of a firing, nor for its beginning", () => {
    const firing = play(minute, [
      [true, 61],
      [undefined, 890],
    ]);
    assert.deepEqual(firing.changes, [fired(0, 60)]);
    assert.equal(firing.state.phase, "firing");
    assert.deepEqual(play(minute, [[undefined, 5000]]).changes, []);
  });

  it("gives a firing up that nobody could see for a quarter of an hour", () => {
    const { changes } = play(minute, [
      [true, 61],
      [undefined, 901],
    ]);
    assert.deepEqual(changes.at(-1), { kind: "resolved", sinceSeconds: 0, endSeconds: 60, unseen: true, atSeconds: 961 });
  });

  it("does not add up calm seconds over an unknown stretch", () => {
    const { changes } = play(minute, [
      [true, 61],
      [false, 40],
      [undefined, 100],
      [false, 40],
    ]);
    assert.deepEqual(changes, [fired(0, 60)]);
  });
});
