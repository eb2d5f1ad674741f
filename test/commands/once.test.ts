import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, untarFile } from "../e2e/machine.ts";
import { burners } from "../support/burner.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { type Ended, program } from "./support/program.ts";

describe("culprit once", function () {
  this.timeout(240_000);
  const culprit = program();
  const burn = burners();
  const tempDirectory = tempDirectories();

  /** Ctrl-C after some seconds; after more of them where it came too early, for how long a start takes is the machine's affair. */
  async function interrupted(folder: string, args: readonly string[], cameTooEarly: (ended: Ended) => boolean = () => false) {
    for (let seconds = 4; ; seconds *= 2) {
      const begunMs = Date.now();
      const ended = await culprit(folder, args, async () => Date.now() - begunMs > seconds * 1000);
      // without a code: it was not there yet to hear of it
      if (seconds > 60 || !(ended.code === null || cameTooEarly(ended))) return ended;
    }
  }

  it("prints figures, verdict and table, and writes nothing anywhere", async () => {
    const folder = await tempDirectory();
    await burn();
    const { code, out, err } = await culprit(folder, ["once", "--seconds=3"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^CPU {7}\d+ %, \d\.\d\d of \d+ cores? busy, at most \d+ %$/m);
    assert.match(out.replaceAll("\n", " "), /Who uses most, not who rose: nothing was seen of the time before these \d\.?\d* s\./);
    assert.match(out, /^ \d\.\d\d .* node$/m, "the burner is in the table");
    assert.match(out, /^CORES +RUN +WAIT +MEMORY +READ\/s +WRITE\/s +USER/m);
    assert.ok(!out.includes("\u001b"), "no colours in a pipe");
    assert.deepEqual(await readdir(folder), []);
  });

  it("prints what was seen when Ctrl-C ends the look early", async () => {
    const args = ["once", "--seconds=3600"];
    const { code, out, err } = await interrupted(await tempDirectory(), args, ({ err }) => /before anything was seen/.test(err));
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^CORES /m);
  });

  it("is silent for cron while nothing is above", async () => {
    const folder = await tempDirectory();
    const args = ["once", "--seconds=1", "--capture-above=load5=100000", "--capture-above=memory=99.99%", "--storage.path=s"];
    assert.deepEqual(await culprit(folder, args), { code: 0, out: "", err: "" });
    assert.deepEqual(await readdir(folder), []);
  });

  it("captures what it has seen when something is above, prints one line and ends with 3", async () => {
    const folder = await tempDirectory();
    const port = await freePort();
    const { pid } = await burn();
    const { code, out, err } = await culprit(folder, [
      ...["once", "--seconds=2", "--capture-above=load5=100000", "--capture-above=memory=0%", "--capture-above=cpu=1%"],
      ...["--storage.path=s", `--web.listen-address=127.0.0.1:${port}`],
    ]);
    assert.deepEqual([code, err], [3, ""]);
    const [, path = ""] = /^Memory usage is \d.*, above 0 %; CPU usage is \d.*, above 1 %; captured: (.+\.tar\.gz)\n$/.exec(out) ?? [];
    const files = await untarFile(path);
    assert.match(files.get("summary.txt") ?? "", /^Reason {2}Memory usage is .*, above 0 %; CPU usage is/m);
    const burnt = (files.get("snapshots.jsonl") ?? "").split("\n").filter((line) => line.includes(`"pid":${pid}`));
    assert.ok(burnt.length >= 2, "the seconds of the look are in the archive");
    assert.deepEqual((await readdir(join(folder, "s"))).sort(), ["archives", "audit.jsonl", "captures", "recording"]);
  });

  it("fails, and says so, where the machine does not have what is to be watched", async () => {
    const folder = await tempDirectory();
    const { code, out, err } = await culprit(folder, [
      ...["once", "--seconds=1", "--capture-above=load5=100000", "--no-collector.loadavg", "--storage.path=s"],
    ]);
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(err, "culprit: --capture-above: the load over 5 minutes cannot be read on this machine\n");
  });

  it("says nothing and ends with 130 when it is interrupted before it knows", async () => {
    const folder = await tempDirectory();
    const args = ["once", "--seconds=600", "--capture-above=memory=0%", "--storage.path=s"];
    assert.deepEqual(await interrupted(folder, args), { code: 130, out: "", err: "" });
    assert.deepEqual(await readdir(folder), []);
  });

  it("ends with 1 and one line when there is something to capture and no place for it", async () => {
    const folder = await tempDirectory();
    await writeFile(join(folder, "file"), "");
    const port = await freePort();
    const { code, out, err } = await culprit(folder, [
      ...["once", "--seconds=1", "--capture-above=memory=0%", "--storage.path=file/s", `--web.listen-address=127.0.0.1:${port}`],
    ]);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^culprit: Memory usage is .*, above 0 %; cannot capture into .*file\/s \(--storage\.path\): ENOTDIR.*\n$/);
  });

  for (const [args, message] of [
    [["--seconds=0"], /^culprit: --seconds: expected a number from 1 to 3600, got "0"\n$/],
    [["--seconds=3601"], /^culprit: --seconds: expected a number from 1 to 3600, got "3601"\n$/],
    [["--seconds=5s"], /^culprit: --seconds: expected a number from 1 to 3600, got "5s"\n$/],
    [["--capture-above=lod5=2"], /^culprit: --capture-above: unknown metric; did you mean load5\?; got "lod5=2"\n$/],
    [["--web.telemetry-path=/m"], /^culprit: --web\.telemetry-path: culprit once does not take it/],
    [["now"], /^culprit: unexpected "now"; expected --at or --from with it/],
  ] as const) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { code, out, err } = await culprit(await tempDirectory(), ["once", ...args]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
