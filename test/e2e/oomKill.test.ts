import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OomKill } from "../../src/model/oomKill.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { Sampling } from "../../src/sampler/sampling.ts";
import { createSpikes } from "../../src/spikes/spikes.ts";
import { requireFree, requireRoot } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { CgroupBoxes, type Hierarchy, whyNoCgroup } from "../workloads/cgroupBox.ts";
import { createEngine } from "../workloads/createEngine.ts";

const mib = 2 ** 20;
const limitBytes = 64 * mib;
/** It takes 3 MiB seven times a second, and writes to all of it. */
const eater = "const held = []; setInterval(() => held.push(Buffer.alloc(3 << 20, 1)), 150)";

describe("A process that the kernel really kills for memory [Linux]", function () {
  this.timeout(120_000);
  const newDirectory = tempDirectories();
  let boxes: CgroupBoxes | undefined;
  let engine: Sampling | undefined;
  afterEach(async () => {
    await engine?.sampler.stop();
    boxes?.remove();
    boxes = undefined;
    engine = undefined;
  });

  for (const [log, rootfs] of [
    ["by the kernel log", undefined],
    ["by what cgroups count, where the log is not there", "nowhere"],
  ] as const) {
    it(`is named with its unit and the limit ${log}`, async function () {
      requireRoot(this);
      const hierarchy: Hierarchy = whyNoCgroup("memory") === undefined ? "memory" : "unified";
      requireFree(this, whyNoCgroup(hierarchy));
      boxes = new CgroupBoxes(hierarchy);
      const unit = `culprit-test-${process.pid}.service`;
      const folder = boxes.make(`system.slice/${unit}`);
      requireFree(this, limit(folder, hierarchy));
      const kills: OomKill[] = [];
      const seen = new Map<string, Spike>();
      const spikes = createSpikes();
      let ticks = 0;
      engine = createEngine(rootfs === undefined ? {} : { rootfs: join(await newDirectory(), rootfs) });
      engine.subscribe(({ snapshot, shown }) => {
        ticks++;
        kills.push(...(snapshot.oomKills ?? []));
        for (const { spike } of spikes.take(snapshot, shown)) seen.set(spike.id, spike);
      });
      engine.sampler.start();
      await until(() => ticks >= 8);
      const victim = spawn("bash", ["-c", `echo $$ > ${folder}/cgroup.procs; exec "$0" -e '${eater}'`, process.execPath]);
      const ended = once(victim, "exit");
      assert.deepEqual(await ended, [null, "SIGKILL"]);
      await until(() => kills.length > 0);

      assert.equal(kills.length, 1);
      const [kill] = kills;
      assert.deepEqual(
        [kill?.pid, kill?.group.process, kill?.group.unit, kill?.limitBytes, kill?.isLimitAbove, kill?.isOfMachine],
        [victim.pid, "node", unit, limitBytes, undefined, undefined],
      );
      const [spike] = [...seen.values()].filter(({ resource }) => resource === "oom");
      const sentence = spike?.verdict?.sentence ?? "";
      assert.ok(sentence.includes(`\`node\` (unit ${unit}`) && sentence.includes(`pid ${victim.pid}`), sentence);
      assert.match(sentence, /its cgroup was at its limit of 64 MiB; in the \d+ s before, `node` had grown by \d+ MiB\.$/);
    });
  }
});

/** Gives the cgroup its limit; why it cannot have one. */
function limit(folder: string, hierarchy: Hierarchy): string | undefined {
  try {
    if (hierarchy === "unified") {
      for (const above of [dirname(dirname(folder)), dirname(folder)]) writeFileSync(join(above, "cgroup.subtree_control"), "+memory");
    }
    const file = join(folder, hierarchy === "unified" ? "memory.max" : "memory.limit_in_bytes");
    if (!existsSync(file)) return "cgroups must be able to limit memory";
    writeFileSync(file, String(limitBytes));
    // or it would swap instead
    for (const swap of ["memory.swap.max", "memory.memsw.limit_in_bytes"]) {
      if (existsSync(join(folder, swap))) writeFileSync(join(folder, swap), swap.includes("memsw") ? String(limitBytes) : "0");
    }
    return undefined;
  } catch (error) {
    return `cgroups must be able to limit memory (${error instanceof Error ? error.message : error})`;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 60_000; !isSo(); await new Promise((resolve) => setTimeout(resolve, 50))) {
    assert.ok(Date.now() < endMs, "it took too long");
  }
}
