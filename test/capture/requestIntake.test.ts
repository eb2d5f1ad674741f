import assert from "node:assert/strict";
import type { Part } from "../../src/capture/making/part.ts";

import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, firing, openIn, usualSettings } from "./support.ts";

describe("captures", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  beforeEach(async () => {
    clock = new ManualClock();
    directory = await tempDirectory();
  });

  it("are made one at a time, in the order of their requests, and those that waited say so", async () => {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const part: Part = {
      name: "watch",
      when: "now",
      async run({ request }) {
        order.push(request.name);
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => clock.after(10, resolve));
        running--;
        return [];
      },
    };
    const capture = await openIn(directory, clock, { parts: [part] });
    capture.start();
    const alerts = ["a", "b", "c"].map((alertname) => firing(clock, { fingerprint: alertname, labels: { alertname, instance: "web1" } }));
    const results = await capture.alerts.receive(alerts);
    await capture.finished(3);
    assert.equal(most, 1);
    assert.deepEqual(order, ["a", "b", "c"]);
    const late = await Promise.all(results.map(async ({ archiveId }) => (await capture.manifestOf(archiveId)).late));
    assert.equal(late[0], undefined);
    assert.deepEqual(late[2], { ...(late[2] as object), reason: "others were made before it", attemptsBefore: 0 });
    await capture.stop();
  });

  it("are made once for an incident: re-sends and the other of an HA pair join, and find the same archive", async () => {
    const capture = await openIn(directory, clock);
    capture.start();
    const twin = firing(clock, { fingerprint: "fp2", labels: { alertname: "HighCpu", instance: "web1", replica: "b" } });
    const both = await Promise.all([capture.alerts.receive([firing(clock)]), capture.alerts.receive([twin])]);
    assert.deepEqual(
      both.flat().map(({ result }) => result),
      ["captured", "joined"],
    );
    assert.equal(capture.queue.pendingFor("fp2")?.id, both[0][0]?.archiveId);
    assert.equal(capture.queue.pendingFor("fp3"), undefined);
    await capture.finished(1);
    assert.equal(capture.archives.findByFingerprint("fp2")?.archive.id, both[0][0]?.archiveId);
    assert.equal(capture.archives.list().length, 1);
    await capture.stop();
  });

  it("mark whose alert it was", async () => {
    const capture = await openIn(directory, clock);
    capture.start();
    const [result] = await capture.alerts.receive([firing(clock, {}, { kind: "other", host: "web2" })]);
    assert.deepEqual(result?.match, { kind: "other", host: "web2" });
    await capture.finished(1);
    assert.match((await capture.filesOf(result?.archiveId)).get("summary.txt")?.toString() ?? "", /it is about another host, web2/);
    await capture.stop();
  });

  it("are promised to as many alerts as can be kept, and nothing that was promised is dropped; the others come again", async () => {
    const capture = await openIn(directory, clock);
    const flood = Array.from({ length: 1000 }, (_, at) =>
      firing(clock, { fingerprint: `f${at}`, labels: { alertname: `Flood${at}`, instance: "web1" } }),
    );
    const results = await capture.alerts.receive(flood);
    const [captured, refused] = [results.slice(0, 50), results.slice(50)];
    assert.deepEqual([...new Set(captured.map(({ result }) => result))], ["captured"]);
    assert.deepEqual([...new Set(refused.map(({ result, archiveId }) => `${result} ${archiveId}`))], ["refused undefined"]);
    assert.deepEqual(
      capture.queue.pending().map(({ id }) => id),
      captured.map(({ archiveId }) => archiveId),
    );
    assert.equal(capture.queueFigures().dropped, 0);

    // a person and a trigger get theirs all the same, up to a bound
    const asked = await Promise.allSettled(Array.from({ length: 30 }, () => capture.queue.request({})));
    assert.equal(asked.filter(({ status }) => status === "fulfilled").length, 20);
    const [problem] = asked.flatMap((asked) => (asked.status === "rejected" ? [asked.reason as Error] : []));
    assert.equal(problem?.name, "QueueFull");

    capture.start();
    await capture.finished(20);
    const again = await capture.alerts.receive(flood);
    assert.deepEqual([...new Set(again.slice(0, 50).map(({ result }) => result))], ["joined"]);
    assert.deepEqual([...new Set(again.slice(70).map(({ result }) => result))], ["refused"]);
    await capture.stop();
  });

  it("are promised to no more than are kept when they are done", async () => {
    const settings = { ...usualSettings, limits: { maxBytes: 1e9, maxCount: 3 } };
    const capture = await openIn(directory, clock, { settings });
    const flood = Array.from({ length: 5 }, (_, at) => firing(clock, { fingerprint: `f${at}`, labels: { alertname: `Flood${at}` } }));
    const results = (await capture.alerts.receive(flood)).map(({ result }) => result);
    assert.deepEqual(results, ["captured", "captured", "captured", "refused", "refused"]);
  });

  it("remove the oldest archives when there are too many, in the hour and after each capture", async () => {
    const settings = { ...usualSettings, limits: { maxBytes: 1e9, maxCount: 2, maxAgeSeconds: 4000 } };
    const capture = await openIn(directory, clock, { settings });
    capture.start();
    for (let number = 1; number <= 3; number++) {
      await capture.queue.request({});
      await eventually(`number ${number}`, () => capture.ends.length === number);
      await clock.advance(1);
    }
    assert.equal(capture.archives.figures().count, 2);
    await clock.advance(7200);
    await eventually("only the newest is left", () => capture.archives.figures().count === 1);
    await capture.stop();
  });
});
