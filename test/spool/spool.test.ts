import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSpool, type Spool } from "../../src/spool/spool.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { requireRoot } from "../support/servers.ts";
import { SmallDisk } from "../support/smallDisk.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

function parseText(json: unknown): string {
  if (typeof json !== "string") throw new Error("expected a text");
  return json;
}

describe("the spool", () => {
  const tempDirectory = tempDirectories();

  async function open(
    directory: string,
    options: { maxEntries?: number; onDropped?: (item: string) => void; log?: ReturnType<typeof recordedLog> } = {},
  ): Promise<Spool<string>> {
    const { maxEntries = 100, onDropped, log = recordedLog() } = options;
    return openSpool({ directory, maxEntries, parse: parseText, log: log.log, onDropped: (entry) => onDropped?.(entry.item) });
  }

  const items = (spool: Spool<string>) => spool.entries().map((entry) => entry.item);

  it("gives back after a restart what was appended, in its order, and not what was acknowledged", async () => {
    const directory = join(await tempDirectory(), "not", "there", "yet");
    const first = await open(directory);
    const [a] = await first.append(["a", "b"]);
    await first.append(["c"]);
    assert.ok(a);
    await first.acknowledge([a.id]);

    const second = await open(directory);
    assert.deepEqual(items(second), ["b", "c"]);
    assert.equal(second.length, 2);
    await second.append(["d"]);
    assert.deepEqual(items(await open(directory)), ["b", "c", "d"]);
  });

  it("leaves no file behind once everything is acknowledged", async () => {
    const directory = await tempDirectory();
    const spool = await open(directory);
    await spool.acknowledge((await spool.append(["a", "b", "c"])).map(({ id }) => id));
    await spool.acknowledge(["nothing like this"]);
    assert.equal(spool.length, 0);
    assert.deepEqual(await readdir(directory), []);
  });

  it("knows after a restart what is put off, until when, and how often that was", async () => {
    const directory = await tempDirectory();
    const spool = await open(directory);
    const [a, b] = await spool.append(["a", "b", "c"]);
    assert.ok(a && b);
    await spool.retryAt([a.id, b.id], 4000);
    await spool.retryAt([a.id], 5000);
    assert.deepEqual(
      (await open(directory)).entries().map(({ item, retryAtMs, attempts }) => [item, retryAtMs, attempts]),
      [
        ["a", 5000, 2],
        ["b", 4000, 1],
        ["c", 0, 0],
      ],
    );
  });

  it("drops the oldest when it is full, counts and tells them, and keeps the order of the rest", async () => {
    const directory = await tempDirectory();
    const lost: string[] = [];
    const log = recordedLog();
    const spool = await open(directory, { maxEntries: 3, onDropped: (item) => lost.push(item), log });
    await spool.append(["a", "b"]);
    await spool.append(["c", "d", "e", "f"]);
    assert.deepEqual(items(spool), ["d", "e", "f"]);
    assert.deepEqual(lost, ["a", "b", "c"]);
    assert.equal(spool.dropped, 3);
    assert.ok(log.lines().some((line) => line.level === "error" && /dropped/.test(String(line.message))));
    assert.deepEqual(items(await open(directory)), ["d", "e", "f"]);
  });

  it("keeps none of the items of an append that failed, and says so", async () => {
    const directory = join(await tempDirectory(), "queue");
    const spool = await open(directory);
    await spool.append(["kept in memory"]);
    await rm(directory, { recursive: true });
    await writeFile(directory, "in the way");
    await assert.rejects(spool.append(["a", "b"]), /ENOTDIR/);
    await assert.rejects(spool.check(), /ENOTDIR/);
    assert.deepEqual(items(spool), ["kept in memory"]);
    await assert.rejects(spool.retryAt(["1-0"], 99), /ENOTDIR/);
    assert.equal(spool.entries()[0]?.attempts, 0, "memory must not be ahead of the disk");
  });

  it("goes on in a directory that somebody has removed, and brings back what waits when it is told to look", async () => {
    const parent = join(await tempDirectory(), "storage");
    const directory = join(parent, "queue");
    const spool = await open(directory);
    await spool.append(["before", "too"]);
    await rm(parent, { recursive: true });
    await spool.append(["after"]);
    assert.deepEqual(items(await open(directory)), ["after"], "what was removed is gone until somebody looks");
    await spool.check();
    assert.deepEqual(items(await open(directory)), ["before", "too", "after"]);
    await rm(parent, { recursive: true });
    await spool.acknowledge(["1-0", "2-0"]);
    assert.deepEqual(items(await open(directory)), ["too"]);
  });

  it("is opened on a disk that takes nothing, with what waits in it, and takes more once there is room", async function () {
    requireRoot(this);
    const disk = new SmallDisk(await tempDirectory());
    try {
      await (await open(disk.path)).append(["before"]);
      disk.fill();
      const spool = await open(disk.path);
      assert.deepEqual(items(spool), ["before"]);
      await assert.rejects(spool.append(["refused"]), /ENOSPC/);
      await assert.rejects(spool.check(), /ENOSPC/);
      disk.makeRoom();
      await spool.check();
      await spool.append(["after"]);
      assert.deepEqual(items(await open(disk.path)), ["before", "after"]);
    } finally {
      disk.remove();
    }
  });

  it("serves appends in the order of their calls, whoever waits for them", async () => {
    const directory = await tempDirectory();
    const spool = await open(directory);
    const names = Array.from({ length: 20 }, (_, index) => `item ${index}`);
    const done = await Promise.all(names.map((name) => spool.append([name])));
    assert.deepEqual(items(spool), names);
    assert.equal(new Set(done.flat().map((entry) => entry.id)).size, 20);
    assert.deepEqual(items(await open(directory)), names);
  });

  it("moves a torn file aside, counts it, and reads the others", async () => {
    const directory = await tempDirectory();
    const spool = await open(directory);
    await spool.append(["before"]);
    await spool.append(["torn"]);
    await spool.append(["after"]);
    const torn = join(directory, "0000000000000002.json");
    const whole = await readFile(torn, "utf8");
    await writeFile(torn, whole.slice(0, whole.length / 2));

    const log = recordedLog();
    const again = await open(directory, { log });
    assert.deepEqual(items(again), ["before", "after"]);
    assert.equal(again.dropped, 1);
    assert.ok((await readdir(directory)).includes("0000000000000002.json.bad"));
    assert.ok(log.lines().some((line) => line.level === "error" && line.file === `${torn}.bad`));
  });

  it("keeps the good items of a file that also holds one it cannot understand", async () => {
    const directory = await tempDirectory();
    await writeFile(
      join(directory, "0000000000000007.json"),
      JSON.stringify({
        entries: [
          { id: "7-0", item: "good", retryAtMs: 0, attempts: 0 },
          { id: "7-1", item: { of: "another version" }, retryAtMs: 0, attempts: 0 },
        ],
      }),
    );
    const spool = await open(directory);
    assert.deepEqual(items(spool), ["good"]);
    const [next] = await spool.append(["new"]);
    assert.equal(next?.id, "8-0", "a sequence is never used twice");
    const again = await open(directory);
    assert.deepEqual(items(again), ["good", "new"]);
    assert.equal(again.dropped, 0, "what was moved aside once is not counted again");
  });

  it("does not reuse the name of a file that was moved aside", async () => {
    const directory = await tempDirectory();
    await writeFile(join(directory, "0000000000000003.json"), "");
    const spool = await open(directory);
    await spool.append(["new"]);
    assert.deepEqual((await readdir(directory)).sort(), ["0000000000000003.json.bad", "0000000000000004.json"]);
  });

  it("removes what a write that never came to its rename has left", async () => {
    const directory = await tempDirectory();
    await writeFile(join(directory, "0000000000000001.json.tmp"), '{"entries":[');
    const spool = await open(directory);
    assert.equal(spool.length, 0);
    assert.equal(spool.dropped, 0);
    assert.deepEqual(await readdir(directory), []);
  });

  it("refuses at once a directory that cannot be one, naming it", async () => {
    const file = join(await tempDirectory(), "file");
    await writeFile(file, "");
    await assert.rejects(
      open(file),
      (error: Error) => error.message.includes(file) && /expected a directory that can be written/.test(error.message),
    );
    await assert.rejects(open("/proc/culprit"), /\/proc\/culprit cannot be used/);
  });
});
