import assert from "node:assert/strict";
import type { AlertOutcome } from "../../src/capture/contract.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { burnerSpikes, lookup } from "./burnerSpikes.ts";
import { firing, openIn, usualSettings } from "./support.ts";

describe("a storm of two hundred instances that are not ours", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  let directory: string;
  beforeEach(async () => {
    clock = new ManualClock();
    directory = await tempDirectory();
  });

  const instances = Array.from({ length: 200 }, (_, at) => `web${at + 1}`);
  const down = (instance: string, match: { readonly kind: "own" | "unmatched" }, name = "InstanceDown") =>
    firing(clock, { fingerprint: `${name} ${instance}`, labels: { alertname: name, instance } }, match);

  it("is one archive that lists them all, and one more after the cooldown, whatever their rules are called", async () => {
    const capture = await openIn(directory, clock, { spikes: lookup(burnerSpikes(clock)) });
    const unmatched = { kind: "unmatched" } as const;
    const results: AlertOutcome[] = [];
    // each by itself, as the shipped route sends them, and two hundred in one
    for (const instance of instances.slice(0, 100)) results.push(...(await capture.alerts.receive([down(instance, unmatched)])));
    results.push(
      ...(await capture.alerts.receive(instances.slice(100).map((instance) => down(instance, unmatched, `Rule of ${instance}`)))),
    );
    const count = (wanted: string) => results.filter(({ result }) => result === wanted).length;
    assert.deepEqual([count("captured"), count("joined")], [1, 199]);
    assert.equal(new Set(results.map(({ archiveId }) => archiveId)).size, 1);
    assert.equal(results[1]?.reason, "alerts that no known host has have one archive in 600 s");
    capture.start();
    await capture.finished(1);
    const id = results[0]?.archiveId;
    assert.equal(capture.stored(id).archive.joined?.length, 199);
    assert.equal(String((await capture.filesOf(id)).get("summary.txt")).match(/instance=web\d+/g)?.length, 199);

    const [known] = await capture.alerts.receive([firing(clock, { labels: { alertname: "HighCpuUsage", instance: "web1" } })]);
    assert.equal(known?.result, "captured", "this host's own trouble has an archive of its own");
    const [soon] = await capture.alerts.receive([down("web999", unmatched)]);
    assert.deepEqual([soon?.result, soon?.archiveId], ["cooldown", id]);
    await clock.advance(usualSettings.cooldownSeconds);
    const later = await capture.alerts.receive(["web1000", "web1001"].map((instance) => down(instance, unmatched)));
    assert.deepEqual(
      later.map(({ result }) => result),
      ["captured", "joined"],
    );
    await capture.stop();
  });

  it("is one archive for each rule where no list says which hosts there are", async () => {
    const capture = await openIn(directory, clock);
    const results = await capture.alerts.receive(
      instances.flatMap((one) => [down(one, { kind: "own" }), down(one, { kind: "own" }, "Gone")]),
    );
    assert.equal(results.filter(({ result }) => result === "captured").length, 2);
    assert.equal(results[2]?.reason, "alerts that differ by their instance alone have one archive in 600 s");
  });
});
