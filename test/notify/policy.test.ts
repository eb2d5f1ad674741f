import assert from "node:assert/strict";
import { afterTelling, emptyChannel, forget, groupSeconds } from "../../src/notify/policy.ts";
import { PolicyChannel } from "./support/policyChannel.ts";
import { crowd, resolved, sampleNotification, startMs } from "./support/samples.ts";

const first = sampleNotification({ id: "cpu@1", key: "cpu" });
const again = sampleNotification({ id: "cpu@2", key: "cpu" });
const other = sampleNotification({ id: "disk@1", key: "disk" });

describe("The policy of notifications", () => {
  it("tells after the group's while, and not a second before", () => {
    const channel = new PolicyChannel();
    assert.equal(channel.take(first, 0), "waiting");
    assert.equal(channel.next(0), groupSeconds);
    assert.deepEqual(channel.titles(groupSeconds - 0.001), []);
    assert.deepEqual(channel.titles(groupSeconds), ["firing cpu@1"]);
    assert.deepEqual(channel.titles(groupSeconds), []);
    assert.equal(channel.next(groupSeconds), undefined);
  });

  it("puts what comes in the meantime into the same message, and does not wait longer for it", () => {
    const channel = new PolicyChannel();
    channel.take(first, 0);
    channel.take(other, 9);
    assert.deepEqual(channel.titles(10), ["firing cpu@1 disk@1"]);
  });

  it("says a storm once: what comes of the same later is held back, and so is the rest of a group that is too large", () => {
    const channel = new PolicyChannel();
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
    const channel = new PolicyChannel();
    for (const one of crowd(50)) channel.take(one, 0);
    assert.deepEqual(
      channel.due(10).map(({ notifications }) => notifications.length),
      [50],
    );
    const more = new PolicyChannel();
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
    const channel = new PolicyChannel(0);
    channel.take(first, 0);
    assert.equal(channel.take(first, 1), "known");
    channel.due(10);
    assert.equal(channel.take(first, 5000), "known");
    assert.deepEqual(channel.titles(6000), []);
  });

  it("tells of an end in an answer to what told of the beginning", () => {
    const channel = new PolicyChannel();
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
    assert.equal(new PolicyChannel().take(resolved(first), 0), "untold");
  });

  it("tells beginning and end in this order when both come within the while", () => {
    const channel = new PolicyChannel();
    channel.take(first, 0);
    channel.take(resolved(first), 4);
    assert.deepEqual(channel.titles(10), ["firing cpu@1"]);
    assert.deepEqual(channel.titles(14), ["resolved cpu@1"]);
  });

  it("tells of both at once after a long sleep, the beginning first", () => {
    const channel = new PolicyChannel();
    channel.take(first, 0);
    channel.take(resolved(first), 4);
    assert.deepEqual(channel.titles(3600), ["firing cpu@1", "resolved cpu@1"]);
  });

  describe("in a cooldown", () => {
    let channel: PolicyChannel;
    beforeEach(() => {
      channel = new PolicyChannel(600);
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
    const channel = new PolicyChannel();
    channel.take(first, 0);
    assert.deepEqual(channel.titles(-3600), ["firing cpu@1"]);
  });

  it("gives a message the same id each time it is made", () => {
    const [one, two] = [new PolicyChannel(), new PolicyChannel()];
    for (const channel of [one, two]) channel.take(first, 0);
    two.take(other, 3);
    assert.equal(one.due(10)[0]?.id, two.due(12)[0]?.id);
  });

  it("takes a message that is in the queue already for told", () => {
    const channel = new PolicyChannel();
    channel.take(first, 0);
    const before = channel.state;
    const [message] = channel.due(10);
    assert.ok(message !== undefined);
    assert.deepEqual(afterTelling(before, message, startMs + 10_000), channel.state);
  });

  it("forgets what never arrived, so that nobody hears of its end, and says it anew", () => {
    const channel = new PolicyChannel(0);
    channel.take(first, 0);
    const [message] = channel.due(10);
    assert.ok(message !== undefined);
    channel.take(resolved(first), 20);
    channel.state = forget(channel.state, message);
    assert.deepEqual(channel.titles(100), []);
    assert.equal(channel.take(resolved(first), 200), "untold");
  });

  it("is not confused by names that mean something to JavaScript", () => {
    const channel = new PolicyChannel();
    assert.equal(channel.take(sampleNotification({ id: "__proto__", key: "constructor" }), 0), "waiting");
    assert.deepEqual(channel.titles(10), ["firing __proto__"]);
  });

  it("tells of the end of what has fired for weeks, and forgets what has for more than a year", () => {
    const day = 24 * 3600;
    const channel = new PolicyChannel();
    channel.take(first, 0);
    channel.due(10);
    channel.due(30 * day);
    assert.equal(channel.take(first, 30 * day), "known");
    assert.equal(channel.take(resolved(first), 30 * day), "waiting");
    const other = new PolicyChannel();
    other.take(first, 0);
    other.due(10);
    other.due(401 * day);
    assert.deepEqual(other.state, emptyChannel);
  });
});
