import assert from "node:assert/strict";
import { createParts } from "../../src/capture/parts/createParts.ts";
import type { CaptureOrigin, PartOutcome } from "../../src/model/capture.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";
import { openIn, smallProcessList } from "./support.ts";

/** Put together, so that nobody takes it for a real one. */
const secret = ["hunter", "2hunter2"].join("");

describe("what a kernel that crashed has left behind", () => {
  const tempDirectory = tempDirectories();

  async function captured(origin: Exclude<CaptureOrigin, "alert" | "manual">, files: Readonly<Record<string, string>>) {
    const clock = new ManualClock();
    const machine = await tempDirectory();
    writeFiles(machine, { "proc/uptime": "1 1\n", ...files });
    const root = { procfs: `${machine}/proc`, sysfs: `${machine}/sys`, rootfs: machine };
    const readProcessList = async () => smallProcessList;
    const start = () => {
      throw new Error("no program is started here");
    };
    const parts = createParts({
      ...{ root, reads: directReads(), readProcessList, commands: [], afterCrash: [] },
      surroundings: { start, clock, searchPath: "" },
    });
    const capture = await openIn(await tempDirectory(), clock, { parts, readProcessList });
    capture.start();
    const { id } = await capture.requestFor({ origin, name: "x", labels: {}, onsetMs: clock.wallMs(), incidentKey: "x" });
    await capture.finished(1);
    const outcomes = (await capture.manifestOf(id)).parts as PartOutcome[];
    const archived = await capture.filesOf(id);
    await capture.stop();
    return { archived, outcomes: outcomes.filter(({ part }) => part.startsWith("pstore")) };
  }

  it("is in the archive of a crash, from where the kernel keeps it and where systemd has put it, without its secrets", async () => {
    const { archived, outcomes } = await captured("crash", {
      "sys/fs/pstore/dmesg-efi-1": "Kernel panic - not syncing: Fatal exception\n",
      "var/lib/systemd/pstore/177/dmesg-erst-2": `run: mysql --password=${secret}\n`,
    });
    assert.deepEqual(
      outcomes.map(({ part, result }) => [part, result]),
      [
        ["pstore/dmesg-efi-1", "ok"],
        ["pstore/177-dmesg-erst-2", "ok"],
      ],
    );
    assert.match(archived.get("pstore/dmesg-efi-1")?.toString() ?? "", /Kernel panic/);
    const moved = archived.get("pstore/177-dmesg-erst-2")?.toString() ?? "";
    assert.ok(moved.includes("mysql") && !moved.includes(secret), moved);
  });

  it("is said to be nothing where there is none, and is not looked for in other archives", async () => {
    const { outcomes } = await captured("crash", {});
    assert.deepEqual(
      outcomes.map(({ part, result }) => [part, result]),
      [["pstore", "missing"]],
    );
    assert.deepEqual((await captured("trigger", { "sys/fs/pstore/dmesg-efi-1": "panic" })).outcomes, []);
  });

  it("and what the kernel log says of kills for memory is a part of its own, in every archive where there is some", async () => {
    const line = `3,2,791408731,-;Out of memory: Killed process 812 (java) total-vm:1kB, anon-rss:1kB, file-rss:0kB --password=${secret}\n`;
    for (const origin of ["crash", "trigger"] as const) {
      const { archived } = await captured(origin, { "dev/kmsg": `6,1,1,-;eth0: link up\n${line}` });
      const text = archived.get("oom-kills.txt")?.toString() ?? "";
      assert.match(text, /^\[791\.408731\] Out of memory: Killed process 812 \(java\)/);
      assert.ok(!text.includes(secret) && !text.includes("eth0"), text);
      assert.equal((await captured(origin, { "dev/kmsg": "6,1,1,-;eth0: link up\n" })).archived.get("oom-kills.txt"), undefined);
    }
  });
});
