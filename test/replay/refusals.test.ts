import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { spikeLine } from "../../src/recorder/format/spikeLine.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { failure, open, recording, segmentNames, spike } from "./support.ts";

describe("Opening something else", () => {
  const tempDirectory = tempDirectories();

  for (const [what, content, message] of [
    ["an empty file", "", /it is empty; expected a recording/],
    ["a text", "hello\n", /line 1: "hello" is no first line of Culprit's; expected a recording \(a directory of segments/],
    ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]), /line 1: this is none of Culprit's formats/],
    ["a web page", "<!DOCTYPE html>\n<html>", /this is a web page; of a running Culprit open \.\.\.\/archives\/latest\.tar\.gz/],
    ["other JSON", '{"a":1}\n', /line 1: this is JSON of another kind/],
    ["another CSV", "time,value\n1,2\n", /line 1: "time,value" is no first line/],
    ["processes-before.csv", "time,kind,process,unit\n", /this is the processes-before\.csv of an archive.*snapshots\.jsonl/],
    ["spikes.jsonl", spikeLine(spike, 1), /this is the list of spikes of a recording; open the directory/],
  ] as const) {
    it(`refuses ${what}, with what it is and what was expected`, async () => {
      const path = join(await tempDirectory(), "file");
      await writeFile(path, content);
      const said = await failure(open(path, await tempDirectory()));
      assert.match(said, message);
      assert.ok(said.startsWith(`cannot replay ${path}: `), said);
    });
  }

  it("refuses the summary of a segment", async () => {
    const summary = join(recording, "20261121T153846.964Z.summary.jsonl.gz");
    assert.match(await failure(open(summary, await tempDirectory())), /the summary of a segment.*expected the segment beside it/);
  });

  it("refuses a segment without a second", async () => {
    const path = join(await tempDirectory(), "empty.jsonl");
    const header = gunzipSync(await readFile(join(recording, segmentNames[0])))
      .toString("utf8")
      .split("\n")[0];
    await writeFile(path, `${header}\n`);
    assert.match(await failure(open(path, await tempDirectory())), /there is no whole second in it; expected a line \{"takenAtMs"/);
  });

  it("refuses a directory of something else, and names an archive that lies in it", async () => {
    const directory = await tempDirectory();
    await mkdir(join(directory, "sub"));
    assert.match(await failure(open(directory, await tempDirectory())), /there is no segment of a recording in it/);
    await writeFile(join(directory, "20261121T154200Z-x.tar.gz"), "");
    assert.match(await failure(open(directory, await tempDirectory())), /name one of them, such as 20261121T154200Z-x\.tar\.gz/);
  });

  it("refuses what is not there, and what is no file", async () => {
    const missing = join(await tempDirectory(), "missing");
    assert.equal(await failure(open(missing, await tempDirectory())), `cannot replay ${missing}: there is no such file or directory`);
    assert.match(await failure(open("/dev/null", await tempDirectory())), /neither a file nor a directory/);
    assert.match(await failure(open("ftp://example.org/x", await tempDirectory())), /expected a path, or an http or https URL/);
  });
});
