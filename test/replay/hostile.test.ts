import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rangeOf } from "../../src/recorder/ranges/range.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { archiveOf, failure, manifest, open, partsOf, recordedLines, tarGz } from "./support.ts";

const second = 1000;
const startMs = Date.UTC(2026, 10, 21, 10, 0, 0);

/** A second as a recording has it, with some of it changed. */
function line(atMs: number, changes: Readonly<Record<string, unknown>> = {}): string {
  const labels = { kind: "process", process: "burner", unit: "", container: "", user: "root" };
  return JSON.stringify({
    ...{ takenAtMs: atMs, elapsedSeconds: 1, gap: false },
    host: { cpu: { cores: 2, busySeconds: 1, busyCores: 1, usageRatio: 0.5 } },
    groups: [{ ...labels, usage: { cpuCores: 1 } }],
    ...changes,
  });
}

/** Takes far longer than anything here should, and far shorter than for ever. */
async function soon<Value>(work: Promise<Value>): Promise<Value> {
  const beganMs = performance.now();
  const value = await work;
  assert.ok(performance.now() - beganMs < 20_000, "it asked for too much");
  return value;
}

describe("Opening what somebody else has made up", () => {
  const tempDirectory = tempDirectories();

  async function written(content: string | Buffer, name: string): Promise<string> {
    const path = join(await tempDirectory(), name);
    await writeFile(path, content);
    return path;
  }

  const openLines = async (lines: readonly string[]) => open(await written(`${lines.join("\n")}\n`, "x.jsonl"), await tempDirectory());

  for (const [what, bad] of [
    ["groups that are none", line(startMs + second, { groups: [null] })],
    ["a group without names", line(startMs + second, { groups: [{ kind: "process", usage: {} }] })],
    [
      "a use that is no number",
      line(startMs + second, { groups: [{ kind: "process", process: "a", unit: "", container: "", user: "", usage: { cpuCores: "1" } }] }),
    ],
    ["a host that is nobody", line(startMs + second, { host: null })],
    ["a CPU that is a text", line(startMs + second, { host: { cpu: "much" } })],
    ["disks that are no list", line(startMs + second, { host: { disks: {} } })],
    ["a disk that is nothing", line(startMs + second, { host: { disks: [null] } })],
    ["a number that is too large for one", line(startMs + second).replace('"usageRatio":0.5', '"usageRatio":1e999')],
    ["a length of time below nothing", line(startMs + second, { elapsedSeconds: -1 })],
    ["a length of time that is a text", line(startMs + second, { elapsedSeconds: "1" })],
  ] as const) {
    it(`leaves out a line with ${what}, and says how many there were`, async () => {
      const opened = await openLines([
        line(startMs),
        bad,
        bad.replace(`${startMs + second}`, `${startMs + 2 * second}`),
        line(startMs + 3 * second),
      ]);
      assert.deepEqual(opened.notes, ["2 lines are no second that can be (the first at 2026-11-21T10:00:01.000Z), and left out"]);
      assert.equal(opened.seconds, 2);
      const range = rangeOf({ fromMs: startMs, toMs: startMs + 10 * second, stepMs: second });
      assert.equal((await opened.lookBack.downsampled(range)).seconds.filter((one) => one > 0).length, 2);
      assert.equal((await opened.lookBack.history(10)).length, 2);
    });
  }

  it("leaves out lines whose time cannot be, that nest without end, or that have no end themselves", async () => {
    const deep = `{"takenAtMs":${startMs + second},"host":${"[".repeat(2e6)}${"]".repeat(2e6)},"groups":[]}`;
    const deeper = `{ "host":${"[".repeat(2e6)}${"]".repeat(2e6)}}`;
    const late = line(startMs).replace(String(startMs), "9999999999999999");
    const huge = `{"takenAtMs":${startMs + second},"x":"${"x".repeat(17 * 1024 * 1024)}"}`;
    const { notes, seconds } = await soon(openLines([line(startMs), deep, deeper, late, huge, line(startMs + 2 * second)]));
    assert.deepEqual(notes, [
      '3 lines, the first of them line 3, are no second of a recording (expected {"takenAtMs":...), and left out',
      "1 line is no second that can be (the first at 2026-11-21T10:00:01.000Z), and left out",
    ]);
    assert.equal(seconds, 2);
  });

  it("takes a second that says of itself that it was as long as no tick is for a gap", async () => {
    const opened = await soon(
      openLines([line(startMs), line(startMs + second, { elapsedSeconds: 1e6 }), line(startMs + 2 * second, { elapsedSeconds: 1e15 })]),
    );
    const range = rangeOf({ fromMs: startMs, toMs: startMs + 3600 * second, stepMs: second });
    const downsampled = await soon(opened.lookBack.downsampled(range));
    assert.deepEqual(downsampled.gaps, [1, 2]);
    let rows = 0;
    for await (const _ of opened.lookBack.table(range)) rows++;
    assert.ok(rows < 10, String(rows));
  });

  it("draws a table whose times are thousands of years apart, in seconds and as a whole", async () => {
    for (const [head, ...times] of [
      ["time,recorded_seconds,load1", "1970-01-01T00:00:00.000Z,1,1", "9998-01-01T00:00:00.000Z,1,2"],
      ["time,recorded_seconds,load1", "1970-01-01T00:00:00.000Z,1000000000,1", "9998-01-01T00:00:00.000Z,1e9,2"],
      ["time,elapsed_seconds,load1", "1970-01-01T00:00:00.000Z,1e9,1", "9998-01-01T00:00:00.000Z,999999999,2"],
    ] as const) {
      const opened = await soon(open(await written([head, ...times, ""].join("\n"), "x.csv"), await tempDirectory()));
      const last = Date.UTC(9998, 0, 1);
      for (const asked of [
        { fromMs: last - 60 * second, toMs: last + 60 * second, stepMs: second },
        { fromMs: 0, toMs: 60 * second, stepMs: second },
        { fromMs: opened.fromMs, toMs: opened.toMs + 1 },
      ]) {
        const { figures } = await soon(opened.lookBack.downsampled(rangeOf(asked)));
        assert.ok(
          figures.load1?.mean.some((value) => value !== undefined),
          `${head} ${JSON.stringify(asked)}`,
        );
      }
      let rows = 0;
      for await (const _ of opened.lookBack.table(rangeOf({ fromMs: last - 60 * second, toMs: last + 60 * second, stepMs: second })))
        rows++;
      assert.ok(rows < 1000, String(rows));
    }
  });

  it("reckons with no table row that lies beyond all calendars", async () => {
    const text =
      "time,elapsed_seconds,load1\n0000-01-01T00:00:00.000Z,1,1\n2026-11-21T10:00:00.000Z,1,1e999\n2026-11-21T10:00:01.000Z,1,1\n";
    const opened = await open(await written(text, "x.csv"), await tempDirectory());
    assert.match(opened.notes[0] ?? "", /^2 rows are left out: line 2, column time: expected a time/);
    assert.equal(opened.fromMs, startMs + second);
  });
});

