import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { checked } from "../../src/spool/checked.ts";
import { JsonFile } from "../../src/spool/jsonFile.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { requireRoot } from "../support/servers.ts";
import { SmallDisk } from "../support/smallDisk.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const shape = z.object({ counts: z.array(z.number()) });

describe("A file of what must outlive a restart", () => {
  const tempDirectory = tempDirectories();
  let directory: string;
  let path: string;
  let clock: ManualClock;
  let log: ReturnType<typeof recordedLog>;
  beforeEach(async () => {
    directory = join(await tempDirectory(), "storage");
    path = join(directory, "counts.json");
    clock = new ManualClock();
    log = recordedLog();
  });

  const make = () =>
    new JsonFile<readonly number[]>({
      path,
      parse: (json) => checked(shape, json).counts,
      toJson: (counts) => ({ counts }),
      what: "counts: their list",
      ifLost: "they begin at 0",
      ifUnwritten: "a restart would lose them",
      clock,
      log: log.log,
    });
  const said = () => log.lines().map(({ level, message }) => `${level} ${message}`);

  /** Somebody has put a file where the directory should be: the disk takes nothing. */
  const block = async () => {
    await rm(directory, { recursive: true, force: true });
    await writeFile(directory, "in the way");
  };

  /** Lets time pass until what is tried then has been tried. */
  const wait = async (seconds: number, file: JsonFile<readonly number[]>) => {
    for (let passed = 0; passed < seconds; passed++) {
      await clock.advance(1);
      await file.idle();
    }
  };

  it("gives back after a restart what was saved last, and nothing where nothing was", async () => {
    const first = make();
    assert.equal(await first.load(), undefined);
    assert.deepEqual(await Promise.all([first.save([1]), first.save([1, 2])]), [undefined, undefined]);
    assert.deepEqual(await make().load(), [1, 2]);
    assert.deepEqual(await readdir(directory), ["counts.json"]);
    assert.deepEqual(said(), []);
    assert.equal(clock.waiting, 0);
  });

  for (const [what, text] of [
    ["torn", '{"counts":[1'],
    ["empty", ""],
    ["of another shape", '{"counts":["one"]}'],
  ] as const) {
    it(`that is ${what} is moved aside, said once, and begun anew`, async () => {
      await mkdir(directory);
      await writeFile(path, text);
      const file = make();
      assert.equal(await file.load(), undefined);
      assert.equal(await readFile(`${path}.bad`, "utf8"), text);
      assert.deepEqual(said(), ["error counts: their list cannot be understood and is moved aside: they begin at 0"]);
      await file.save([3]);
      assert.deepEqual(await make().load(), [3]);
    });
  }

  it("that cannot even be read keeps nobody from starting", async () => {
    await mkdir(join(path, "in the way"), { recursive: true });
    const file = make();
    assert.equal(await file.load(), undefined);
    assert.equal(await file.save([4]), undefined);
    assert.deepEqual((await readdir(directory)).sort(), ["counts.json", "counts.json.bad"]);
  });

  it("is written within ten seconds once the disk takes it, though nothing changes, and both are said once", async () => {
    const file = make();
    await block();
    assert.match(String(await file.save([1])), /ENOTDIR|EEXIST/);
    assert.match(String(await file.save([1, 2])), /ENOTDIR|EEXIST/);
    await wait(60, file);
    assert.deepEqual(said(), ["error counts: their list cannot be stored now, and is tried again until it is; a restart would lose them"]);
    await rm(directory);
    await wait(10, file);
    assert.deepEqual(await make().load(), [1, 2]);
    assert.deepEqual(said().slice(1), ["info counts: their list is stored again"]);
    assert.equal(clock.waiting, 0, "and then nothing is tried any more");
  });

  it("is brought back where somebody has removed it, and only there", async () => {
    const file = make();
    await file.check();
    assert.equal(await make().load(), undefined, "what was never written is not missed");
    await file.save([1]);
    await rm(directory, { recursive: true });
    await file.check();
    assert.deepEqual(await make().load(), [1]);
    await writeFile(path, '{"counts":[7]}');
    await file.check();
    assert.deepEqual(await make().load(), [7]);
    await block();
    await assert.rejects(file.check(), /ENOTDIR|EEXIST/);
    await file.close();
  });

  it("is tried once more when it is closed, and never after that", async () => {
    const file = make();
    await block();
    await file.save([1]);
    await rm(directory);
    await file.close();
    assert.deepEqual(await make().load(), [1]);
    await block();
    await file.save([2]);
    await file.close();
    assert.equal(clock.waiting, 0);
  });

  it("keeps what it does not understand on a disk that may only be read, too, until that takes both", async function () {
    requireRoot(this);
    await mkdir(directory);
    const disk = new SmallDisk(directory);
    try {
      await writeFile(path, "from a later version");
      disk.makeReadOnly();
      const file = make();
      assert.equal(await file.load(), undefined);
      assert.match(String(await file.save([1])), /EROFS/);
      assert.equal(await readFile(path, "utf8"), "from a later version");
      disk.makeRoom();
      await wait(10, file);
      assert.equal(await readFile(`${path}.bad`, "utf8"), "from a later version");
      assert.deepEqual(await make().load(), [1]);
    } finally {
      disk.remove();
    }
  });
});
