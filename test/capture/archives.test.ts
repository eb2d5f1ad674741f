import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openArchives } from "../../src/capture/archives/archives.ts";
import type { RetentionLimits } from "../../src/capture/archives/retention.ts";
import type { Archive } from "../../src/model/capture.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { firing, openIn, sha256 } from "./support.ts";

describe("the list of archives", () => {
  const tempDirectory = tempDirectories();
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock();
  });

  const open = (directory: string, limits: RetentionLimits = { maxBytes: 1e9 }, log = recordedLog()) =>
    openArchives({ directory, limits, clock, log: log.log });

  const idOf = (number: number) => `20261121T10000${number}Z-alert-A-00000${number}`;

  /** An archive whose file is only some bytes: the list does not look into it. */
  async function put(directory: string, number: number, changes: Partial<Archive> = {}): Promise<Archive> {
    const id = idOf(number);
    await writeFile(join(directory, `${id}.tar.gz`), "0123456789");
    return {
      id,
      createdAtMs: clock.wallMs() + number * 1000,
      origin: "alert",
      name: "A",
      incidentKey: "k",
      fingerprint: `fp${number % 2}`,
      sizeBytes: 10,
      sha256: sha256(Buffer.from("0123456789")),
      span: { fromMs: 0, toMs: 1 },
      missing: [],
      ...changes,
    };
  }

  /** One real archive, made by a capture. */
  async function capturedIn(directory: string): Promise<Archive> {
    const capture = await openIn(directory, clock, { archivesDirectory: join(directory, "archives") });
    capture.start();
    await capture.alerts.receive([firing(clock)]);
    await capture.finished(1);
    await capture.stop();
    const [archive] = capture.archives.list();
    assert.ok(archive);
    return archive;
  }

  it("lists the newest first, and finds by id, by alert and the latest, also after a restart", async () => {
    const directory = await tempDirectory();
    const store = await open(directory);
    for (const number of [1, 3, 2]) await store.add(await put(directory, number));
    for (const opened of [store, await open(directory)]) {
      assert.deepEqual(
        opened.list().map((archive) => archive.id),
        [idOf(3), idOf(2), idOf(1)],
      );
      assert.equal(opened.latest()?.archive.id, idOf(3));
      assert.equal(opened.find(idOf(1))?.path, join(directory, `${idOf(1)}.tar.gz`));
      assert.equal(opened.findByFingerprint("fp1")?.archive.id, idOf(3));
      assert.equal(opened.findByFingerprint("fp0")?.archive.id, idOf(2));
      assert.equal(opened.findByFingerprint("nobody's"), undefined);
      assert.deepEqual(
        { ...opened.figures(), latest: opened.figures().latest.length },
        { count: 3, bytes: 30, limitBytes: 1e9, latest: 3 },
      );
    }
  });

  it("finds nothing by an id that is a path, a prefix or nothing", async () => {
    const directory = await tempDirectory();
    const store = await open(directory);
    await store.add(await put(directory, 1));
    for (const id of ["", ".", "..", `../${idOf(1)}`, `${idOf(1)}/`, idOf(1).slice(0, -1), "__proto__", "constructor", `${idOf(1)}\0`]) {
      assert.equal(store.find(id), undefined, id);
    }
  });

  it("is empty where there is nothing, and makes its directory", async () => {
    const directory = join(await tempDirectory(), "a", "b");
    const store = await open(directory);
    assert.deepEqual(store.list(), []);
    assert.equal(store.latest(), undefined);
    assert.deepEqual(await readdir(directory), []);
  });

  it("clears away what was interrupted, and touches nothing that is not its own", async () => {
    const directory = await tempDirectory();
    await put(directory, 1);
    await writeFile(join(directory, `${idOf(2)}.tar.gz.partial`), "half");
    await writeFile(join(directory, `${idOf(3)}.json`), "{}");
    await writeFile(join(directory, `${idOf(4)}.json.tmp`), "{");
    await writeFile(join(directory, "notes.json"), "a person's");
    await writeFile(join(directory, "backup.tar.gz"), "a person's");
    await mkdir(join(directory, `${idOf(5)}.tar.gz`));
    const log = recordedLog();
    const store = await open(directory, { maxBytes: 1e9 }, log);
    assert.deepEqual((await readdir(directory)).sort(), [
      `${idOf(1)}.json`,
      `${idOf(1)}.tar.gz`,
      `${idOf(5)}.tar.gz`,
      "backup.tar.gz",
      "notes.json",
    ]);
    assert.deepEqual(
      store.list().map(({ id }) => id),
      [idOf(1)],
    );
    assert.ok(log.lines().some((line) => line.id === idOf(5) && /cannot be read/.test(String(line.message))));
  });

  it("describes an archive anew whose sidecar is missing, torn or another's, exactly as it was", async () => {
    const directory = await tempDirectory();
    const archive = await capturedIn(directory);
    const sidecar = join(directory, "archives", `${archive.id}.json`);
    for (const content of [
      undefined,
      "",
      '{"id":"a',
      JSON.stringify({ ...archive, sizeBytes: 1 }),
      JSON.stringify({ ...archive, id: idOf(1) }),
    ]) {
      await rm(sidecar);
      if (content !== undefined) await writeFile(sidecar, content);
      assert.deepEqual((await open(join(directory, "archives"))).list(), [archive]);
      assert.deepEqual(JSON.parse(await readFile(sidecar, "utf8")), archive);
    }
  });

  it("lists by its name an archive that cannot be read, and says what is wrong with it", async () => {
    const directory = await tempDirectory();
    const archive = await capturedIn(directory);
    const path = join(directory, "archives", `${archive.id}.tar.gz`);
    const half = (await readFile(path)).subarray(0, archive.sizeBytes / 2);
    await writeFile(path, half);
    const [found] = (await open(join(directory, "archives"))).list();
    assert.deepEqual([found?.id, found?.origin, found?.sizeBytes, found?.sha256], [archive.id, "alert", half.length, sha256(half)]);
    assert.match(found?.missing[0]?.reason ?? "", /it cannot be read/);
  });

  it("lists an archive that was copied here under another id by its new one", async () => {
    const directory = await tempDirectory();
    const archive = await capturedIn(directory);
    const archives = join(directory, "archives");
    await copyFile(join(archives, `${archive.id}.tar.gz`), join(archives, `${idOf(9)}.tar.gz`));
    const store = await open(archives);
    assert.deepEqual(store.find(idOf(9))?.archive, { ...archive, id: idOf(9) });
  });

  it("removes the oldest with their sidecars when there is too much, and tells who waits", async () => {
    const directory = await tempDirectory();
    const store = await open(directory, { maxBytes: 25 });
    let changes = 0;
    const cancel = store.onChange(() => changes++);
    for (const number of [1, 2, 3]) await store.add(await put(directory, number));
    assert.deepEqual(
      store.list().map(({ id }) => id),
      [idOf(3), idOf(2)],
    );
    assert.deepEqual(
      (await readdir(directory)).sort(),
      [2, 3].flatMap((number) => [`${idOf(number)}.json`, `${idOf(number)}.tar.gz`]),
    );
    assert.ok(changes >= 3);
    cancel();
    const before = changes;
    await store.add(await put(directory, 4));
    assert.equal(changes, before);
  });

  it("keeps the archive that was just made, even when the clock was set back", async () => {
    const directory = await tempDirectory();
    const store = await open(directory, { maxBytes: 10 });
    await store.add(await put(directory, 1));
    clock.jumpWall(-7200);
    await store.add(await put(directory, 2));
    assert.ok(store.find(idOf(2)));
  });

  it("removes at the start what became too old while Culprit was not running", async () => {
    const directory = await tempDirectory();
    const store = await open(directory);
    for (const number of [1, 2]) await store.add(await put(directory, number));
    await clock.advance(7200);
    assert.equal((await open(directory, { maxBytes: 1e9, maxAgeSeconds: 3600 })).list().length, 1, "never the newest");
  });
});
