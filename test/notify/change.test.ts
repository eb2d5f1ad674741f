import assert from "node:assert/strict";
import { benchStages, later, type NotifyBench, PlayedChannel, titlesAt } from "./support/notifyBench.ts";
import { resolved, sampleNotification } from "./support/samples.ts";

describe("Notifications whose channels change while they run", () => {
  const stage = benchStages();
  let bench: NotifyBench;
  let email: PlayedChannel;
  let slack: PlayedChannel;
  beforeEach(() => {
    ({ bench, email, slack } = stage());
  });

  it("go on in those that stay, and begin in those that are new", async () => {
    await bench.open(email);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    await bench.change(email, slack);
    await bench.notifications.notify(resolved(sampleNotification()));
    await bench.pass(10);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1", "resolved high-cpu@1"]);
    assert.deepEqual(titlesAt(slack), [], "it was never told of the beginning");
    await bench.notifications.notify(sampleNotification({ id: "disk@1", key: "disk" }));
    await bench.pass(10);
    assert.deepEqual(titlesAt(slack), ["firing disk@1"]);
  });

  it("send what waits to the channel as it is configured now", async () => {
    await bench.open(email);
    email.failure = later(60);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    const moved = new PlayedChannel("email");
    await bench.change(moved);
    await bench.pass(120);
    assert.deepEqual(titlesAt(moved), ["firing high-cpu@1"]);
    assert.deepEqual(titlesAt(email), []);
  });

  it("drop what waits for a channel that is no more, and say so", async () => {
    await bench.open(email, slack);
    slack.failure = later(600);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    await bench.change(email);
    assert.deepEqual(
      bench.outcomes.map(({ channel, result }) => `${channel} ${result}`),
      ["email ok", "slack dropped"],
    );
    assert.equal(bench.notifications.figures().length, 0);
    assert.ok(bench.recorded.lines().some(({ message, channel }) => /configured no more/.test(String(message)) && channel === "slack"));
  });
});
