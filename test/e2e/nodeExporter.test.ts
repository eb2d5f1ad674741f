import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../src/collectors/seldomProgram.ts";
import { defaultExclusions } from "../../src/metrics/node/exclude.ts";
import { knownCollectors } from "../../src/metrics/node/knownCollectors.ts";
import { renderFamilies } from "../../src/metrics/registry.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { NodeMachine } from "../metrics/node/support.ts";
import { requireRoot, requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";
import { compareFamilies, parseExposition } from "./compareFamilies.ts";
import { readNodeDocument } from "./nodeDocument.ts";
import { freePort, RunningProgram } from "./programs.ts";

/** What scripts may write: every type, escapes, a name that only one series has a label for. */
const textFile = `# HELP backup_age_seconds Age of the "latest" backup,\\nof \\\\server.
# TYPE backup_age_seconds gauge
backup_age_seconds{path="C:\\\\data",note="a \\"b\\"\\nc"} 12.5
# TYPE jobs_total counter
jobs_total{queue="a"} 3
jobs_total{queue="b"} 1e+06
untyped_value NaN
infinite -Inf
# TYPE took_seconds histogram
took_seconds_bucket{le="0.50"} 1
took_seconds_bucket{le="1e6"} 2
took_seconds_bucket{le="+Inf"} 3
took_seconds_sum 4.5
took_seconds_count 3
# TYPE size_bytes summary
size_bytes{quantile="0.5"} 2
size_bytes_sum 10
size_bytes_count 4
`;

describe("node_* beside Debian's node_exporter on the same machine", function () {
  this.timeout(60_000);
  const document = readNodeDocument();
  const newDirectory = tempDirectories();

  before(function () {
    requireServer(this, "prometheus-node-exporter");
  });

  /** Starts node_exporter with the collectors that are offered here, scrapes it, then us, then it again, and compares. */
  async function differencesNow(textfiles: string): Promise<string[]> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/metrics`;
    const node = new NodeMachine({
      root: { procfs: "/proc", sysfs: "/sys", rootfs: "/" },
      clock: systemClock,
      textfileDirectories: [textfiles],
      run: runProgram,
    });
    const theirs = new RunningProgram("prometheus-node-exporter", [
      `--web.listen-address=127.0.0.1:${port}`,
      `--collector.textfile.directory=${textfiles}`,
      "--collector.disable-defaults",
      // Debian's package leaves out more than node_exporter by itself
      `--collector.filesystem.mount-points-exclude=${defaultExclusions.mountpoints.source}`,
      `--collector.filesystem.fs-types-exclude=${defaultExclusions.filesystemTypes.source}`,
      `--collector.diskstats.device-exclude=${defaultExclusions.disks.source}`,
      `--collector.netdev.device-exclude=${defaultExclusions.networkDevices.source}`,
      ...document.offered.map((collector) => `--collector.${collector}`),
    ]);
    try {
      await theirs.answers(url);
      const scrape = async () => parseExposition(await (await fetch(url, { headers: { Accept: "text/plain; version=0.0.4" } })).text());
      const before = await scrape();
      await node.tick();
      const { body } = await renderFamilies(node.families("node"), "text");
      const after = await scrape();
      return compareFamilies({ before, ours: parseExposition(body), after }, document.differences);
    } finally {
      await theirs.stop();
      node.close();
    }
  }

  it("has the same names, types, labels and values, but for what docs/node.md lists", async () => {
    const textfiles = await newDirectory();
    writeFiles(textfiles, { "jobs.prom": textFile });
    assert.deepEqual(await differencesNow(textfiles), []);
  });

  it("has the same when a text file is broken", async () => {
    const textfiles = await newDirectory();
    writeFiles(textfiles, { "broken.prom": "fine 1\nnot fine at all\n", "stamped.prom": "x 1 1700000000000\n", "good.prom": "good 1\n" });
    assert.deepEqual(await differencesNow(textfiles), []);
  });

  it("has the same of mounts that are read-only, have blanks in their names, lie where nobody looks, or are more than a page", async function () {
    requireRoot(this);
    const folder = await newDirectory();
    const named = [join(folder, "with a blank"), join(folder, "ro"), "/mnt/culprit-node-test", "/run/culprit-node-test"];
    // the kernel gives /proc/mounts by pages of 4 KiB
    const many = Array.from({ length: 30 }, (_, index) => join(folder, `${index}-${"long".repeat(40)}`));
    const points = [...many, ...named];
    try {
      for (const point of points) {
        mkdirSync(point, { recursive: true });
        const options = point.endsWith("ro") ? "ro,size=1m" : "size=1m";
        assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", options, "culprit test", point]).status, 0, point);
      }
      assert.deepEqual(await differencesNow(await newDirectory()), []);
    } finally {
      for (const point of points) spawnSync("umount", [point]);
      for (const point of points) spawnSync("rmdir", [point]);
    }
  });

  it("offers or explains every collector that node_exporter has", () => {
    const { stdout, stderr } = spawnSync("prometheus-node-exporter", ["--help"], { encoding: "utf8" });
    const known = [...(stdout + stderr).matchAll(/^ +--collector\.([a-z_]+)\s+Enable the/gm)].map(([, name]) => name);
    assert.ok(known.length > 40, `${known.length} collectors in the help text`);
    const explained = [...document.offered, ...document.notOffered.map((one) => one.collector)];
    assert.deepEqual([...explained].sort(), [...knownCollectors].sort());
    // Debian's is older
    for (const name of known) assert.ok(knownCollectors.has(name ?? ""), name);
  });
});