describe("Opening an archive that is not as it was made", () => {
  const tempDirectory = tempDirectories();

  async function opened(bytes: Buffer) {
    const path = join(await tempDirectory(), "a.tar.gz");
    await writeFile(path, bytes);
    return open(path, await tempDirectory());
  }

  const mark = (names: string) =>
    `the archive does not match its own manifest (sha256 of ${names}): it was changed or damaged after it was made, do not trust it`;

  it("says so before all else, whatever was changed, added or taken away, and says nothing of one that is as it was", async () => {
    const snapshots = (await recordedLines()).map((one) => `${one}\n`).join("");
    const honest = { "summary.txt": "HighLoad on db1\n", "snapshots.jsonl": snapshots };
    const manifestOf = (files: Readonly<Record<string, string>>) => ({
      "manifest.json": JSON.stringify({ ...manifest, parts: partsOf(files) }),
    });
    assert.deepEqual((await opened(await archiveOf())).notes, []);
    const forged = snapshots.replace("takenAtMs", "takenAtMs").replace(/"usageRatio":0\.\d+/, '"usageRatio":0.99');
    assert.notEqual(forged, snapshots);
    for (const [names, files] of [
      ["snapshots.jsonl", { ...honest, "snapshots.jsonl": forged }],
      ["summary.txt", { ...honest, "summary.txt": "It was somebody else.\n" }],
      ["summary.txt", { ...honest, "summary.txt": undefined }],
      ["commands/ps.txt", { ...honest, "commands/ps.txt": "evil\n" }],
    ] as const) {
      assert.equal((await opened(await archiveOf({ ...files, ...manifestOf(honest) }))).notes[0], mark(names), names);
    }
    const silent = await opened(await archiveOf({ "manifest.json": JSON.stringify(manifest) }));
    assert.deepEqual(silent.notes, ["its manifest names no sha256: whether the archive is as it was made cannot be told"]);
  });

  it("says so of one that somebody has unpacked, too", async () => {
    const directory = await tempDirectory();
    const files = { "summary.txt": "HighLoad on db1\n", "snapshots.jsonl": (await recordedLines()).map((one) => `${one}\n`).join("") };
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    await writeFile(join(directory, "manifest.json"), JSON.stringify({ ...manifest, parts: partsOf(files) }));
    assert.deepEqual((await open(directory, await tempDirectory())).notes, []);
    await mkdir(join(directory, "commands"));
    await writeFile(join(directory, "commands", "ps.txt"), "added\n");
    await writeFile(join(directory, "summary.txt"), "changed\n");
    assert.equal((await open(directory, await tempDirectory())).notes[0], mark("summary.txt, commands/ps.txt"));
  });

  it("is refused where it holds a file twice, a header without end, or a manifest that nests without end", async () => {
    const top = manifest.id;
    const twice = await tarGz([
      { name: `${top}/summary.txt`, text: "a" },
      { name: `${top}/summary.txt`, text: "b" },
    ]);
    assert.match(await failure(opened(twice)), /holds "summary\.txt" twice/);
    const deep = await archiveOf({ "manifest.json": `${"[".repeat(2e6)}${"]".repeat(2e6)}` });
    assert.match(await soon(failure(opened(deep))), /manifest\.json of the archive nests deeper than any of Culprit's/);
    // a pax header that says that it goes on for half a gibibyte, in a few kilobytes
    const header = Buffer.alloc(512);
    header.write("PaxHeader/x", 0);
    header.write("0000644\0", 100);
    header.write(`${(512 * 1024 * 1024).toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("x", 156);
    header.write("ustar\x0000", 257);
    header.fill(" ", 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(60 * 1024 * 1024)]));
    assert.match(await failure(opened(bomb)), /torn or damaged: Header exceeds max size/);
  });
});
