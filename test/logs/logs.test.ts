import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { silentLog } from "../../src/log.ts";
import { openAudit } from "../../src/logs/audit.ts";
import { LogRing } from "../../src/logs/logRing.ts";
import { openLogs } from "../../src/logs/openLogs.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const bounds = { maxBytes: 1e6, maxFiles: 3 };

describe("The logs", () => {
  const newDirectory = tempDirectories();

  it("go to the terminal, to the file and into the ring, each in its form", async () => {
    const path = join(await newDirectory(), "culprit.log");
    const shown: string[] = [];
    const stream = { write: (line: string) => void shown.push(line) };
    const clock = new ManualClock();
    const logs = await openLogs({ level: "info", format: "text", stream, file: path, ...bounds, clock });
    logs.log.info("a spike", { resource: "cpu" });
    logs.log.debug("not this one");
    logs.log.with({ host: "web1" }).warn("another");
    await logs.close();
    assert.equal(await readFile(path, "utf8"), shown.join(""));
    assert.match(shown.join(""), /^\S+Z info {2}a spike resource=cpu\n\S+Z warn {2}another host=web1\n$/);
    const { lines } = logs.ring.after(0, "debug");
    assert.deepEqual(
      lines.map(({ level, message, fields }) => [level, message, fields]),
      [
        ["info", "a spike", { resource: "cpu" }],
        ["warn", "another", { host: "web1" }],
      ],
    );
    assert.equal(lines[0]?.sequence, clock.wallMs());
  });

  it("need no file", async () => {
    const logs = await openLogs({ level: "info", format: "json", stream: { write: () => undefined }, ...bounds, clock: new ManualClock() });
    logs.log.info("hello");
    assert.equal(logs.fileFigures(), undefined);
    assert.equal(logs.ring.after(0, "info").lines.length, 1);
    await logs.close();
  });

  it("say with a sentence that the file cannot be one", async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, "file"), "");
    const options = { level: "info", format: "text", stream: { write: () => undefined }, ...bounds, clock: new ManualClock() } as const;
    await assert.rejects(
      openLogs({ ...options, file: join(directory, "file", "x.log") }),
      /x\.log: cannot be used, expected a file that can be written/,
    );
  });
});

describe("The audit", () => {
  const newDirectory = tempDirectories();

  it("has one line of JSON an event, with the machine at that moment, readable for its owner only", async () => {
    const storageDirectory = await newDirectory();
    const clock = new ManualClock();
    let cpuRatio = 0.97;
    const audit = await openAudit({ storageDirectory, ...bounds, clock, log: silentLog, figures: () => ({ cpuRatio }) });
    audit.record("trigger_fired", { trigger: "HighCpuUsage", reason: "line\nbreak" });
    cpuRatio = 0.2;
    await clock.advance(5);
    audit.record("delivery", { channel: "slack", result: "ok" });
    audit.record("capture", { id: "a" }, { cpuRatio: 0.5 });
    await audit.close();
    const path = join(storageDirectory, "audit.jsonl");
    const lines = (await readFile(path, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(lines, [
      {
        time: "2026-11-21T10:00:00.000Z",
        event: "trigger_fired",
        trigger: "HighCpuUsage",
        reason: "line\nbreak",
        machine: { cpuRatio: 0.97 },
      },
      { time: "2026-11-21T10:00:05.000Z", event: "delivery", channel: "slack", result: "ok", machine: { cpuRatio: 0.2 } },
      { time: "2026-11-21T10:00:05.000Z", event: "capture", id: "a", machine: { cpuRatio: 0.5 } },
    ]);
    assert.equal((await stat(path)).mode & 0o007, 0);
  });
});

describe("The ring of the newest lines", () => {
  const line = (message: string, level = "info", more: object = {}) => `${JSON.stringify({ level, time: "t", message, ...more })}\n`;
  const messages = (ring: LogRing, after: number, level: "debug" | "info" | "warn" | "error" = "debug") =>
    ring.after(after, level).lines.map(({ message }) => message);

  it("gives what is newer than what was seen, of a level and louder", () => {
    const ring = new LogRing({ firstSequence: 100 });
    for (const level of ["debug", "info", "warn", "error"]) ring.write(line(level, level));
    assert.deepEqual(messages(ring, 0), ["debug", "info", "warn", "error"]);
    assert.deepEqual(messages(ring, 101), ["warn", "error"]);
    assert.deepEqual(messages(ring, 0, "warn"), ["warn", "error"]);
    assert.deepEqual(messages(ring, 103), []);
    assert.deepEqual(ring.after(0, "error").newest, 103);
    assert.deepEqual(ring.after(0, "error").lines[0]?.sequence, 103);
  });

  it("keeps no more than so many lines and bytes, and says how many were missed", () => {
    const ring = new LogRing({ firstSequence: 1, mostLines: 3 });
    for (let number = 1; number <= 10; number++) ring.write(line(String(number)));
    assert.deepEqual(messages(ring, 0), ["8", "9", "10"]);
    assert.equal(ring.after(0, "info").missed, 0);
    assert.equal(ring.after(5, "info").missed, 2);
    assert.equal(ring.after(7, "info").missed, 0);
    const small = new LogRing({ firstSequence: 1, mostBytes: 5000 });
    for (let number = 0; number < 100; number++) small.write(line("x".repeat(900)));
    assert.equal(messages(small, 0).length, 5);
  });

  it("gives everything to whoever has seen more than there is: that was another life", () => {
    const ring = new LogRing({ firstSequence: 1 });
    ring.write(line("one"));
    assert.deepEqual(messages(ring, 5000), ["one"]);
    assert.deepEqual(new LogRing({ firstSequence: 7 }).after(0, "info"), { lines: [], newest: 6, missed: 0 });
  });

  it("cuts a line that is too long", () => {
    const ring = new LogRing({ firstSequence: 1 });
    ring.write(line("m", "error", { text: "x".repeat(100_000) }));
    const [only] = ring.after(0, "info").lines;
    assert.deepEqual([only?.level, only?.message, Object.keys(only?.fields ?? {})], ["error", "m", ["cut"]]);
  });
});
