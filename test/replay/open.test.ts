import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Spike } from "../../src/model/spike.ts";
import { spikeLine } from "../../src/recorder/format/spikeLine.ts";
import { rangeOf } from "../../src/recorder/ranges/range.ts";
import type { Opened } from "../../src/replay/opened.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import {
  archiveOf,
  contentsOf,
  failure,
  manifest,
  open,
  type Packed,
  recordedLines,
  recording,
  segmentNames,
  spike,
  tarGz,
} from "./support.ts";

/** Everything that charts show of it, second by second. */
async function seconds({ lookBack, fromMs, toMs }: Opened) {
  const downsampled = await lookBack.downsampled(rangeOf({ fromMs, toMs: toMs + 1, stepMs: 1000 }));
  return { seconds: downsampled.seconds, gaps: downsampled.gaps, figures: downsampled.figures, groups: downsampled.groups };
}

describe("Opening a recording", () => {
  const tempDirectory = tempDirectories();

  it("tells of its host, its time, how much of that is there, and its spikes", async () => {
    const opened = await open(recording, await tempDirectory());
    assert.equal(opened.kind, "recording");
    assert.deepEqual(opened.host.hostname, "web1");
    assert.equal(opened.culprit, "0.1.0");
    assert.equal(new Date(opened.fromMs).toISOString(), "2026-11-21T15:38:46.964Z");
    assert.equal(Math.round((opened.toMs - opened.fromMs) / 1000), 150);
    assert.ok(opened.seconds > 149 && opened.seconds < 153, String(opened.seconds));
    assert.equal(opened.last?.takenAtMs, opened.toMs);
    assert.ok((opened.last?.host.filesystems?.length ?? 0) > 0, "file systems stand in the first line of a segment only");
    assert.deepEqual(opened.notes, []);
  });

  it("finds the spikes that were there, and who made them", async () => {
    const { spikes, toMs } = await open(recording, await tempDirectory());
    assert.deepEqual(
      spikes.map(({ resource, ending }) => [resource, ending]),
      [
        ["io", "unseen"],
        ["pressure", "fell_back"],
        ["load", "fell_back"],
      ],
    );
    const [io] = spikes;
    assert.equal(io?.endMs, toMs);
    assert.match(io?.verdict?.sentence ?? "", /^`sh` \(user root, pid \d+\) has caused 89 % of the rise in disk writes/);
    assert.match(io?.verdict?.sentence ?? "", / First it was `sh` for 3\d s, then `node job9\.js` for \d+ s\.$/);
    assert.equal(io?.chapters?.at(-1)?.toMs, toMs);
    assert.equal(io?.verdict?.final, true);
  });

  it("leaves the directory as it is", async () => {
    const directory = join(await tempDirectory(), "recording");
    await cp(recording, directory, { recursive: true });
    await writeFile(join(directory, "20261121T155000.000Z.jsonl.gz.partial"), "half");
    await writeFile(join(directory, "spikes.jsonl"), spikeLine(spike, spike.peakMs + 1000));
    const before = await contentsOf(directory);
    const opened = await open(directory, await tempDirectory());
    await seconds(opened);
    assert.deepEqual(await contentsOf(directory), before);
  });

  it("takes the spikes that the recording keeps, and closes one whose end nobody has seen", async () => {
    const directory = join(await tempDirectory(), "recording");
    await cp(recording, directory, { recursive: true });
    await writeFile(join(directory, "spikes.jsonl"), `${spikeLine(spike, spike.peakMs + 1000)}{"schemaVersion":1,"atMs":`);
    const { spikes, ...opened } = await open(directory, await tempDirectory());
    assert.deepEqual(spikes, [{ ...spike, endMs: spike.peakMs + 1000, ending: "unseen" }]);
    const all = await open(recording, await tempDirectory());
    assert.deepEqual([opened.fromMs, opened.toMs, opened.last], [all.fromMs, all.toMs, all.last]);
    assert.ok(Math.abs(opened.seconds - all.seconds) < 1);
  });

  it("finds it below the storage of a Culprit", async () => {
    const storage = await tempDirectory();
    await cp(recording, join(storage, "recording"), { recursive: true });
    assert.equal((await open(storage, await tempDirectory())).host.hostname, "web1");
  });

  it("shows of one segment, packed or not and whatever it is called, what the recording shows of that time", async () => {
    const directory = await tempDirectory();
    const packed = await readFile(join(recording, segmentNames[1]));
    await writeFile(join(directory, "from-web1"), packed);
    await writeFile(join(directory, "plain.txt"), gunzipSync(packed));
    const whole = await open(recording, await tempDirectory());
    for (const name of ["from-web1", "plain.txt"]) {
      const one = await open(join(directory, name), await tempDirectory());
      assert.equal(one.host.hostname, "web1");
      const range = rangeOf({ fromMs: one.fromMs, toMs: one.toMs + 1, stepMs: 1000 });
      assert.deepEqual(await one.lookBack.downsampled(range), await whole.lookBack.downsampled(range));
      assert.deepEqual(one.notes, []);
    }
  });

  it("shows what a torn or damaged file still has, and says on which line it is torn", async () => {
    const directory = await tempDirectory();
    const text = gunzipSync(await readFile(join(recording, segmentNames[1]))).toString("utf8");
    const lines = text.split("\n");
    const torn = [...lines.slice(0, 5), "}{", ...lines.slice(5, 20), lines[20]?.slice(0, 100)].join("\n");
    await writeFile(join(directory, "torn.jsonl"), torn);
    const opened = await open(join(directory, "torn.jsonl"), await tempDirectory());
    assert.equal((await seconds(opened)).seconds.filter((second) => second > 0).length, 19);
    assert.match(opened.notes.join("; "), /line 6 is no second of a recording \(expected \{"takenAtMs":\.\.\.\), and left out/);

    const packed = await readFile(join(recording, segmentNames[1]));
    await writeFile(join(directory, "torn.jsonl.gz"), packed.subarray(0, packed.length / 2));
    const half = await open(join(directory, "torn.jsonl.gz"), await tempDirectory());
    assert.ok(half.seconds > 10 && half.seconds < 75, String(half.seconds));
    assert.match(half.notes[0] ?? "", /torn or damaged/);
  });

  it("begins anew with its spikes where Culprit was started anew", async () => {
    const directory = await tempDirectory();
    const all = await recordedLines();
    const at = (index: number) => Number(/"takenAtMs":(\d+)/.exec(all[index] ?? "")?.[1]);
    const restarted = all.map((line, index) => (index === 45 ? line.replace(/"elapsedSeconds":[\d.]+,/, "") : line));
    await writeFile(join(directory, "restarted"), restarted.join("\n").concat("\n"));
    const { spikes } = await open(join(directory, "restarted"), await tempDirectory());
    const load = spikes.find(({ resource }) => resource === "load");
    assert.deepEqual([load?.ending, load?.endMs], ["unseen", at(44)]);
    assert.ok(spikes.every(({ startMs, endMs = 0 }) => startMs >= at(45) || endMs < at(45)));
  });

  it("refuses what a newer Culprit has written, and leaves out segments of one", async () => {
    const directory = await tempDirectory();
    const newer = '{"schemaVersion":2,"recording":"culprit","host":{},"culprit":"9.0.0"}\n{"takenAtMs":1}\n';
    await writeFile(join(directory, "20261121T160000.000Z.jsonl"), newer);
    const sentence = /the recording was written by a newer Culprit \(schema version 2\); this one reads up to version 1/;
    assert.match(await failure(open(directory, await tempDirectory())), sentence);
    assert.match(await failure(open(join(directory, "20261121T160000.000Z.jsonl"), await tempDirectory())), sentence);
    await cp(recording, directory, { recursive: true });
    const { notes } = await open(directory, await tempDirectory());
    assert.deepEqual(notes, ["1 of 3 segments were written by a newer Culprit, and are left out"]);
  });
});

describe("Opening an archive", () => {
  const tempDirectory = tempDirectories();

  /** Who leads is told from minutes where there are some, and here there are none. */
  async function withoutSummaries(): Promise<string> {
    const directory = join(await tempDirectory(), "recording");
    for (const name of segmentNames) await cp(join(recording, name), join(directory, name));
    return directory;
  }

  async function written(bytes: Buffer | string, name = "a.tar.gz"): Promise<string> {
    const path = join(await tempDirectory(), name);
    await writeFile(path, bytes);
    return path;
  }

  it("shows the same seconds as the recording that it was made of, over all of its ten minutes", async () => {
    const opened = await open(await written(await archiveOf()), await tempDirectory());
    const whole = await open(await withoutSummaries(), await tempDirectory());
    assert.equal(opened.kind, "archive");
    assert.deepEqual(opened.host, manifest.host);
    assert.deepEqual(await seconds(opened), await seconds(whole));
    assert.deepEqual(opened.spikes, whole.spikes);
    assert.deepEqual([opened.archive?.archive.id, opened.archive?.archive.name], [manifest.id, "HighLoad"]);
  });

  it("gives the word of its verdict.json the preference over what is found again", async () => {
    const found = (await open(recording, await tempDirectory())).spikes;
    const verdict = { sentence: "`sh` did it.", shares: [], final: false };
    const own: Spike = { ...spike, resource: "io", startMs: Date.UTC(2026, 10, 21, 15, 40, 20), verdict };
    const said = { resource: "io", source: "spike", verdict, spikes: [own] };
    const opened = await open(await written(await archiveOf({ "verdict.json": JSON.stringify(said) })), await tempDirectory());
    assert.equal(opened.verdict, "`sh` did it.");
    assert.deepEqual(
      opened.spikes.filter(({ resource }) => resource === "io"),
      [{ ...own, endMs: opened.toMs, ending: "unseen", verdict: { ...verdict, final: true } }],
    );
    const others = (spikes: readonly Spike[]) => spikes.filter(({ resource }) => resource !== "io");
    assert.equal(others(found).length, 2);
    assert.deepEqual(others(opened.spikes), others(found));
  });

  it("opens one that somebody has unpacked or only gunzipped", async () => {
    const archive = await archiveOf();
    const plain = await open(await written(gunzipSync(archive), "a.tar"), await tempDirectory());
    assert.equal(plain.host.hostname, "db1");
    const directory = await tempDirectory();
    await writeFile(join(directory, "snapshots.jsonl"), `${(await recordedLines()).join("\n")}\n`);
    await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
    const unpacked = await open(directory, await tempDirectory());
    assert.deepEqual([unpacked.kind, unpacked.host.hostname], ["archive", "db1"]);
    assert.deepEqual(await seconds(unpacked), await seconds(plain));
  });

  const good: Packed = { name: "top/manifest.json", text: JSON.stringify(manifest) };
  for (const [what, files, message] of [
    ["leads out by ..", [{ name: "top/../../etc/passwd" }, good], /holds "top\/\.\.\/\.\.\/etc\/passwd", which leads out of its folder/],
    ["has an absolute path", [{ name: "/etc/passwd" }, good], /leads out of its folder/],
    ["holds a link", [{ name: "top/x", type: "symlink", linkname: "/etc/passwd" }, good], /"top\/x", which is a symlink; .*files only/],
    ["is another tar", [{ name: "top/readme" }], /a tar file without a manifest\.json; expected an archive of Culprit/],
    ["holds no seconds", [good], /holds no recorded second.*summary\.txt says what is known/],
    ["has a foreign manifest", [{ name: "top/manifest.json", text: "{}" }], /manifest\.json is not Culprit's: schemaVersion/],
    ["has a broken manifest", [{ name: "top/manifest.json", text: "{" }], /manifest\.json of the archive is no JSON/],
    [
      "is of a newer Culprit",
      [{ name: "top/manifest.json", text: JSON.stringify({ ...manifest, schemaVersion: 2 }) }],
      /the archive was written by a newer Culprit \(schema version 2\)/,
    ],
  ] as const) {
    it(`refuses one that ${what}`, async () => {
      assert.match(await failure(open(await written(await tarGz(files)), await tempDirectory())), message);
    });
  }

  it("refuses a torn one", async () => {
    const whole = await archiveOf();
    assert.match(
      await failure(open(await written(whole.subarray(0, whole.length / 2)), await tempDirectory())),
      /the archive is torn or damaged/,
    );
  });

  it("refuses what unpacks to more than it may, and says which flag allows more", async () => {
    const lines = `${(await recordedLines()).join("\n")}\n`;
    const bomb = await archiveOf({ "snapshots.jsonl": lines.repeat(20) });
    assert.ok(bomb.length < 2 ** 21);
    const limits = { mostBytes: 2 ** 21, longestSeconds: 60 };
    const message = /its unpacked content is larger than 2\.1 MB; --max-size=SIZE allows more/;
    assert.match(await failure(open(await written(bomb), await tempDirectory(), { limits })), message);
    const header = gunzipSync(await readFile(join(recording, segmentNames[0])))
      .toString("utf8")
      .split("\n")[0];
    const packed = gzipSync(`${header}\n${lines.repeat(20)}`);
    assert.match(await failure(open(await written(packed, "s.jsonl.gz"), await tempDirectory(), { limits })), message);
    const endless = gzipSync(`${header}\n${"0".repeat(20 * 2 ** 20)}`);
    assert.match(await failure(open(await written(endless, "e.jsonl.gz"), await tempDirectory())), /there is no whole second in it/);
  });
});
