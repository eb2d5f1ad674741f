import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deskStages, later, PlayedChannel, type TestDesk, titlesAt } from "./support/desk.ts";
import { resolved, sampleNotification } from "./support/samples.ts";

describe("Notifications after a restart", function () {
  this.timeout(20_000);
  const stage = deskStages();
  let directory: string;
  let desk: TestDesk;
  let email: PlayedChannel;
  let slack: PlayedChannel;
  beforeEach(() => {
    ({ directory, desk, email, slack } = stage());
  });

  const results = (): readonly string[] => desk.outcomes.map(({ channel, result }) => `${channel} ${result}`);

  it("go out that had been waiting for others", async () => {
    await desk.open(email);
    await desk.notifications.notify(sampleNotification());
    await desk.notifications.stop(0);
    assert.equal(email.attempts.length, 0);
    await desk.open(email);
    await desk.pass(10);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1"]);
  });

  it("go out that had been put off, not before their time and with the same id", async () => {
    await desk.open(email);
    email.failure = later(1000);
    await desk.notifications.notify(sampleNotification());
    await desk.pass(10);
    await desk.notifications.stop(0);
    email.failure = undefined;
    await desk.open(email);
    await desk.pass(900);
    assert.equal(email.delivered.length, 0);
    await desk.pass(100);
    assert.equal(email.delivered.length, 1);
    assert.equal(email.delivered[0]?.id, email.attempts[0]?.id);
  });

  it("are sent again, with the same id, when Culprit died between sending and the server's answer", async () => {
    await desk.open(email);
    email.gate = new Promise<void>(() => undefined);
    await desk.notifications.notify(sampleNotification());
    await desk.clock.advance(10);
    await desk.until(() => email.attempts.length === 1);
    await desk.notifications.stop(0).then(() => undefined, assert.fail);
    const second = new PlayedChannel("email");
    await desk.open(second);
    await desk.rest();
    assert.deepEqual(
      second.delivered.map(({ id }) => id),
      [email.attempts[0]?.id],
    );
  });

  it("are not repeated when the server had taken them", async () => {
    await desk.open(email);
    await desk.notifications.notify(sampleNotification());
    await desk.pass(10);
    assert.equal(email.delivered.length, 1);
    const second = new PlayedChannel("email");
    await desk.open(second);
    await desk.notifications.notify(sampleNotification());
    await desk.pass(3600, 600);
    assert.equal(second.attempts.length, 0);
    await desk.notifications.notify(resolved(sampleNotification()));
    await desk.pass(10);
    assert.deepEqual(titlesAt(second), ["resolved high-cpu@1"]);
  });

  it("are not repeated when Culprit died between the queue and the state", async () => {
    const told = join(directory, "notifications", "told.json");
    await desk.open(email);
    email.failure = later();
    await desk.notifications.notify(sampleNotification());
    await desk.rest();
    const before = await readFile(told, "utf8");
    await desk.pass(10);
    await desk.notifications.stop(0);
    await writeFile(told, before);
    email.failure = undefined;
    await desk.open(email);
    await desk.pass(3600, 60);
    assert.deepEqual(titlesAt(email), ["firing high-cpu@1"]);
  });

  it("keep the cooldown", async () => {
    await desk.open(email);
    await desk.notifications.notify(sampleNotification(), { cooldownSeconds: 600 });
    await desk.pass(10);
    await desk.open(email);
    await desk.notifications.notify(sampleNotification({ id: "high-cpu@2" }), { cooldownSeconds: 600 });
    await desk.pass(500, 10);
    assert.equal(email.delivered.length, 1);
  });

  it("are dropped with a word when their channel is configured no more", async () => {
    await desk.open(email);
    email.failure = later();
    await desk.notifications.notify(sampleNotification());
    await desk.pass(10);
    await desk.open(slack);
    assert.deepEqual(results(), ["email dropped"]);
    assert.equal(desk.notifications.figures().length, 0);
    assert.ok(desk.recorded.lines().some(({ message }) => String(message).includes("configured no more")));
  });

  it("go on when what was stored cannot be understood, which is moved aside", async () => {
    await mkdir(join(directory, "notifications"), { recursive: true });
    await writeFile(join(directory, "notifications", "told.json"), '{"schemaVersion":7}');
    await desk.open(email);
    await desk.notifications.notify(sampleNotification());
    await desk.pass(10);
    assert.equal(email.delivered.length, 1);
    assert.ok((await readdir(join(directory, "notifications"))).includes("told.json.bad"));
  });
});
