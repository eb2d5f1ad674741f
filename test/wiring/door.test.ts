import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../../src/config.ts";
import type { Door } from "../../src/model/door.ts";
import { WatchedDoor } from "../../src/wiring/door.ts";
import { ManualClock } from "../support/manualClock.ts";
import { type LogLine, rememberingLog } from "../support/rememberingLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

describe("the door, while its file changes", () => {
  const tempDirectory = tempDirectories();

  it("is read again, and stays as it was where the new file is no good", async () => {
    const file = join(await tempDirectory(), "web.yml");
    await writeFile(file, "1");
    const clock = new ManualClock();
    const lines: LogLine[] = [];
    let next: Door | string = { headers: {}, users: new Map([["a", "hash"]]), files: [file] };
    let changes = 0;
    const door = new WatchedDoor(
      { web: { door: { headers: {}, users: new Map(), files: [file] } } as never },
      {
        clock,
        log: rememberingLog(lines),
        read: () => {
          if (typeof next === "string") throw new ConfigError([{ file, message: next }]);
          return next;
        },
      },
    );
    await door.watch(() => changes++);
    await door.check();
    assert.deepEqual([door.now?.users.size, changes], [0, 0]);
    await writeFile(file, "22");
    await door.check();
    assert.deepEqual([door.now?.users.size, changes], [1, 1]);
    next = "not valid YAML";
    await writeFile(file, "333");
    await door.check();
    await door.check();
    assert.deepEqual([door.now?.users.size, changes], [1, 1]);
    assert.equal(lines.filter((line) => line.message.includes("what was read before goes on")).length, 1);
    door.stop();
  });
});
