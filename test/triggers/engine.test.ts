import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { tempDirectories } from "../support/tempDirectory.ts";
import { Bench, ruleOf, spikeOf } from "./support.ts";

describe("The triggers", () => {
  const newDirectory = tempDirectories();
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench(await newDirectory());
  });

  it("fire once, with what was crossed, when, and by how much", async () => {
    const triggers = await bench.open([ruleOf()]);
    await bench.pass(triggers, { cpu: 0.5 }, 10);
    const quietMs = bench.clock.wallMs();
    await bench.pass(triggers, { cpu: 0.97, load5: 3, memory: 0.5, disks: { "/": 0.65 } }, 200);
    assert.deepEqual(bench.kinds(), ["fired"]);
    const [event] = bench.events;
    // nine busy seconds lift the mean of ten above 90 %
    assert.equal(event?.firing.onsetMs, quietMs + 9000);
    assert.equal(event?.firing.firedAtMs, quietMs + 69_000);
    assert.equal(event?.firing.threshold, 0.9);
    assert.equal(event?.firing.reason, "CPU usage is 97 %, above 90 % for 1m");
    assert.deepEqual(event?.figures, {
      cpuRatio: event?.firing.value,
      memoryRatio: 0.5,
      disk: { mountpoint: "/", ratio: 0.65 },
      load: { load1: 4, load5: 3, load15: 1.5 },
      cores: 2,
    });
    assert.equal(triggers.status()[0]?.state, "firing");
  });

  it("do not start anew for one quiet second in a busy minute", async () => {
    const triggers = await bench.open([ruleOf()]);
    await bench.pass(triggers, { cpu: 1 }, 40);
    await bench.pass(triggers, { cpu: 0.2 });
    await bench.pass(triggers, { cpu: 1 }, 40);
    assert.deepEqual(bench.kinds(), ["fired"]);
  });

  it("do not fire for what is exactly at the threshold", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory", forSeconds: 0 })]);
    await bench.pass(triggers, { memory: 0.9 }, 30);
    assert.deepEqual(bench.kinds(), []);
    await bench.pass(triggers, { memory: 0.901 });
    assert.deepEqual(bench.kinds(), ["fired"]);
  });

  it("ask for a capture from the onset on, and tell people with a link to its archive", async () => {
    const triggers = await bench.open([ruleOf({ notify: ["slack"], cooldownSeconds: 300 })]);
    await bench.pass(triggers, { cpu: 1 }, 75);
    const [firing] = triggers.recent();
    assert.deepEqual(bench.requests, [
      {
        origin: "trigger",
        name: "HighCpuUsage",
        labels: { trigger: "HighCpuUsage", metric: "cpu" },
        annotations: { summary: "CPU usage is 100 %, above 90 % for 1m" },
        onsetMs: firing?.onsetMs,
        incidentKey: `trigger-${firing?.id}`,
      },
    ]);
    assert.equal(bench.told.length, 1);
    const [{ notification, options } = assert.fail()] = bench.told;
    assert.deepEqual(options, { cooldownSeconds: 300, channels: ["slack"] });
    assert.equal(notification.id, firing?.id);
    assert.equal(notification.title, "High CPU Usage");
    assert.equal(notification.server, "web1");
    assert.equal(notification.verdict, "It was node.");
    assert.equal(notification.startedAtMs, firing?.onsetMs);
    assert.deepEqual(notification.links, { page: "http://web1/?at=1", archive: "http://web1/archives/archive-1.tar.gz" });
  });

  it("capture from the start of the spike on that led to the crossing", async () => {
    const triggers = await bench.open([ruleOf()]);
    const startMs = bench.clock.wallMs() - 600_000;
    const spikes = [spikeOf("cpu", startMs), spikeOf("memory", startMs - 1)];
    await bench.pass(triggers, { cpu: 1, spikes }, 75);
    assert.equal(bench.requests[0]?.onsetMs, startMs);
  });

  it("tell of the end with the same id, and capture nothing for it", async () => {
    const triggers = await bench.open([ruleOf()]);
    await bench.pass(triggers, { cpu: 1 }, 100);
    const calmMs = bench.clock.wallMs();
    await bench.pass(triggers, { cpu: 0 }, 70);
    assert.deepEqual(bench.kinds(), ["fired", "resolved"]);
    const [fired, resolved] = bench.told.map(({ notification }) => notification);
    assert.equal(resolved?.id, fired?.id);
    assert.equal(resolved?.status, "resolved");
    // the second quiet second brings the mean of ten below 90 %
    assert.equal(resolved?.endedAtMs, calmMs + 1000);
    assert.equal(bench.events[1]?.firing.lastedSeconds, 91);
    assert.equal(bench.events[1]?.firing.ending, "back");
    assert.equal(bench.requests.length, 1);
    assert.deepEqual(
      triggers.recent().map(({ ending }) => ending),
      ["back"],
    );
  });

  it("do as little as they are told: nothing but the event without capture and notify", async () => {
    const triggers = await bench.open([ruleOf({ capture: false, notify: false })]);
    await bench.pass(triggers, { cpu: 1 }, 100);
    assert.deepEqual(bench.kinds(), ["fired"]);
    assert.deepEqual([bench.requests, bench.told], [[], []]);
  });

  it("keep a state for each mount, and forget one that is gone", async () => {
    const triggers = await bench.open([ruleOf({ name: "HighDiskUsage", metric: "disk", forSeconds: 0, capture: false })]);
    await bench.pass(triggers, { disks: { "/": 0.95, "/data": 0.5 } }, 5);
    await bench.pass(triggers, { disks: { "/": 0.95, "/data": 0.97 } }, 5);
    assert.deepEqual(bench.kinds(), ["fired /", "fired /data"]);
    assert.deepEqual(
      bench.told.map(({ notification }) => [notification.key, notification.title, notification.reason]),
      [
        ["HighDiskUsage /", "Disk Almost Full", "Disk usage of / is 95 %, above 90 %"],
        ["HighDiskUsage /data", "Disk Almost Full", "Disk usage of /data is 97 %, above 90 %"],
      ],
    );
    await bench.pass(triggers, { disks: { "/": 0.95 } }, 61);
    assert.deepEqual(bench.kinds().slice(2), ["resolved /data"]);
    assert.equal(bench.events[2]?.firing.ending, "gone");
    await bench.pass(triggers, { disks: { "/": 0.95 } }, 600);
    assert.deepEqual(
      triggers.status()[0]?.instances.map(({ instance }) => instance),
      ["/"],
    );
  });

  it("do not take a mount that does not answer for an empty one", async () => {
    const triggers = await bench.open([ruleOf({ name: "HighDiskUsage", metric: "disk", forSeconds: 0 })]);
    await bench.pass(triggers, { disks: { "/mnt": 0.95 } }, 5);
    await bench.pass(triggers, { disks: { "/mnt": undefined } }, 500);
    assert.deepEqual(bench.kinds(), ["fired /mnt"]);
  });

  it("take the cores times what a threshold per core says, as they are now", async () => {
    const triggers = await bench.open([
      ruleOf({ name: "HighLoad", metric: "load5", forSeconds: 0, threshold: { direction: "above", value: 1, perCore: true } }),
    ]);
    await bench.pass(triggers, { load5: 2, cores: 2 });
    assert.equal(triggers.status()[0]?.threshold, 2);
    await bench.pass(triggers, { load5: 3.5, cores: 4 });
    assert.deepEqual(bench.kinds(), []);
    await bench.pass(triggers, { load5: 3.5, cores: 3 });
    assert.equal(bench.events[0]?.firing.reason, "The load over 5 minutes is 3.5, above 3 (the number of cores)");
  });

  it("fire below a threshold, too", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory", forSeconds: 0, threshold: { direction: "below", value: 0.1 } })]);
    await bench.pass(triggers, { memory: 0.1 });
    await bench.pass(triggers, { memory: 0.05 });
    assert.deepEqual(bench.kinds(), ["fired"]);
    assert.equal(bench.told[0]?.notification.title, "Low Memory Usage");
  });

  it("fire for a spike of any resource, from its own start on", async () => {
    const triggers = await bench.open([{ name: "Spike", metric: "spike", forSeconds: 0, cooldownSeconds: 0, capture: true, notify: true }]);
    const startMs = bench.clock.wallMs() - 4000;
    await bench.pass(triggers, { cpu: 1, spikes: [spikeOf("io", startMs)] }, 3);
    assert.deepEqual(bench.kinds(), ["fired io"]);
    assert.equal(bench.events[0]?.firing.onsetMs, startMs);
    assert.equal(bench.told[0]?.notification.title, "I/O Spike");
    assert.equal(bench.told[0]?.notification.reason, "An I/O spike has begun");
    await bench.pass(triggers, { cpu: 1 }, 62);
    assert.deepEqual(bench.kinds(), ["fired io", "resolved io"]);
  });

  it("count from the monotonic clock: a wall clock that jumps shows another time and changes nothing else", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory" })]);
    await bench.pass(triggers, { memory: 0.95 }, 30);
    bench.clock.jumpWall(-86_400);
    await bench.pass(triggers, { memory: 0.95 }, 30);
    assert.deepEqual(bench.kinds(), []);
    await bench.pass(triggers, { memory: 0.95 });
    assert.deepEqual(bench.kinds(), ["fired"]);
    assert.equal(bench.events[0]?.firing.onsetMs, bench.clock.wallMs() - 60_000);
  });

  it("know nothing of a fluttering figure right after a gap, and wait for it anew", async () => {
    const triggers = await bench.open([ruleOf()]);
    await bench.pass(triggers, { cpu: 1 }, 60);
    await bench.pass(triggers, { cpu: 1, after: 3600 });
    assert.equal(triggers.status()[0]?.state, "unknown");
    await bench.pass(triggers, { cpu: 1 }, 68);
    assert.deepEqual(bench.kinds(), []);
    await bench.pass(triggers, { cpu: 1 }, 3);
    assert.deepEqual(bench.kinds(), ["fired"]);
  });

  it("go on when whoever is asked fails, and ask again until it is done", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory", forSeconds: 0 })]);
    bench.capture = async () => {
      throw new Error("the disk is full");
    };
    await bench.pass(triggers, { memory: 0.95 });
    // people are told at once, without the archive
    assert.deepEqual(bench.told[0]?.notification.links, { page: "http://web1/?at=1" });
    assert.match(bench.lines("warn").join(), /a capture could not be asked for/);
    bench.capture = async () => ({ id: "late" });
    await bench.pass(triggers, { memory: 0.95 }, 31);
    assert.equal(bench.requests.length, 2);
    assert.equal(bench.requests[1]?.incidentKey, bench.requests[0]?.incidentKey);
    await bench.pass(triggers, { memory: 0.95 }, 60);
    assert.deepEqual([bench.requests.length, bench.told.length], [2, 1]);
  });

  it("do not wait for one who never answers", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory", forSeconds: 0 })]);
    bench.capture = () => new Promise(() => undefined);
    await bench.clock.advance(1);
    const passing = bench.pass(triggers, { memory: 0.95 });
    for (let turn = 0; turn < 200 && bench.requests.length === 0; turn++) await new Promise<void>((resolve) => setTimeout(resolve, 5));
    await bench.clock.advance(10);
    await passing;
    assert.equal(bench.told.length, 1);
  });

  it("give up loudly after an hour", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory", forSeconds: 0, notify: false })]);
    bench.capture = async () => {
      throw new Error("no");
    };
    await bench.pass(triggers, { memory: 0.95 });
    bench.clock.jumpWall(3601);
    await bench.pass(triggers, { memory: 0.95 }, 31);
    assert.match(bench.lines("error").join(), /given up after an hour/);
    const asked = bench.requests.length;
    await bench.pass(triggers, { memory: 0.95 }, 60);
    assert.equal(bench.requests.length, asked);
  });

  it("survive those who are told of an event, and tell people without what could not be found out", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory", forSeconds: 0 })]);
    bench.onEvent = () => {
      throw new Error("no counter");
    };
    bench.context = () => {
      throw new Error("no verdict");
    };
    await bench.pass(triggers, { memory: 0.95 });
    assert.equal(bench.told.length, 1);
    assert.equal(bench.told[0]?.notification.verdict, undefined);
    assert.equal(bench.lines("error").length, 2);
  });

  it("go on when their state cannot be stored, say so once, and store it later", async () => {
    const triggers = await bench.open([ruleOf({ metric: "memory", forSeconds: 0, cooldownSeconds: 0 })]);
    const path = join(bench.directory, "triggers.json");
    // the first state is on its way to the disk
    await bench.quiet(triggers);
    await rm(path, { force: true });
    await mkdir(path);
    await mkdir(join(path, "in-the-way"));
    for (let turn = 0; turn < 3; turn++) {
      await bench.pass(triggers, { memory: 0.95 });
      await bench.pass(triggers, { memory: 0.1 }, 61);
    }
    assert.equal(bench.kinds().length, 6);
    assert.equal(bench.told.length, 6);
    assert.equal(bench.lines("error").filter((line) => line.includes("cannot be stored")).length, 1);
    await rm(path, { recursive: true });
    await bench.pass(triggers, { memory: 0.1 }, 31);
    assert.match(await readFile(path, "utf8"), /"schemaVersion":1/);
    assert.deepEqual(await readdir(bench.directory), ["triggers.json"]);
  });
});
