import assert from "node:assert/strict";
import { rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openHostList } from "../../src/fleet/hosts.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("the list of known hosts", () => {
  const tempDirectory = tempDirectories();

  async function setUp(pattern = "*.yml") {
    const directory = await tempDirectory();
    const clock = new ManualClock();
    const { log, lines } = recordedLog();
    const warnings = () => lines().filter((line) => line.level === "warn");
    const open = () => openHostList({ files: [join(directory, pattern)], log, clock });
    return { directory, clock, open, warnings };
  }

  it("is not there when no files are configured", async () => {
    const list = await openHostList({ files: [], log: recordedLog().log, clock: new ManualClock() });
    assert.equal(await list.current(), undefined);
  });

  it("comes from the targets and instance labels of all files that match, YAML and JSON", async () => {
    const { directory, open } = await setUp("*");
    await assert.rejects(open(), /expected a name that ends in/);
    await writeFile(
      join(directory, "a.yml"),
      "- targets: [10.0.0.1:10054]\n  labels: { instance: web1, env: prod }\n- targets: ['b:1', 'c:1']\n",
    );
    await writeFile(join(directory, "b.json"), JSON.stringify([{ targets: ["d:1"], labels: { instance: "web4" } }]));
    await writeFile(join(directory, "empty.yml"), "# nothing yet\n");
    await writeFile(join(directory, "other.txt"), "- targets: [x:1]");
    const list = await openHostList({
      files: [join(directory, "*.yml"), join(directory, "b.json")],
      log: recordedLog().log,
      clock: new ManualClock(),
    });
    assert.deepEqual(await list.current(), [
      { address: "10.0.0.1:10054", instance: "web1" },
      { address: "b:1" },
      { address: "c:1" },
      { address: "d:1", instance: "web4" },
    ]);
  });

  it("follows its files: changed, added and removed ones, looking at most every five seconds", async () => {
    const { directory, clock, open } = await setUp();
    await writeFile(join(directory, "a.yml"), "- targets: [a:1]");
    const list = await open();
    const addresses = async () => (await list.current())?.map((host) => host.address);
    assert.deepEqual(await addresses(), ["a:1"]);

    await writeFile(join(directory, "a.yml"), "- targets: [aa:1]");
    await writeFile(join(directory, "b.yml"), "- targets: [b:1]");
    assert.deepEqual(await addresses(), ["a:1"]);
    await clock.advance(5);
    assert.deepEqual(await addresses(), ["aa:1", "b:1"]);

    await rm(join(directory, "a.yml"));
    await clock.advance(5);
    assert.deepEqual(await addresses(), ["b:1"]);
  });

  it("sees a file that was put in another's place with the same size and time", async () => {
    const { directory, clock, open } = await setUp();
    const path = join(directory, "a.yml");
    const moment = new Date(1_700_000_000_000);
    await writeFile(path, "- targets: [a:1]");
    await utimes(path, moment, moment);
    const list = await open();
    await writeFile(join(directory, "new"), "- targets: [b:1]");
    await utimes(join(directory, "new"), moment, moment);
    await rename(join(directory, "new"), path);
    await clock.advance(5);
    assert.deepEqual(await list.current(), [{ address: "b:1" }]);
  });

  it("keeps what a file said before it was broken, and complains once for each change of it", async () => {
    const { directory, clock, open, warnings } = await setUp();
    await writeFile(join(directory, "a.yml"), "- targets: [a:1]");
    await writeFile(join(directory, "b.yml"), "- targets: [b:1]");
    const list = await open();

    await writeFile(join(directory, "a.yml"), "- targets: [a:1\n- nonsense: {");
    for (let turn = 0; turn < 3; turn++) {
      await clock.advance(5);
      assert.deepEqual(await list.current(), [{ address: "a:1" }, { address: "b:1" }]);
    }
    assert.equal(warnings().length, 1);
    assert.match(String(warnings()[0]?.message), /a\.yml cannot be used; what it said before stands/);

    await writeFile(join(directory, "a.yml"), "targets: [a:1]\n");
    await clock.advance(5);
    await list.current();
    assert.equal(warnings().length, 2);
    assert.match(String(warnings()[1]?.message), /expected a list like/);

    await writeFile(join(directory, "a.yml"), "- targets: [c:1]");
    await clock.advance(5);
    assert.deepEqual(await list.current(), [{ address: "c:1" }, { address: "b:1" }]);
    assert.equal(warnings().length, 2);
  });

  it("starts with a broken or missing file, says so once, and takes it once it is good", async () => {
    const { directory, clock, open, warnings } = await setUp();
    const list = await open();
    assert.deepEqual(await list.current(), []);
    await clock.advance(5);
    await list.current();
    assert.equal(warnings().length, 1);
    assert.match(String(warnings()[0]?.message), /no file matches/);
    await writeFile(join(directory, "a.yml"), "- targets: [a:1]");
    await clock.advance(5);
    assert.deepEqual(await list.current(), [{ address: "a:1" }]);
  });

  it("keeps the hosts when the directory cannot be listed for a while", async () => {
    const { directory, clock, open, warnings } = await setUp();
    await writeFile(join(directory, "a.yml"), "- targets: [a:1]");
    const list = await open();
    await rename(directory, `${directory}.away`);
    try {
      await clock.advance(5);
      assert.deepEqual(await list.current(), [{ address: "a:1" }]);
      assert.match(String(warnings()[0]?.message), /cannot be listed/);
    } finally {
      await rename(`${directory}.away`, directory);
    }
  });

  it("refuses a pattern that Prometheus refuses as well", async () => {
    const options = { log: recordedLog().log, clock: new ManualClock() };
    await assert.rejects(openHostList({ files: ["targets/*/hosts.yml"], ...options }), /only in the last part/);
    await assert.rejects(openHostList({ files: ["targets/hosts"], ...options }), /ends in \.yml, \.yaml or \.json/);
  });
});
