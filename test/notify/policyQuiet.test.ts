import assert from "node:assert/strict";
import { groupSeconds } from "../../src/notify/policy.ts";
import { PolicyChannel } from "./support/policyChannel.ts";
import { resolved, sampleNotification } from "./support/samples.ts";

const first = sampleNotification({ id: "cpu@1", key: "cpu" });
const again = sampleNotification({ id: "cpu@2", key: "cpu" });
const other = sampleNotification({ id: "disk@1", key: "disk" });

describe("The policy of notifications while it is quiet", () => {
  const third = sampleNotification({ id: "disk@2", key: "disk" });
  let channel: PolicyChannel;
  beforeEach(() => {
    channel = new PolicyChannel(0);
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
    const both = new PolicyChannel(7200);
    both.take(first, 0);
    both.titles(10);
    both.quietUntilSecond.set(first.name, 3600);
    both.take(again, 20);
    assert.deepEqual(both.titles(3600), []);
    assert.equal(both.next(3600), 7210);
  });
});
