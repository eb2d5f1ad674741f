import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { partsByFlag } from "../../src/collectors/linux.ts";
import { collectorFlags, switchableCollectors } from "../../src/config/collectors.ts";
import { ConfigError, loadConfig } from "../../src/config.ts";
import { createNodeCollectors } from "../../src/metrics/node/collectors.ts";
import { defaultExclusions } from "../../src/metrics/node/exclude.ts";
import { packageRoot } from "../support/paths.ts";

const load = (...argv: string[]) => loadConfig({ argv, env: {}, cwd: "/nowhere" }).collectors;

describe("the flags of collectors", () => {
  it("switch off what --no-collector.X names, and nothing else", () => {
    assert.deepEqual(load().disabled, []);
    assert.deepEqual(load("--no-collector.netdev", "--no-collector.textfile", "--collector.cpu").disabled, ["netdev", "textfile"]);
  });

  it("say where *.prom files are", () => {
    assert.deepEqual(load("--collector.textfile.directory=/a", "--collector.textfile.directory=b").textfileDirectories, [
      "/a",
      "/nowhere/b",
    ]);
  });

  it("refuse a collector that there is not", () => {
    assert.throws(
      () => load("--no-collector.netdve"),
      (error: Error) => error instanceof ConfigError && /no-collector\.netdev/.test(error.message),
    );
  });

  it("cover every part of a tick that can be left out and every collector of node_exporter that is offered", () => {
    const offered = createNodeCollectors(defaultExclusions).map((one) => one.collector);
    assert.deepEqual(Object.keys(switchableCollectors).sort(), [...new Set([...offered, ...Object.keys(partsByFlag)])].sort());
  });

  it("tell what every tick reads from what is read only for a scrape", () => {
    const ofTicks = collectorFlags.flatMap(({ name, isForScrapes }) =>
      isForScrapes === true ? [] : [name.replace(/^(?:no-)?collector\./, "")],
    );
    assert.deepEqual([...new Set(ofTicks)].sort(), Object.keys(partsByFlag).sort());
  });

  it("are the collectors of README.md's table, with what they are for", () => {
    const readme = readFileSync(join(packageRoot(), "README.md"), "utf8");
    const rows = [...readme.matchAll(/^\| `([a-z_]+)` \| (.+?) \| on \| (Linux|all) \|$/gm)].map(([, name, what]) => [name, what]);
    assert.deepEqual(Object.fromEntries(rows), switchableCollectors);
  });
});
