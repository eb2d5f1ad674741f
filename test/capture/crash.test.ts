import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, openIn, untar, windUntil } from "./support.ts";

describe("Culprit that is killed", () => {
  const tempDirectory = tempDirectories();
  const child = fileURLToPath(new URL("./crashChild.js", import.meta.url));

  it("at any moment keeps each promise exactly once, and leaves nothing half made", async function () {
    this.timeout(120_000);
    const directory = await tempDirectory();
    const promised: string[] = [];
    for (const promises of [1, 2, 5, 9, 14]) {
      const victim = spawn(process.execPath, [child, directory], { stdio: ["ignore", "pipe", "inherit"] });
      let told = "";
      victim.stdout.on("data", (chunk) => {
        told += String(chunk);
      });
      await eventually("it has promised", () => told.split("\n").length > promises);
      victim.kill("SIGKILL");
      await once(victim, "close");
      promised.push(...told.split("\n").slice(0, -1));
    }

    const clock = new ManualClock(Date.now());
    const capture = await openIn(directory, clock);
    capture.start();
    await windUntil(clock, "nothing waits any more", () => capture.queue.pending().length === 0);
    assert.ok(promised.length >= 31);
    assert.equal(new Set(promised).size, promised.length);
    for (const id of promised) assert.ok((await untar(capture.stored(id).path)).has("manifest.json"), id);
    // one of each life may have been promised to the disk, but not yet to anybody else
    assert.ok(capture.archives.figures().count <= promised.length + 5);
    const names = await readdir(capture.archivesDirectory);
    assert.deepEqual(
      names.filter((name) => !/\.tar\.gz$|\.json$|^\.reserve$/.test(name)),
      [],
    );
    await capture.stop();
  });
});
