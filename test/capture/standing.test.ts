import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Part } from "../../src/capture/making/part.ts";
import { Standing } from "../../src/capture/making/standing.ts";
import type { DiagnosticCommand } from "../../src/capture/parts/commandList.ts";
import { commandsPart } from "../../src/capture/parts/commands.ts";
import { carefulRedactor } from "../../src/redact/redactor.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, group, openIn, ringOf, smallProcessList } from "./support.ts";

describe("how far a capture is", () => {
  const tempDirectory = tempDirectories();

  it("is told of the one at work, and of no other", () => {
    const standing = new Standing();
    assert.equal(standing.find("a"), undefined);
    standing.begin("a", 2);
    standing.advance();
    standing.enter("Reading the recording");
    standing.judge("`tar` did it.");
    assert.deepEqual(standing.find("a"), {
      progress: { step: "Reading the recording", done: 1, of: 2 },
      sentence: "`tar` did it.",
    });
    standing.advance();
    standing.advance();
    assert.equal(standing.find("a")?.progress.done, 2);
    assert.equal(standing.find("b"), undefined);
    standing.end();
    standing.advance();
    assert.equal(standing.find("a"), undefined);
  });

  it("moves on with each command that is done, while others still run", async () => {
    const directory = await tempDirectory();
    const gate = join(directory, "gate");
    const spec = { timeLimitSeconds: 60, sizeLimitBytes: 1000, showsCommandLines: false };
    const commands: readonly DiagnosticCommand[] = [
      { ...spec, name: "quick", argv: ["true"] },
      { ...spec, name: "slow", argv: ["sh", "-c", `until [ -e ${gate} ]; do sleep 0.05; done`] },
    ];
    const clock = new ManualClock();
    const part = commandsPart({
      commands,
      surroundings: { start: spawn, clock, searchPath: "/usr/bin:/bin" },
      readProcessList: async () => smallProcessList,
      redactor: carefulRedactor,
    });
    const capture = await openIn(join(directory, "storage"), clock, { parts: [part] });
    capture.start();
    const { id } = await capture.queue.request({});
    await eventually("the first of them", () => (capture.queue.standingOf(id)?.progress.done ?? 0) === 1);
    assert.equal(capture.queue.standingOf(id)?.progress.of, 6, "two commands, the part of them, and three for the archive");
    writeFileSync(gate, "");
    await capture.ended(1);
    await capture.stop();
  });

  it("says who it is while parts still run, and the archive says the same", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Part = {
      name: "slow",
      when: "now",
      async run() {
        await held;
        return [];
      },
    };
    const clock = new ManualClock();
    const t0 = clock.wallMs();
    const recording = ringOf(t0 - 600_000, t0, (ms) => [group("tar", { cpuCores: ms > t0 - 30_000 ? 3 : 0.01 })]);
    const capture = await openIn(await tempDirectory(), clock, { parts: [slow], recording });
    capture.start();
    const { id } = await capture.queue.request({ reason: "it is slow" });
    await eventually("the sentence", () => capture.queue.standingOf(id)?.sentence !== undefined);
    const { progress, sentence } = capture.queue.standingOf(id) ?? {};
    assert.deepEqual(progress, { step: "Asking the machine", done: 0, of: 4 });
    assert.match(sentence ?? "", /`tar`/);
    release();
    await capture.ended(1);
    const archive = capture.archives.find(id)?.archive;
    assert.equal(archive?.verdict?.sentence, sentence);
    assert.equal(archive?.reason, "it is slow");
    assert.match((await capture.filesOf(id)).get("report.html")?.toString() ?? "", /Asked for because:<\/b> it is slow/);
    assert.equal(capture.queue.standingOf(id), undefined);
    await capture.stop();
  });
});
