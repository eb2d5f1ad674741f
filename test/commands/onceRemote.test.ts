import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { TestMachine, waitFor } from "../e2e/machine.ts";
import { recording } from "../replay/support.ts";
import { mainPath } from "../support/paths.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { program } from "./support/program.ts";

describe("culprit once of the past of a Culprit that runs elsewhere", function () {
  this.timeout(120_000);
  const culprit = program();
  const tempDirectory = tempDirectories();
  let machine: TestMachine;
  let url: string;

  // a replay answers as a running Culprit does, and always the same
  before(async () => {
    machine = new TestMachine();
    const running = machine.start(process.execPath, [mainPath(), "replay", recording], { ...process.env, TMPDIR: machine.directory });
    url = await waitFor("the replay", async () => /: (http:\/\/\S+\/)\n/.exec(running.output())?.[1]);
  });
  after(() => machine.close());

  it("prints figures, groups and spikes of then as they are there", async () => {
    const folder = await tempDirectory();
    const stretch = ["--json", "--from=2026-11-21T15:40:10Z", "--to=2026-11-21T15:40:30Z"];
    const there = JSON.parse((await culprit(folder, ["once", ...stretch, url])).out);
    const here = JSON.parse((await culprit(folder, ["once", ...stretch, recording])).out);
    assert.equal(there.host, "web1");
    assert.deepEqual(there.spikes, here.spikes);
    assert.equal(there.figures.fullestFilesystem.mountpoint, here.figures.fullestFilesystem.mountpoint);
    const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 0.1 * Math.max(a, b), `${a} is not ${b}`);
    near(there.figures.cpu.busyCores, here.figures.cpu.busyCores);
    near(there.figures.memory.totalBytes, here.figures.memory.totalBytes);
    const written = ({ lines }: typeof here) =>
      lines.find(({ process }: { process: string }) => process === "sh").mean.writtenBytesPerSecond;
    near(written(there), written(here));
    const { code, out } = await culprit(folder, ["once", "--at=-45s", url]);
    assert.equal(code, 0);
    assert.match(out, /^I\/O, 2026-11-21 15:40:10 to 15:41:16 UTC: `sh` \(user root, pid 17711\) has caused 89 % of the rise/m);
    assert.match(out, /^Disk {6}all disks, .* read, .* written$/m);
  });

  it("says from when to when there is something where nothing is", async () => {
    const { code, err } = await culprit(await tempDirectory(), ["once", "--at=2026-11-20", url]);
    assert.equal(code, 1);
    assert.match(
      err,
      /^culprit: nothing is recorded from .*; what there is of web1 reaches from 2026-11-21 15:38:46 UTC to 2026-11-21 15:41:1\d UTC\n$/,
    );
  });

  for (const [what, status, body, expected] of [
    ["wants a token", 401, '{"error":"this needs a token"}', /asks for a token: this needs a token; --token-file=FILE names a file/],
    ["is no Culprit", 200, "<html></html>", /answered 200; expected a Culprit there, or the address of an archive or a table/],
    ["says no", 503, '{"error":"too many \\u001b[2J ranges"}', /answered 503: too many \\x1b\[2J ranges; expected a Culprit there/],
  ] as const) {
    it(`says so when the one that is asked ${what}`, async () => {
      const server = createServer((_, answer) => answer.writeHead(status, { "content-type": "application/json" }).end(body));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
        const { code, out, err } = await culprit(await tempDirectory(), ["once", "--at=-5m", address]);
        assert.deepEqual([code, out], [1, ""]);
        assert.match(err, expected);
      } finally {
        server.close();
      }
    });
  }
});
