import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RotatingFile, type RotatingFileOptions } from "../../src/logs/rotatingFile.ts";
import { ManualClock } from "../support/manualClock.ts";
import { requireRoot } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("A rotating file", () => {
  const newDirectory = tempDirectories();
  let directory: string;
  let path: string;
  let clock: ManualClock;
  let failures: string[];
  let recoveries: number[];
  let opened: RotatingFile[];

  beforeEach(async () => {
    directory = await newDirectory();
    path = join(directory, "logs", "culprit.log");
    clock = new ManualClock();
    [failures, recoveries, opened] = [[], [], []];
  });
  afterEach(async () => {
    for (const file of opened) await file.close();
  });

  async function open(more: Partial<RotatingFileOptions> = {}): Promise<RotatingFile> {
    const file = await RotatingFile.open({
      path,
      maxBytes: 1e6,
      maxFiles: 5,
      clock,
      onFailure: (reason) => void failures.push(reason),
      onRecovery: (lost) => void recoveries.push(lost),
      ...more,
    });
    opened.push(file);
    return file;
  }

  /** Waits for the disk; a hang is the only way to fail by time. */
  async function until(holds: () => boolean): Promise<void> {
    for (let turn = 0; turn < 2000 && !holds(); turn++) await new Promise<void>((resolve) => setTimeout(resolve, 5));
    assert.ok(holds(), "it never happened");
  }

  it("makes its folder, and goes on where it was", async () => {
    const first = await open();
    first.write("one\n");
    await first.close();
    const second = await open();
    second.write("two\n");
    await second.close();
    assert.equal(await readFile(path, "utf8"), "one\ntwo\n");
    assert.equal((await stat(path)).mode & 0o777, 0o640);
  });

  it("keeps to its bounds, and what it keeps are the newest lines, all of them", async () => {
    const file = await open({ maxBytes: 1000, maxFiles: 3 });
    for (let line = 0; line < 200; line++) file.write(`${String(line).padStart(99, "0")}\n`);
    await file.close();
    const names = (await readdir(join(directory, "logs"))).sort();
    assert.deepEqual(names, ["culprit.log", "culprit.log.1", "culprit.log.2"]);
    const texts = await Promise.all(names.reverse().map((name) => readFile(join(directory, "logs", name), "utf8")));
    for (const text of texts) assert.ok(text.length <= 1100, `${text.length} bytes`);
    const lines = texts.join("").trimEnd().split("\n").map(Number);
    assert.equal(lines.at(-1), 199);
    assert.deepEqual(
      lines,
      lines.map((_, index) => 200 - lines.length + index),
    );
    assert.ok(lines.length >= 20);
    assert.equal(file.figures.dropped, 0);
  });

  it("ends half a line that a crash has left before it writes its own", async () => {
    await mkdir(join(directory, "logs"));
    await writeFile(path, '{"a":1}\n{"half');
    const file = await open();
    file.write('{"b":2}\n');
    await file.close();
    assert.equal(await readFile(path, "utf8"), '{"a":1}\n{"half\n{"b":2}\n');
  });

  it("has every line in the file when a process ends at once", async () => {
    const file = await open();
    for (let line = 0; line < 50; line++) file.write(`${line}\n`);
    file.flushNow();
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n").map(Number);
    assert.deepEqual(
      [...new Set(lines)],
      Array.from({ length: 50 }, (_, line) => line),
    );
    assert.equal(lines.at(-1), 49);
    assert.ok(lines.length <= 51, "more than the line that was being written came twice");
  });

  it("begins another file where somebody has removed it, or its folder", async () => {
    const inside = join(path, "folder", "x.log");
    const file = await open({ path: inside });
    file.write("before\n");
    await until(() => file.figures.length === 0);
    await rm(path, { recursive: true });
    await clock.advance(3);
    file.write("after\n");
    await until(() => file.figures.length === 0);
    assert.equal(await readFile(inside, "utf8"), "after\n");
  });

  it("refuses a path that can never be a file, with a sentence", async () => {
    await mkdir(path, { recursive: true });
    await assert.rejects(open(), /culprit\.log: cannot be used, expected a file that can be written: EISDIR/);
    await assert.rejects(open({ path: "/proc/nowhere/x.log" }), /cannot be used/);
  });

  it("goes on after its folder was taken away and came back", async () => {
    const file = await open({ maxBytes: 20 });
    file.write("before\n");
    await until(() => file.figures.length === 0);
    const folder = join(directory, "logs");
    await rename(folder, `${folder}.away`);
    await writeFile(folder, "in the way");
    // the rotation after this line fails
    file.write("a line that is long enough\n");
    await until(() => failures.length === 1);
    file.write("waiting\n");
    await clock.advance(30);
    await until(() => clock.waiting > 0);
    assert.equal(failures.length, 1);
    await rm(folder);
    await rename(`${folder}.away`, folder);
    await clock.advance(30);
    await until(() => recoveries.length === 1);
    await file.close();
    const text = (await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")))).join("");
    for (const line of ["before", "a line that is long enough", "waiting"])
      assert.ok(text.includes(`${line}\n`), `${line} is missing in ${text}`);
  });

  describe("on a disk that is full", () => {
    let mounted: string;
    before(function () {
      requireRoot(this);
    });
    beforeEach(async () => {
      mounted = join(directory, "small");
      await mkdir(mounted);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", mounted]);
      path = join(mounted, "culprit.log");
    });
    afterEach(async () => {
      for (const file of opened.splice(0)) await file.close();
      execFileSync("umount", [mounted]);
    });

    const numbered = (line: number) => `${String(line).padStart(9, "0")}\n`;

    /** A file with a first line of ten bytes: its page then has room for 408 lines and six bytes more, and the disk has no other page. */
    async function openOnFullDisk(): Promise<RotatingFile> {
      const file = await open();
      file.write("the first\n");
      await until(() => file.figures.length === 0);
      execFileSync("sh", ["-c", `cat /dev/zero > ${join(mounted, "ballast")} 2>/dev/null || true`]);
      for (let line = 0; line < 900; line++) file.write(numbered(line));
      await until(() => failures.length === 1 && clock.waiting > 0);
      return file;
    }

    async function makeRoom(file: RotatingFile): Promise<readonly string[]> {
      await rm(join(mounted, "ballast"));
      await clock.advance(30);
      await until(() => recoveries.length === 1 && file.figures.length === 0);
      return (await readFile(path, "utf8")).trimEnd().split("\n");
    }

    it("loses nothing, not even the line of which the disk took the first half", async () => {
      const lines = await makeRoom(await openOnFullDisk());
      const whole = lines.filter((line) => line.length === 9);
      assert.deepEqual(
        whole.slice(1).map(Number),
        Array.from({ length: 900 }, (_, line) => line),
      );
      assert.deepEqual(
        lines.filter((line) => line.length !== 9),
        ["000000"],
      );
      assert.deepEqual(recoveries, [0]);
    });

    it("says so once, keeps the newest lines, counts the others, and writes them when there is room", async () => {
      const file = await openOnFullDisk();
      for (let line = 900; line < 2000; line++) file.write(numbered(line));
      for (let turn = 0; turn < 3; turn++) {
        await clock.advance(30);
        file.write(`turn ${turn}\n`);
        await until(() => clock.waiting > 0);
      }
      assert.equal(failures.length, 1);
      assert.match(failures[0] ?? "", /ENOSPC/);
      assert.ok(file.figures.length <= 1000);
      const { dropped } = file.figures;
      assert.ok(dropped > 0);
      const lines = await makeRoom(file);
      assert.equal(lines[0], "the first");
      assert.deepEqual(lines.slice(-3), ["turn 0", "turn 1", "turn 2"]);
      assert.deepEqual(recoveries, [dropped]);
      const numbers = lines.slice(1, -3).filter((line) => line.length === 9);
      assert.equal(numbers.length, 2000 - dropped);
      assert.equal(Number(numbers.at(-1)), 1999);
    });

    it("can be opened, and waits", async () => {
      execFileSync("sh", ["-c", `cat /dev/zero > ${join(mounted, "ballast")} 2>/dev/null || true`]);
      const file = await open({ path: join(mounted, "deep", "culprit.log") });
      file.write("kept\n");
      await until(() => failures.length === 1);
      await rm(join(mounted, "ballast"));
      await clock.advance(30);
      await until(() => file.figures.length === 0);
      assert.equal(await readFile(join(mounted, "deep", "culprit.log"), "utf8"), "kept\n");
    });
  });
});
