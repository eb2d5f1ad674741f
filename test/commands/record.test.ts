import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { tempDirectories } from "../support/tempDirectory.ts";

const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));

describe("culprit record", function () {
  this.timeout(180_000);
  const running = new Set<ChildProcess>();
  // before the directories are removed: hooks run in the order in which they are named
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
  });
  const tempDirectory = tempDirectories();

  /** Starts it; `stop` is called with what it has printed, again and again, until it says that it is time for a signal. */
  async function record(cwd: string, args: readonly string[], stop?: (out: string) => Promise<boolean>) {
    const child = spawn(process.execPath, [main, "record", ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    const closed = once(child, "close");
    if (stop !== undefined) {
      while (child.exitCode === null && !(await stop(out))) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill("SIGTERM");
    }
    const [code] = (await closed) as [number | null];
    return { code, out, err };
  }

  it("writes a table with a row a second, for as long as it was told to, and nothing beside it", async () => {
    const directory = await tempDirectory();
    const { code, out, err } = await record(directory, ["--out=now.csv", "--duration=2s"]);
    assert.deepEqual([code, err], [0, ""]);
    // a machine that is short of CPU has fewer seconds than the clock
    const [, count = ""] =
      /^Recording into now\.csv for 2 s\n([1-9]) snapshots? (?:was|were) written to now\.csv\n$/.exec(out) ?? assert.fail(out);
    const rows = (await readFile(join(directory, "now.csv"), "utf8")).split("\r\n");
    assert.match(rows[0] ?? "", /^time,elapsed_seconds,cpu_usage_ratio,load1,.*,top_process,top_process_cpu_cores$/);
    assert.match(rows[1] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,\d\.?\d*,[01]\.?\d*,\d/);
    assert.equal(rows.length, Number(count) + 2);
    assert.deepEqual(await readdir(directory), ["now.csv"]);
  });

  it("writes a row each interval, without a configuration file", async () => {
    const directory = await tempDirectory();
    const { code, err } = await record(directory, ["--out", "slow.csv", "--interval", "2s", "--seconds=4"]);
    assert.deepEqual([code, err], [0, ""]);
    const rows = (await readFile(join(directory, "slow.csv"), "utf8")).trimEnd().split("\r\n").slice(1);
    assert.ok(rows.length >= 1 && rows.length <= 2, `${rows.length} rows`);
    // a machine that is short of CPU began the first one late
    for (const row of rows) assert.ok(Number(row.split(",")[1]) > 1.2, row);
    const refused = await record(directory, ["--out=other.csv", "--interval=5"]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /^culprit: --interval: expected a duration from 100ms to 1m, such as 5s, got "5"$/m);
  });

  it("writes a recording until it is told to stop, and leaves it packed and readable by its user alone", async () => {
    const directory = await tempDirectory();
    const folder = join(directory, "recording");
    const size = async () => {
      const names = await readdir(folder).catch(() => []);
      const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
      return sizes.reduce((sum, one) => sum + one, 0);
    };
    const { code, out, err } = await record(directory, ["--out=recording"], async () => (await size()) > 5000);
    assert.deepEqual([code, err], [0, ""]);
    const names = await readdir(folder);
    assert.ok(
      names.length >= 2 && names.every((name) => /^\d{8}T\d{6}\.\d{3}Z\.(?:(?:summary|names)\.)?jsonl\.gz$/.test(name)),
      names.join(),
    );
    const [first = ""] = names.filter((name) => /Z\.jsonl/.test(name)).sort();
    assert.equal((await stat(join(folder, first))).mode & 0o777, 0o600);
    const lines = gunzipSync(await readFile(join(folder, first)))
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines[0]?.schemaVersion, 1);
    assert.equal(typeof lines[1]?.takenAtMs, "number");
    assert.match(out, /^Recording into recording; Ctrl-C ends it\n\d+ snapshots? (?:was|were) written to recording\n$/);
  });

  it("keeps what is there: a table is not written over", async () => {
    const directory = await tempDirectory();
    await writeFile(join(directory, "mine.csv"), "mine");
    const { code, out, err } = await record(directory, ["--out=mine.csv", "--seconds=1"]);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^culprit: --out: cannot begin .*mine\.csv: it is there already; expected a new file\n$/);
    assert.equal(await readFile(join(directory, "mine.csv"), "utf8"), "mine");
  });

  for (const [args, code, message] of [
    [[], 2, /^culprit: --out: expected where to write: culprit record --out=FILE\.csv /],
    [["--out=x.csv", "--seconds=1", "--duration=1s"], 2, /^culprit: expected --seconds or --duration, not both\n$/],
    [["--out=x.csv", "--seconds=0"], 2, /^culprit: --seconds: expected a number above 0, such as 60, got "0"\n$/],
    [["--out=x.csv", "--duration=10"], 2, /^culprit: --duration: expected a duration above 0, such as 90s, 5m or 1h30m, got "10"\n$/],
    [["--out=x.csv", "--web.listen-address=:1"], 2, /^culprit: --web\.listen-address: culprit record does not take it/],
    [["--out=no/such/folder"], 1, /^culprit: --out: cannot record into .*: the folder above it does not exist\n$/],
    [["--out=no/such.csv"], 1, /^culprit: --out: cannot begin .*: the folder does not exist\n$/],
  ] as const) {
    it(`refuses ${args.join(" ") || "to be told nothing"}`, async () => {
      const answer = await record(await tempDirectory(), args);
      assert.deepEqual([answer.code, answer.out], [code, ""]);
      assert.match(answer.err, message);
    });
  }
});
