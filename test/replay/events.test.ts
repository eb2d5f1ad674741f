import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import { eventsFile } from "../../src/recorder/format/eventsFile.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { archiveOf, failure, open, recordedLines, recording } from "./support.ts";

const told: MachineEvent = { id: "e1", atMs: Date.UTC(2026, 10, 21, 15, 39), kind: "deployment", text: "deployed 1.4", by: "ci" };
const file = JSON.stringify(eventsFile([told]));

describe("The events of what is replayed", () => {
  const tempDirectory = tempDirectories();

  async function written(archive: Buffer): Promise<string> {
    const path = join(await tempDirectory(), "a.tar.gz");
    await writeFile(path, archive);
    return path;
  }

  it("are those of an archive, and none where it is from before there were any", async () => {
    assert.deepEqual((await open(await written(await archiveOf({ "events.json": file })), await tempDirectory())).events, [told]);
    assert.deepEqual((await open(await written(await archiveOf()), await tempDirectory())).events, []);
  });

  it("are refused with their file's name where that is none of Culprit's", async () => {
    for (const odd of ["{", "[]", '{"schemaVersion":2,"events":[]}']) {
      const message = await failure(open(await written(await archiveOf({ "events.json": odd })), await tempDirectory()));
      assert.match(message, /events\.json (?:of the archive is no JSON|is not Culprit's)/);
    }
  });

  it("are those that a recording keeps; a file that is none of them costs itself", async () => {
    for (const [text, expected] of [
      [file, [told]],
      ["[]", []],
      ["{", []],
    ] as const) {
      const directory = await tempDirectory();
      await cp(recording, directory, { recursive: true });
      await writeFile(join(directory, "events.json"), text);
      assert.deepEqual((await open(directory, await tempDirectory())).events, expected);
    }
  });

  it("are found in the seconds where nobody has kept them: a start of the machine, and a kill", async () => {
    const lines = (await recordedLines()).map((line) => JSON.parse(line));
    const [first] = lines;
    const last = lines.at(-1);
    const group = { kind: "process", process: "java", unit: "", container: "", user: "" };
    const bootTimeSeconds = Math.round(last.takenAtMs / 1000) + 60;
    const after = {
      ...{ ...first, takenAtMs: (bootTimeSeconds + 30) * 1000, host: { ...first.host, bootTimeSeconds } },
      oomKills: [{ killedAtMs: (bootTimeSeconds + 29) * 1000, group, pid: 812 }],
    };
    const text = [...lines, after].map((line) => `${JSON.stringify(line)}\n`).join("");
    const { events } = await open(await written(await archiveOf({ "snapshots.jsonl": text })), await tempDirectory());
    assert.deepEqual(
      events.map(({ kind, atMs, text: what }) => [kind, atMs / 1000 - bootTimeSeconds, what]),
      [
        ["reboot", 0, "the machine was started"],
        ["oom_kill", 29, "the kernel killed java for memory"],
      ],
    );
  });
});
