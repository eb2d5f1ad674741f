import assert from "node:assert/strict";
import type { Part } from "../../src/capture/making/part.ts";
import { Standing } from "../../src/capture/making/standing.ts";
import { ManualClock } from "../support/manualClock.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, group, openIn, ringOf } from "./support.ts";

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
