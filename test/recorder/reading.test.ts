import assert from "node:assert/strict";
import { mkdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { tempDirectories } from "../support/tempDirectory.ts";
import { filesOf, newRecorder, recordedTimes, secondsFrom, t0, timesOf } from "./support.ts";

const first = "20261121T100000.000Z";

describe("A recording that was left behind", () => {
  const tempDirectory = tempDirectories();

  /** A plain segment of `count` seconds from a full hour on, as a crash leaves it. */
  async function leftBehind(count = 5): Promise<{ readonly directory: string; readonly plain: string }> {
    const directory = await tempDirectory();
    const { recorder, record } = newRecorder(directory);
    record(t0, count);
    await recorder.close();
    return { directory, plain: join(directory, `${first}.jsonl`) };
  }

  /** The seconds that a restart finds, and what it says and leaves. */
  async function afterRestart(directory: string) {
    const { recorder, messages, log } = newRecorder(directory);
    await recorder.open();
    await recorder.close({ pack: true });
    return { times: await recordedTimes(recorder), files: await filesOf(directory), messages: messages(), log: log() };
  }

  const packed = [`${first}.jsonl.gz`, `${first}.names.jsonl.gz`, `${first}.summary.jsonl.gz`];

  const torn: readonly [string, string, number][] = [
    ["in the middle of a line", '{"takenAtMs":1', 5],
    ["before the line end", '{"takenAtMs":1795255206000,"gap":false}', 5],
    ["by blocks that were never written", "\0".repeat(70_000), 5],
    ["by such blocks with a line end behind them", `${"\0".repeat(300)}\n`, 5],
    ["by several lines that are none", '\0\0\n"half\n{"takenAtMs":', 5],
  ];
  for (const [where, tail, count] of torn) {
    it(`loses what is torn ${where}, and nothing else`, async () => {
      const { directory, plain } = await leftBehind(5);
      await writeFile(plain, tail, { flag: "a" });
      const { times, files, messages } = await afterRestart(directory);
      assert.deepEqual(times, secondsFrom(t0, count));
      assert.deepEqual(files, packed);
      assert.deepEqual(messages, ["recording: the torn end of a segment is cut off"]);
    });
  }

  it("is whole without a word when nothing is torn", async () => {
    const { directory } = await leftBehind(5);
    const { times, files, messages } = await afterRestart(directory);
    assert.deepEqual([times, files, messages], [secondsFrom(t0, 5), packed, []]);
  });

  it("loses nothing but a line in the middle that is none", async () => {
    const { directory, plain } = await leftBehind(5);
    const lines = (await readFile(plain, "utf8")).split("\n");
    lines.splice(3, 0, "\0".repeat(100));
    await writeFile(plain, lines.join("\n"));
    assert.deepEqual((await afterRestart(directory)).times, secondsFrom(t0, 5));
  });

  for (const [what, content] of [
    ["nothing", ""],
    ["half a header", '{"schemaVersion":1,"rec'],
    ["a header alone", '{"schemaVersion":1,"recording":"culprit","host":{},"culprit":"0.1.0"}\n'],
    ["blocks that were never written", "\0".repeat(5000)],
  ] as const) {
    it(`has a file removed that holds ${what}`, async () => {
      const { directory } = await leftBehind(2);
      await writeFile(join(directory, "20261121T093000.000Z.jsonl"), content);
      const { times, files } = await afterRestart(directory);
      assert.deepEqual([times, files], [secondsFrom(t0, 2), packed]);
    });
  }

  it("has an empty packed file removed, and half-made files", async () => {
    const { directory } = await leftBehind(2);
    await writeFile(join(directory, "20261121T093000.000Z.jsonl.gz"), "");
    await writeFile(join(directory, `${first}.jsonl.gz.partial`), "half");
    const { times, files, messages } = await afterRestart(directory);
    assert.deepEqual([times, files], [secondsFrom(t0, 2), packed]);
    assert.deepEqual(messages, ["recording: an empty file is removed"]);
  });

  it("is packed again when the plain file lies beside a torn packed one", async () => {
    const { directory, plain } = await leftBehind(5);
    const bytes = gzipSync(await readFile(plain));
    await writeFile(`${plain}.gz`, bytes.subarray(0, bytes.length / 2));
    const { times, files } = await afterRestart(directory);
    assert.deepEqual([times, files], [secondsFrom(t0, 5), packed]);
    assert.equal(
      gunzipSync(await readFile(`${plain}.gz`))
        .toString()
        .split("\n").length,
      7,
    );
  });

  it("gives what a torn packed file still has", async () => {
    const { directory, plain } = await leftBehind(500);
    await afterRestart(directory);
    const { size } = await stat(`${plain}.gz`);
    await truncate(`${plain}.gz`, Math.floor(size * 0.7));
    const { times, files, log } = await afterRestart(directory);
    assert.deepEqual(
      log.map(({ reason }) => reason),
      ["the packed file is torn or damaged; what could be unpacked is used"],
    );
    assert.ok(times.length > 250 && times.length < 500, `${times.length} seconds`);
    assert.deepEqual(times, secondsFrom(t0, times.length));
    assert.deepEqual(files, packed);
  });

  it("gives what stands before a damage, and says so once", async () => {
    const { directory, plain } = await leftBehind(500);
    await afterRestart(directory);
    const bytes = await readFile(`${plain}.gz`);
    bytes.fill(0xff, Math.floor(bytes.length * 0.8));
    await writeFile(`${plain}.gz`, bytes);
    const { recorder, log } = newRecorder(directory);
    assert.ok((await recordedTimes(recorder)).length > 100);
    await recordedTimes(recorder);
    assert.equal(log().length, 1);
    assert.match(String(log()[0]?.reason), /unpacked|torn or damaged/);
  });

  it("holds no line of gigabytes, and says so", async () => {
    const { directory, plain } = await leftBehind(3);
    const endless = Buffer.concat([await readFile(plain), Buffer.alloc(65 * 2 ** 20, "0")]);
    await rm(plain);
    await writeFile(`${plain}.gz`, gzipSync(endless, { level: 1 }));
    const { recorder, messages, log } = newRecorder(directory);
    assert.deepEqual(await recordedTimes(recorder), secondsFrom(t0, 3));
    assert.deepEqual(messages(), ["recording: a segment is not complete"]);
    assert.match(String(log()[0]?.reason), /too long to be one of a recording/);
  });

  it("leaves alone what a newer Culprit has written, or somebody else, and says so", async () => {
    const { directory, plain } = await leftBehind(2);
    const newer = `${JSON.stringify({ schemaVersion: 2, recording: "culprit", host: {}, culprit: "9.0.0" })}\n{"takenAtMs":1795255200000}\n{"tak`;
    await writeFile(join(directory, "20261121T093000.000Z.jsonl"), newer);
    await writeFile(join(directory, "20261121T094000.000Z.jsonl"), "somebody's\nown\nfile");
    await writeFile(join(directory, "20261121T095000.000Z.jsonl.gz"), gzipSync(newer));
    await writeFile(join(directory, "notes.txt"), "mine");
    const { times, log } = await afterRestart(directory);
    assert.deepEqual(times, secondsFrom(t0, 2));
    assert.equal(await readFile(join(directory, "20261121T093000.000Z.jsonl"), "utf8"), newer);
    assert.equal(await readFile(join(directory, "20261121T094000.000Z.jsonl"), "utf8"), "somebody's\nown\nfile");
    assert.deepEqual(
      log.map(({ reason }) => reason),
      [
        "it was written by a newer Culprit",
        "it does not begin as a recording does",
        "it was written by a newer Culprit and is left alone",
        "it does not begin as a recording does",
        "it was written by a newer Culprit and is left alone",
      ].slice(0, log.length),
    );
    assert.ok(plain !== "" && log.length >= 4);
  });

  it("is joined with what comes after the restart", async () => {
    const { directory } = await leftBehind(5);
    const { recorder, record } = newRecorder(directory);
    await recorder.open();
    record(t0 + 60_000, 5);
    assert.deepEqual(await recordedTimes(recorder), [...secondsFrom(t0, 5), ...secondsFrom(t0 + 60_000, 5)]);
    assert.deepEqual(await recordedTimes(recorder, t0 + 3000, t0 + 61_000), [...secondsFrom(t0 + 3000, 2), ...secondsFrom(t0 + 60_000, 2)]);
    await recorder.close();
  });
});

describe("A span of a recording", () => {
  const tempDirectory = tempDirectories();

  it("goes over segments, packed and not, and over what only memory has, each second once", async () => {
    const directory = await tempDirectory();
    const { recorder, record } = newRecorder(directory);
    record(t0 + 590_000, 30);
    record(t0 + 1_190_000, 30);
    // not a turn was given to the disk yet
    assert.deepEqual(await recordedTimes(recorder, t0, t0 + 1_195_000), [
      ...secondsFrom(t0 + 590_000, 30),
      ...secondsFrom(t0 + 1_190_000, 6),
    ]);
    await recorder.close({ pack: true });
    assert.equal((await filesOf(directory)).length, 9);
    assert.equal((await recordedTimes(recorder)).length, 60);
    const { recorder: after } = newRecorder(directory);
    assert.deepEqual(await recordedTimes(after), [...secondsFrom(t0 + 590_000, 30), ...secondsFrom(t0 + 1_190_000, 30)]);
  });

  it("stays what it was while it is held, whatever becomes of the files", async () => {
    const directory = await tempDirectory();
    const { recorder, record, reopened } = newRecorder(directory);
    record(t0 + 590_000, 15);
    await recorder.close();
    const again = reopened();
    const span = await again.recorder.between(t0, t0 + 3_600_000);
    const before = await timesOf(span);
    await again.recorder.open();
    again.record(t0 + 605_000, 10);
    await again.recorder.close({ pack: true });
    for (const name of await filesOf(directory)) await rm(join(directory, name));
    assert.deepEqual(await timesOf(span), before);
    assert.equal(before.length, 15);
    await span.close();
  });

  it("is in order when the clock was set back and segments overlap", async () => {
    const directory = await tempDirectory();
    const { recorder, record, reopened } = newRecorder(directory);
    record(t0, 10);
    record(t0 + 4500, 3);
    await recorder.close();
    const times = await recordedTimes(reopened().recorder);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.equal(times.length, 13);
  });

  it("is empty where there is no directory", async () => {
    const { recorder } = newRecorder(join(await tempDirectory(), "none"));
    assert.deepEqual(await recordedTimes(recorder), []);
  });

  it("lets the event loop turn while it is read", async () => {
    const directory = await tempDirectory();
    const { recorder, record, reopened } = newRecorder(directory);
    record(t0, 550);
    await recorder.close({ pack: true });
    const { recorder: after } = reopened();
    let turns = 0;
    let reading = true;
    const turn = () => {
      turns++;
      if (reading) setImmediate(turn);
    };
    setImmediate(turn);
    await recordedTimes(after);
    reading = false;
    assert.ok(turns > 10, `${turns} turns`);
  });
});

describe("The retention of a recording", () => {
  const tempDirectory = tempDirectories();
  const hour = 3_600_000;

  /** A recording with a segment every ten minutes for so many hours; how many segments a restart then keeps. */
  async function keptOf(hours: number, limits: { maxBytes: number; maxAgeSeconds: number }, nowMs: number): Promise<readonly string[]> {
    const directory = await tempDirectory();
    const { recorder, record } = newRecorder(directory, { limits: { maxBytes: 1e9, maxAgeSeconds: 1e9 } });
    for (let ms = t0; ms < t0 + hours * hour; ms += 600_000) record(ms, 2);
    await recorder.close({ pack: true });
    const { recorder: after, clock } = newRecorder(directory, { limits });
    clock.jumpWall((nowMs - t0) / 1000);
    await after.open();
    await after.close();
    return (await filesOf(directory)).filter((name) => !/summary|names|minutes/.test(name));
  }

  it("lets go of what is too old, with its summary", async () => {
    const kept = await keptOf(5, { maxBytes: 1e9, maxAgeSeconds: 3 * 3600 }, t0 + 5 * hour);
    assert.equal(kept[0], "20261121T115000.000Z.jsonl.gz");
    assert.equal(kept.length, 19);
  });

  it("lets go of the oldest when there are too many bytes, but never of the newest two hours", async () => {
    const kept = await keptOf(5, { maxBytes: 1, maxAgeSeconds: 1e9 }, t0 + 5 * hour);
    assert.equal(kept[0], "20261121T125000.000Z.jsonl.gz");
    assert.equal(kept.at(-1), "20261121T145000.000Z.jsonl.gz");
  });

  it("keeps two hours when the clock has jumped ahead for a year", async () => {
    const kept = await keptOf(5, { maxBytes: 1, maxAgeSeconds: 3600 }, t0 + 365 * 24 * hour);
    assert.equal(kept.length, 13);
  });

  it("leaves alone what a newer Culprit has written", async () => {
    const directory = await tempDirectory();
    const newer = join(directory, "20201121T093000.000Z.jsonl.gz");
    await writeFile(newer, gzipSync('{"schemaVersion":2,"recording":"culprit"}\n'));
    await mkdir(join(directory, "folder"));
    const { recorder, record } = newRecorder(directory, { limits: { maxBytes: 1, maxAgeSeconds: 1 } });
    await recorder.open();
    record(t0, 2);
    await recorder.close({ pack: true });
    assert.ok((await stat(newer)).size > 0);
  });
});
