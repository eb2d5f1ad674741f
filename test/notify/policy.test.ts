import assert from "node:assert/strict";
import type { Notification, NotificationMessage } from "../../src/model/notification.ts";
import {
  accept,
  afterTelling,
  type ChannelState,
  emptyChannel,
  forget,
  groupSeconds,
  heldBack,
  nextDueAtMs,
  takeDue,
} from "../../src/notify/policy.ts";
import { crowd, resolved, sampleNotification, startMs } from "./support/samples.ts";

/** A channel as a test drives it: seconds since the start. */
class Channel {
  state: ChannelState = emptyChannel;
  readonly cooldownSeconds: number;
  /** The second until which a name is quiet. */
  readonly quietUntilSecond = new Map<string, number>();

  constructor(cooldownSeconds = 600) {
    this.cooldownSeconds = cooldownSeconds;
  }

  take(notification: Notification, second: number) {
    const { state, acceptance } = accept(this.state, notification, this.cooldownSeconds, startMs + second * 1000, this.#quietUntil);
    this.state = state;
    return acceptance;
  }

  due(second: number): readonly NotificationMessage[] {
    const { state, messages } = takeDue(this.state, "email", startMs + second * 1000, this.#quietUntil, (one) => ({
      ...one,
      who: `as of ${second}`,
    }));
    this.state = state;
    return messages;
  }

  titles(second: number): readonly string[] {
    return this.due(second).map(({ status, notifications }) => `${status} ${notifications.map(({ id }) => id).join(" ")}`);
  }

  held(second: number) {
    return heldBack(this.state, startMs + second * 1000, this.#quietUntil).map(({ name, untilMs }) => [name, (untilMs - startMs) / 1000]);
  }

  next(second: number): number | undefined {
    const ms = nextDueAtMs(this.state, startMs + second * 1000, this.#quietUntil);
    return ms === undefined ? undefined : (ms - startMs) / 1000;
  }

  readonly #quietUntil = ({ name }: { readonly name: string }, atMs: number): number | undefined => {
    const second = this.quietUntilSecond.get(name);
    return second !== undefined && startMs + second * 1000 > atMs ? startMs + second * 1000 : undefined;
  };
}

const first = sampleNotification({ id: "cpu@1", key: "cpu" });
const again = sampleNotification({ id: "cpu@2", key: "cpu" });
const other = sampleNotification({ id: "disk@1", key: "disk" });

