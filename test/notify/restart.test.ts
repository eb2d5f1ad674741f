import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchStages, later, type NotifyBench, PlayedChannel, titlesAt } from "./support/notifyBench.ts";
import { resolved, sampleNotification } from "./support/samples.ts";

describe("Notifications after a restart", function () {
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

  it("go out that had been waiting for others", async () => {
    await bench.open(email);
    await bench.notifications.notify(sampleNotification());
    await bench.notifications.stop(0);
    assert.equal(email.attempts.length, 0);
    await bench.open(email);
    await bench.pass(10);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1"]);
  });

  it("go out that had been put off, not before their time and with the same id", async () => {
    await bench.open(email);
    email.failure = later(1000);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    await bench.notifications.stop(0);
    email.failure = undefined;
    await bench.open(email);
    await bench.pass(900);
    assert.equal(email.delivered.length, 0);
    await bench.pass(100);
    assert.equal(email.delivered.length, 1);
    assert.equal(email.delivered[0]?.id, email.attempts[0]?.id);
  });

  it("are sent again, with the same id, when Culprit died between sending and the server's answer", async () => {
    await bench.open(email);
    email.gate = new Promise<void>(() => undefined);
    await bench.notifications.notify(sampleNotification());
    await bench.clock.advance(10);
    await bench.until(() => email.attempts.length === 1);
    await bench.notifications.stop(0).then(() => undefined, assert.fail);
    const second = new PlayedChannel("email");
    await bench.open(second);
    await bench.rest();
    assert.deepEqual(
      second.delivered.map(({ id }) => id),
      [email.attempts[0]?.id],
    );
  });

  it("are not repeated when the server had taken them", async () => {
    await bench.open(email);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    assert.equal(email.delivered.length, 1);
    const second = new PlayedChannel("email");
    await bench.open(second);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(3600, 600);
    assert.equal(second.attempts.length, 0);
    await bench.notifications.notify(resolved(sampleNotification()));
    await bench.pass(10);
    assert.deepEqual(titlesAt(second), ["resolved high-cpu@1"]);
  });

  it("are not repeated when Culprit died between the queue and the state", async () => {
    const told = join(directory, "notifications", "told.json");
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.rest();
    const before = await readFile(told, "utf8");
    await bench.pass(10);
    await bench.notifications.stop(0);
    await writeFile(told, before);
    email.failure = undefined;
    await bench.open(email);
    await bench.pass(3600, 60);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1"]);
  });

  it("keep the cooldown", async () => {
    await bench.open(email);
    await bench.notifications.notify(sampleNotification(), { cooldownSeconds: 600 });
    await bench.pass(10);
    await bench.open(email);
    await bench.notifications.notify(sampleNotification({ id: "high-cpu@2" }), { cooldownSeconds: 600 });
    await bench.pass(500, 10);
    assert.equal(email.delivered.length, 1);
  });

  it("are dropped with a word when their channel is configured no more", async () => {
    await bench.open(email);
    email.failure = later();
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    await bench.open(slack);
    assert.deepEqual(results(), ["email dropped"]);
    assert.equal(bench.notifications.figures().length, 0);
    assert.ok(bench.recorded.lines().some(({ message }) => String(message).includes("configured no more")));
  });

  it("go on when what was stored cannot be understood, which is moved aside", async () => {
    await mkdir(join(directory, "notifications"), { recursive: true });
    await writeFile(join(directory, "notifications", "told.json"), '{"schemaVersion":7}');
    await bench.open(email);
    await bench.notifications.notify(sampleNotification());
    await bench.pass(10);
    assert.equal(email.delivered.length, 1);
    assert.ok((await readdir(join(directory, "notifications"))).includes("told.json.bad"));
  });
});
