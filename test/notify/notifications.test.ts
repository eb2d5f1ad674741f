import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeliveryError } from "../../src/notify/notifier.ts";
import { benchStages, later, type NotifyBench, PlayedChannel, titlesAt } from "./support/notifyBench.ts";
import { crowd, resolved, sampleLine, sampleNotification } from "./support/samples.ts";

const never = () => new DeliveryError("the server refuses it", { retryable: false });

describe("Notifications", function () {
  this.timeout(60_000);
  const stage = benchStages();
  let directory: string;
  let bench: NotifyBench;
  let email: PlayedChannel;
  let slack: PlayedChannel;
  beforeEach(() => {
    ({ directory, bench, email, slack } = stage());
  });

  const results = (): readonly string[] => bench.outcomes.map(({ channel, result }) => `${channel} ${result}`);

  it("arrive in every channel, once", async () => {
    await bench.open(email, slack);
    await bench.notifications.notify(sampleNotification());
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    await bench.pass(3600, 600);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1"]);
    assert.deepEqual(titlesAt(slack), ["firing high-cpu@1"]);
    assert.deepEqual(results(), ["email ok", "slack ok"]);
    assert.deepEqual(bench.notifications.figures(), { length: 0, dropped: 0 });
    assert.deepEqual(await readdir(join(directory, "notifications", "queue")), []);
  });

  it("wait while it is quiet, over a restart, and what lasts is one message for each channel", async () => {
    bench.quietUntilMs = bench.clock.wallMs() + 7_200_000;
    await bench.open(email, slack);
    const short = sampleNotification({ id: "disk@1", key: "disk" });
    await bench.notifications.notify(sampleNotification());
    await bench.notifications.notify(short);
    await bench.notifications.notify(resolved(short));
    assert.deepEqual(results(), ["email suppressed", "slack suppressed"]);
    await bench.pass(3600, 600);
    await bench.notifications.stop(0);
    await bench.open(email, slack);
    await bench.notifications.notify(sampleNotification({ id: "load@1", key: "load" }));
    await bench.pass(3590, 10);
    assert.deepEqual([titlesAt(email), titlesAt(slack)], [[], []]);
    await bench.pass(20);
    for (const channel of [email, slack]) assert.deepEqual(titlesAt(channel), ["firing high-cpu@1 load@1"]);
  });

  it("are told at once when the quiet is ended", async () => {
    bench.quietUntilMs = bench.clock.wallMs() + 7_200_000;
    await bench.open(email);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(60);
    bench.quietUntilMs = undefined;
    await bench.notifications.reconsider();
    await bench.rest();
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1"]);
  });

  it("go only where they are wanted", async () => {
    await bench.open(email, slack);
    await bench.notifications.notify(sampleNotification(), { channels: ["slack"] });
    await bench.pass(10);
    assert.equal(email.attempts.length, 0);
    assert.equal(slack.delivered.length, 1);
  });

  it("go to one target of the webhook, or to all", async () => {
    const [ntfy, discord] = [new PlayedChannel("webhook:ntfy"), new PlayedChannel("webhook:discord")];
    await bench.open(email, ntfy, discord);
    await bench.notifications.notify(sampleNotification({ id: "one" }), { channels: ["webhook:ntfy"] });
    await bench.notifications.notify(sampleNotification({ id: "all", key: "all" }), { channels: ["webhook"] });
    await bench.pass(10);
    assert.deepEqual([email, ntfy, discord].map(titlesAt), [[], ["firing one all"], ["firing all"]]);
    assert.deepEqual(
      bench.outcomes.map(({ channel, result }) => `${channel} ${result}`),
      ["webhook:ntfy ok", "webhook:discord ok"],
    );
  });

  it("are one message for each channel when fifty come at once", async () => {
    await bench.open(email, slack);
    await Promise.all(crowd(50).map((one) => bench.notifications.notify(one)));
    await bench.pass(10);
    for (const channel of [email, slack])
      assert.deepEqual(
        channel.delivered.map(({ notifications }) => notifications.length),
        [50],
      );
  });

  it("are tried again while the mail server is down, and all arrive when it is back", async () => {
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    await bench.notifications.notify(sampleNotification({ id: "disk@1", key: "disk" }));
    await bench.pass(10);
    await bench.pass(6 * 3600, 60);
    assert.equal(email.delivered.length, 0);
    assert.equal(bench.notifications.figures().length, 2);
    email.failure = undefined;
    await bench.pass(601, 1);
    assert.deepEqual([...titlesAt(email)].sort(), ["firing disk@1", "firing high-cpu@1"]);
    assert.deepEqual(results(), ["email ok", "email ok"]);
  });

  it("wait twice as long after each failure, up to ten minutes", async () => {
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    const waits = [5, 10, 20, 40, 80, 160, 320, 600, 600];
    for (const [index, seconds] of waits.entries()) {
      await bench.pass(seconds - 1);
      assert.equal(email.attempts.length, index + 1);
      await bench.pass(1);
      assert.equal(email.attempts.length, index + 2);
    }
  });

  it("leave a server alone for as long as it asks, with all that is for it", async () => {
    await bench.open(slack);
    slack.failure = later(3000);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    slack.failure = undefined;
    await bench.notifications.notify(sampleNotification({ id: "disk@1", key: "disk" }));
    await bench.pass(2990, 10);
    assert.equal(slack.attempts.length, 1);
    await bench.pass(20, 1);
    assert.equal(slack.delivered.length, 2);
  });

  it("are given up loudly after a day", async () => {
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(23 * 3600, 600);
    assert.deepEqual(results(), []);
    await bench.pass(2 * 3600, 600);
    assert.deepEqual(results(), ["email failed"]);
    assert.ok(bench.recorded.lines().some(({ level, message }) => level === "error" && String(message).includes("given up")));
    const tries = email.attempts.length;
    await bench.pass(2 * 3600, 600);
    assert.equal(email.attempts.length, tries);
    assert.deepEqual(bench.notifications.figures(), { length: 0, dropped: 0 });
  });

  it("are not tried again when they are refused, and then nobody hears of the end", async () => {
    await bench.open(email, slack);
    email.failure = never;
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    email.failure = undefined;
    await bench.notifications.notify(resolved(sampleNotification()));
    await bench.pass(3600, 600);
    assert.equal(email.attempts.length, 1);
    assert.deepEqual(titlesAt(slack), ["firing high-cpu@1", "resolved high-cpu@1"]);
    assert.deepEqual(results(), ["email failed", "slack ok", "slack ok"]);
  });

  it("tell of the end after the beginning, also when the beginning is late", async () => {
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(60, 1);
    await bench.notifications.notify(resolved(sampleNotification()));
    await bench.pass(11, 1);
    email.failure = undefined;
    await bench.pass(700, 1);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1", "resolved high-cpu@1"]);
    assert.deepEqual(email.delivered[1]?.answers, [email.delivered[0]?.id]);
  });

  it("give up the end along with the beginning that it answers", async () => {
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(12);
    await bench.notifications.notify(resolved(sampleNotification()));
    await bench.pass(12);
    email.failure = never;
    await bench.pass(60, 1);
    assert.deepEqual(results(), ["email failed"]);
    assert.equal(bench.notifications.figures().length, 0);
  });

  it("do not wait for another channel that hangs", async () => {
    await bench.open(email, slack);
    let letGo: () => void = () => undefined;
    email.gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await bench.notifications.notify(sampleNotification());
    await bench.clock.advance(10);
    await bench.until(() => slack.delivered.length === 1 && email.attempts.length === 1);
    await bench.notifications.notify(sampleNotification({ id: "disk@1", key: "disk" }));
    await bench.clock.advance(10);
    await bench.until(() => slack.delivered.length === 2);
    assert.equal(email.attempts.length, 1);
    letGo();
    await bench.until(() => email.delivered.length === 2);
  });

  it("say nothing more within the cooldown", async () => {
    await bench.open(email);
    const options = { cooldownSeconds: 600 };
    await bench.notifications.notify(sampleNotification(), options);
    await bench.pass(60);
    await bench.notifications.notify(resolved(sampleNotification()), options);
    await bench.pass(60);
    const again = sampleNotification({ id: "high-cpu@2" });
    await bench.notifications.notify(again, options);
    await bench.pass(60);
    await bench.notifications.notify(resolved(again), options);
    await bench.pass(3600, 60);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1", "resolved high-cpu@1"]);
    assert.deepEqual(results(), ["email ok", "email ok", "email suppressed"]);
  });

  it("arrive when nothing can be stored", async () => {
    await bench.open(email);
    // the directory's place is taken by files: every write fails, as it does on a full disk
    await rm(join(directory, "notifications"), { recursive: true });
    await writeFile(join(directory, "notifications"), "");
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    assert.equal(bench.notifications.figures().length, 1);
    email.failure = undefined;
    await bench.pass(60, 1);
    await bench.pass(3600, 600);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1"]);
    assert.ok(bench.recorded.lines().some(({ level, message }) => level === "error" && String(message).includes("cannot be stored")));
  });

  it("drop the oldest, loudly, when a channel is away for longer than there is room", async () => {
    await bench.open(email);
    email.failure = later(23 * 3600);
    for (let index = 0; index < 7; index++) {
      await bench.notifications.notify(sampleNotification({ id: `one@${index}`, key: `one${index}` }));
      await bench.pass(10);
    }
    assert.deepEqual(bench.notifications.figures(), { length: 5, dropped: 2 });
    assert.deepEqual(results(), ["email dropped", "email dropped"]);
    await bench.notifications.notify(resolved(sampleNotification({ id: "one@0", key: "one0" })));
    await bench.pass(10);
    assert.equal(bench.notifications.figures().length, 5, "nobody heard of the first, so nobody hears of its end");
  });

  it("are stored and sent without secrets and without control characters", async () => {
    await bench.open(email);
    const dirty = "mysqld --password=hunter2secret \u0007\u202e";
    await bench.notifications.notify(sampleNotification({ verdict: dirty, reason: dirty, title: dirty, top: [sampleLine(dirty)] }));
    await bench.pass(10);
    const text = JSON.stringify(email.delivered);
    assert.ok(!text.includes("hunter2secret"), text);
    assert.match(text, /mysqld --password=\*\*\*/);
    assert.doesNotMatch(text, /(?<!\\)\\u0007|\u202e/);
    assert.ok(text.includes("\\\\x07\\\\u202e"), text);
  });

  it("survive a wall clock that jumps", async () => {
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    bench.clock.jumpWall(30 * 24 * 3600);
    await bench.pass(60, 1);
    assert.deepEqual(results(), [], "a jump forward is no day of trying");
    bench.clock.jumpWall(-60 * 24 * 3600);
    email.failure = undefined;
    await bench.pass(1200, 1);
    assert.deepEqual(results(), ["email ok"]);
  });
});