describe("The policy of notifications", () => {
  it("tells after the group's while, and not a second before", () => {
    const channel = new Channel();
    assert.equal(channel.take(first, 0), "waiting");
    assert.equal(channel.next(0), groupSeconds);
    assert.deepEqual(channel.titles(groupSeconds - 0.001), []);
    assert.deepEqual(channel.titles(groupSeconds), ["firing cpu@1"]);
    assert.deepEqual(channel.titles(groupSeconds), []);
    assert.equal(channel.next(groupSeconds), undefined);
  });

  it("puts what comes in the meantime into the same message, and does not wait longer for it", () => {
    const channel = new Channel();
    channel.take(first, 0);
    channel.take(other, 9);
    assert.deepEqual(channel.titles(10), ["firing cpu@1 disk@1"]);
  });

  it("says a storm once: what comes of the same later is held back, and so is the rest of a group that is too large", () => {
    const channel = new Channel();
    const ofStorm = (at: number) => sampleNotification({ id: `storm@${at}`, key: "alert one-archive" });
    for (let at = 1; at <= 150; at++) channel.take(ofStorm(at), 0);
    assert.deepEqual(
      channel.due(10).map(({ notifications }) => notifications.length),
      [100],
    );
    channel.take(ofStorm(151), 30);
    assert.deepEqual(channel.titles(60), []);
    for (let at = 1; at <= 150; at++) channel.take(resolved(ofStorm(at)), 200);
    assert.deepEqual(
      channel.due(210).map(({ status, notifications }) => [status, notifications.length]),
      [["resolved", 100]],
      "those that were told are told to be over",
    );
    assert.deepEqual(channel.titles(900), ["firing storm@151"], "what goes on is told at the end of the cooldown");
  });

  it("makes one message of fifty alerts, and two of a hundred and fifty", () => {
    const channel = new Channel();
    for (const one of crowd(50)) channel.take(one, 0);
    assert.deepEqual(
      channel.due(10).map(({ notifications }) => notifications.length),
      [50],
    );
    const more = new Channel();
    for (const one of crowd(150)) more.take(one, 0);
    assert.deepEqual(
      more.due(1).map(({ notifications }) => notifications.length),
      [100],
    );
    assert.deepEqual(
      more.due(10).map(({ notifications }) => notifications.length),
      [50],
    );
  });

  it("tells of the same incident once, however often it is sent", () => {
    const channel = new Channel(0);
    channel.take(first, 0);
    assert.equal(channel.take(first, 1), "known");
    channel.due(10);
    assert.equal(channel.take(first, 5000), "known");
    assert.deepEqual(channel.titles(6000), []);
  });

  it("tells of an end in an answer to what told of the beginning", () => {
    const channel = new Channel();
    channel.take(first, 0);
    const [began] = channel.due(10);
    assert.equal(channel.take(resolved(first), 100), "waiting");
    assert.equal(channel.take(resolved(first), 101), "known");
    const [ended] = channel.due(110);
    assert.equal(ended?.status, "resolved");
    assert.deepEqual(ended.answers, [began?.id]);
    assert.notEqual(ended.id, began?.id);
    assert.equal(channel.take(resolved(first), 200), "untold");
  });

  it("says nothing of the end of what it never told", () => {
    assert.equal(new Channel().take(resolved(first), 0), "untold");
  });

  it("tells beginning and end in this order when both come within the while", () => {
    const channel = new Channel();
    channel.take(first, 0);
    channel.take(resolved(first), 4);
    assert.deepEqual(channel.titles(10), ["firing cpu@1"]);
    assert.deepEqual(channel.titles(14), ["resolved cpu@1"]);
  });

  it("tells of both at once after a long sleep, the beginning first", () => {
    const channel = new Channel();
    channel.take(first, 0);
    channel.take(resolved(first), 4);
    assert.deepEqual(channel.titles(3600), ["firing cpu@1", "resolved cpu@1"]);
  });

  describe("in a cooldown", () => {
    let channel: Channel;
    beforeEach(() => {
      channel = new Channel(600);
      channel.take(first, 0);
      channel.due(10);
      channel.take(resolved(first), 30);
      channel.due(40);
    });

    it("says nothing of what comes and goes", () => {
      assert.equal(channel.take(again, 60), "waiting");
      assert.equal(channel.take(resolved(again), 120), "suppressed");
      assert.equal(channel.next(120), undefined);
      assert.deepEqual(channel.titles(5000), []);
    });

    it("tells at its end of what still goes on", () => {
      channel.take(again, 60);
      assert.equal(channel.next(60), 610);
      assert.deepEqual(channel.titles(610), []);
      assert.deepEqual(channel.titles(620), ["firing cpu@2"]);
    });

    it("is over exactly when its time is", () => {
      channel.take(again, 610);
      assert.deepEqual(channel.titles(620), ["firing cpu@2"]);
    });

    it("tells of another key at once", () => {
      channel.take(other, 60);
      assert.deepEqual(channel.titles(70), ["firing disk@1"]);
    });

    it("does not hold anything back for longer when the clock is set back", () => {
      channel.take(again, 60);
      assert.deepEqual(channel.titles(-100_000), ["firing cpu@2"]);
      channel.take(sampleNotification({ id: "cpu@3", key: "cpu" }), -200_000);
      assert.deepEqual(channel.titles(-199_990), ["firing cpu@3"]);
    });
  });

  it("does not keep a group waiting when the clock is set back", () => {
    const channel = new Channel();
    channel.take(first, 0);
    assert.deepEqual(channel.titles(-3600), ["firing cpu@1"]);
  });

  it("gives a message the same id each time it is made", () => {
    const [one, two] = [new Channel(), new Channel()];
    for (const channel of [one, two]) channel.take(first, 0);
    two.take(other, 3);
    assert.equal(one.due(10)[0]?.id, two.due(12)[0]?.id);
  });

  it("takes a message that is in the queue already for told", () => {
    const channel = new Channel();
    channel.take(first, 0);
    const before = channel.state;
    const [message] = channel.due(10);
    assert.ok(message !== undefined);
    assert.deepEqual(afterTelling(before, message, startMs + 10_000), channel.state);
  });

  it("forgets what never arrived, so that nobody hears of its end, and says it anew", () => {
    const channel = new Channel(0);
    channel.take(first, 0);
    const [message] = channel.due(10);
    assert.ok(message !== undefined);
    channel.take(resolved(first), 20);
    channel.state = forget(channel.state, message);
    assert.deepEqual(channel.titles(100), []);
    assert.equal(channel.take(resolved(first), 200), "untold");
  });

  it("is not confused by names that mean something to JavaScript", () => {
    const channel = new Channel();
    assert.equal(channel.take(sampleNotification({ id: "__proto__", key: "constructor" }), 0), "waiting");
    assert.deepEqual(channel.titles(10), ["firing __proto__"]);
  });

  it("tells of the end of what has fired for weeks, and forgets what has for more than a year", () => {
    const day = 24 * 3600;
    const channel = new Channel();
    channel.take(first, 0);
    channel.due(10);
    channel.due(30 * day);
    assert.equal(channel.take(first, 30 * day), "known");
    assert.equal(channel.take(resolved(first), 30 * day), "waiting");
    const other = new Channel();
    other.take(first, 0);
    other.due(10);
    other.due(401 * day);
    assert.deepEqual(other.state, emptyChannel);
  });

  describe("while it is quiet", () => {
    const third = sampleNotification({ id: "disk@2", key: "disk" });
    let channel: Channel;
    beforeEach(() => {
      channel = new Channel(0);
      channel.quietUntilSecond.set(first.name, 3600);
    });

    it("holds back what fires, and tells in one message of what lasts at the end", () => {
      assert.equal(channel.take(first, 0), "waiting");
      assert.equal(channel.take(other, 1800), "waiting");
      assert.equal(channel.next(1800), 3600);
      assert.deepEqual(channel.titles(3599), []);
      assert.deepEqual(channel.titles(3600), ["firing cpu@1 disk@1"]);
      assert.deepEqual(channel.titles(9000), []);
    });

    it("says what is held back until when, and tells it as it is then", () => {
      channel.take(first, 0);
      channel.take({ ...other, name: "disk" }, 0);
      assert.deepEqual(channel.held(60), [[first.name, 3600]]);
      const [soon] = channel.due(10);
      const [late] = channel.due(3600);
      assert.deepEqual([soon?.notifications[0].who, late?.notifications[0].who], [other.who, "as of 3600"]);
      assert.deepEqual(channel.held(3600), []);
    });

    it("never tells of what came and went, however often", () => {
      for (const one of [first, again, third]) {
        assert.equal(channel.take(one, 100), "waiting");
        assert.equal(channel.take(resolved(one), 200), "suppressed");
      }
      assert.equal(channel.next(200), undefined);
      assert.deepEqual(channel.titles(4000), []);
    });

    it("holds back what waited for its group when the quiet began", () => {
      channel.quietUntilSecond.clear();
      channel.take(first, 0);
      channel.quietUntilSecond.set(first.name, 3600);
      assert.deepEqual(channel.titles(groupSeconds), []);
      assert.deepEqual(channel.titles(3600), ["firing cpu@1"]);
    });

    it("tells at the end that what was told before is over", () => {
      channel.quietUntilSecond.clear();
      channel.take(first, 0);
      channel.titles(groupSeconds);
      channel.quietUntilSecond.set(first.name, 3600);
      assert.equal(channel.take(resolved(first), 100), "waiting");
      assert.deepEqual(channel.titles(3599), []);
      assert.deepEqual(channel.titles(3600), ["resolved cpu@1"]);
    });

    it("tells of other names as ever", () => {
      channel.take(first, 0);
      channel.take({ ...other, name: "disk" }, 0);
      assert.deepEqual(channel.titles(10), ["firing disk@1"]);
      assert.deepEqual(channel.titles(3600), ["firing cpu@1"]);
    });

    it("tells at once when it ends before its time", () => {
      channel.take(first, 0);
      channel.quietUntilSecond.clear();
      assert.equal(channel.next(60), 10);
      assert.deepEqual(channel.titles(60), ["firing cpu@1"]);
    });

    it("waits for the cooldown and the quiet, whichever is longer", () => {
      const both = new Channel(7200);
      both.take(first, 0);
      both.titles(10);
      both.quietUntilSecond.set(first.name, 3600);
      both.take(again, 20);
      assert.deepEqual(both.titles(3600), []);
      assert.equal(both.next(3600), 7210);
    });
  });
});
