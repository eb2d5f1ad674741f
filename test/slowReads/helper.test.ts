import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../../src/log.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import { type Answer, askAll, type Question } from "../../src/slowReads/slowReads.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("the helper that reads what may hang", function () {
  this.timeout(60_000);
  const newDirectory = tempDirectories();
  let reads: HelperReads;
  let folder: string;
  beforeEach(async () => {
    reads = new HelperReads({ clock: systemClock, log: silentLog });
    folder = await newDirectory();
  });
  afterEach(() => reads.close());

  const textOf = (answer: Answer | undefined) => answer?.bytes?.toString() ?? answer?.error?.code ?? answer?.silent;
  const ask = async (...questions: Question[]) => (await askAll(reads, questions)).map(textOf);

  it("gives the bytes of files, whichever way they are read", async () => {
    writeFileSync(join(folder, "file"), "a\0b\n");
    for (const operation of ["read", "readOnce"] as const) {
      for (const isDoubtful of [false, true]) {
        const path = join(folder, "file");
        assert.deepEqual(await ask({ path, operation, isDoubtful }, { path, operation, isDoubtful, most: 2 }), ["a\0b\n", "a\0"]);
        assert.deepEqual(await ask({ path: join(folder, "none"), operation, isDoubtful }), ["ENOENT"]);
        assert.deepEqual(await ask({ path: folder, operation, isDoubtful }), ["EISDIR"]);
      }
    }
    assert.deepEqual(await ask({ path: "/proc/self/comm" }), ["culprit-reader\n"]);
  });

  it("gives what is large, and a file that the kernel hands out by the page, as a whole", async () => {
    const large = "0123456789".repeat(100_000);
    writeFileSync(join(folder, "large"), large);
    const path = join(folder, "large");
    const [all, cut, once] = await ask(
      { path, operation: "read", most: 2_000_000 },
      { path, operation: "read", most: 400_001 },
      { path, most: 500_000 },
    );
    assert.equal(all, large);
    assert.equal(cut, large.slice(0, 400_001));
    assert.ok(large.startsWith(once ?? "-") && (once?.length ?? 0) > 100_000);
    const [symbols] = await ask({ path: "/proc/self/maps", operation: "read", most: 1_000_000 });
    assert.match(symbols ?? "", /\[stack\][\s\S]*\n$/);
  });

  it("gives facts of folders, links, files and file systems", async () => {
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "file"), "abc");
    symlinkSync("file", join(folder, "link"));
    const [list, stat, statfs, links] = await askAll(reads, [
      { path: folder, operation: "list", most: 100 },
      { path: join(folder, "file"), operation: "stat" },
      { path: folder, operation: "statfs" },
      { path: "/proc/self/fd", operation: "links", most: 100 },
    ]);
    const facts = (answer: Answer | undefined) => JSON.parse(textOf(answer) ?? "");
    assert.deepEqual(facts(list).sort(), [
      ["file", true],
      ["link", false],
      ["sub", false],
    ]);
    assert.deepEqual([facts(stat).isFile, facts(stat).isFolder, facts(stat).sizeBytes], [true, false, 3]);
    assert.ok(facts(statfs).blocks > 0);
    assert.ok(facts(links).some(([name, target]: [string, string]) => name === "0" && target.startsWith("socket:")));
  });

  it("reads a path whose bytes are not text", async () => {
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x41])]);
    writeFileSync(path, "odd");
    assert.deepEqual(await ask({ path }, { path, operation: "read" }), ["odd", "odd"]);
  });

  it("goes on with others while one hangs, be others behind it or not", async () => {
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    writeFileSync(join(folder, "file"), "abc");
    const file = { path: join(folder, "file") };
    assert.deepEqual(await ask({ path: fifo, isDoubtful: true }, file), ["it did not answer within 1 s", "abc"]);
    const other = join(folder, "other");
    execFileSync("mkfifo", [other]);
    assert.deepEqual(await ask({ path: other }, file), ["it did not answer within 1 s", "abc"]);
    assert.deepEqual(await ask({ path: other }, { path: fifo }, file), ["it did not answer before", "it did not answer before", "abc"]);
  });

  it("is gone when Culprit is", async () => {
    const [stat] = await ask({ path: "/proc/self/stat" });
    const pid = Number(stat?.split(" ")[0]);
    assert.ok(pid > 0 && readFileSync(`/proc/${pid}/comm`, "latin1") === "culprit-reader\n");
    reads.close();
    for (let left = 100; left > 0; left--) {
      try {
        readFileSync(`/proc/${pid}/stat`);
      } catch {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail("it is still there");
  });
});
