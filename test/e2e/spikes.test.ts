import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../src/log.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { SpikeResource } from "../../src/model/spikeResource.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import type { Spikes } from "../../src/spikes/contract.ts";
import { createSpikes } from "../../src/spikes/spikes.ts";
import { DeadMount } from "../support/deadMount.ts";
import { requireFree, requireFuse, whyNoFuse } from "../support/servers.ts";
import { isNamed, steadyHog } from "../workloads/cpuWorkloads.ts";
import { createEngine } from "../workloads/createEngine.ts";
import { diskDirectory } from "../workloads/diskDirectory.ts";
import { blockedName, blockedParent } from "../workloads/otherWorkloads.ts";
import { createTools } from "../workloads/run.ts";
import { RunningWorkload } from "../workloads/running.ts";
import { ownName, type Workload } from "../workloads/workload.ts";

/** So long the machine is looked at before anything is done to it. */
const quietSeconds = 15;

/** The real engine over this machine, with its spikes; workloads of a test live below a folder that goes with it. */
class Watch {
  readonly spikes: Spikes = createSpikes({ ancestorsOf: readAncestors });
  readonly seen = new Map<string, Spike>();
  readonly #reads = new HelperReads({ clock: systemClock, log: silentLog });
  readonly #engine = createEngine({ reads: this.#reads });
  readonly #directory = mkdtempSync(join(diskDirectory().path, "culprit-spikes-"));
  readonly #running: RunningWorkload[] = [];
  #ticks = 0;

  constructor() {
    this.#engine.subscribe(({ snapshot, shown }) => {
      this.#ticks++;
      for (const { spike } of this.spikes.take(snapshot, shown)) this.seen.set(spike.id, spike);
    });
    this.#engine.sampler.start();
  }

  async ticks(count: number): Promise<void> {
    const wanted = this.#ticks + count;
    const until = Date.now() + (count + 30) * 1000;
    while (this.#ticks < wanted && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(this.#ticks >= wanted, "the engine has stopped");
  }

  start(workload: Workload, seconds: number): RunningWorkload {
    const running = new RunningWorkload(workload, createTools(this.#directory, workload, seconds));
    this.#running.push(running);
    return running;
  }

  /** Waits for a spike of the resource whose sentence begins as it should. */
  async spikeOf(resources: readonly SpikeResource[], sentence: RegExp, seconds: number): Promise<Spike> {
    const isIt = (spike: Spike) => resources.includes(spike.resource) && sentence.test(spike.verdict?.sentence ?? "");
    for (let waited = 0; waited < seconds; waited++) {
      const found = [...this.seen.values()].find(isIt);
      if (found !== undefined) return found;
      await this.ticks(1);
    }
    const sentences = [...this.seen.values()].map(({ id, verdict }) => `${id}: ${verdict?.sentence}`);
    throw new Error(
      `no spike of ${resources} says ${sentence}:\n${sentences.join("\n")}\nnow: ${this.spikes.judgeNow(10, resources[0])?.verdict.sentence}`,
    );
  }

  async close(): Promise<void> {
    for (const running of this.#running) await running.stop();
    this.#engine.sampler.stop();
    this.#reads.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

describe("a spike on a real machine", function () {
  this.timeout(120_000);

  it("names a burner, its pid and its parent", async () => {
    const watch = new Watch();
    try {
      await watch.ticks(quietSeconds);
      const hog = steadyHog();
      // so many that even where the CPUs are busy already, and their use cannot rise, the load does
      const running = Array.from({ length: 3 * availableParallelism() }, (_, index) => watch.start({ ...hog, name: `hog ${index}` }, 30));
      const spike = await watch.spikeOf(["cpu", "load", "pressure"], new RegExp(`^\`[^\`]*${hog.process}`), 30);
      const [first] = spike.verdict?.shares ?? [];
      const pids = running.map(({ pid }) => pid);
      assert.ok((first?.pids.length ?? 0) > 0 && first?.pids.every((pid) => pids.includes(pid)), spike.verdict?.sentence);
      assert.ok((first?.parents?.length ?? 0) > 0);
    } finally {
      await watch.close();
    }
  });

  // at the same time, for neither burns anything and each is to be told from the other
  describe("when a disk is written to while others wait for a server that is gone", () => {
    const writer = diskWriter();
    let watch: Watch;
    let dead: DeadMount | undefined;
    before(async () => {
      watch = new Watch();
      await watch.ticks(quietSeconds);
      if (whyNoFuse() === undefined) {
        dead = new DeadMount();
        for (let index = 0; index < 8; index++) watch.start(blockedParent(dead.path, index), 30);
      }
      if (diskDirectory().obstacle === undefined) watch.start(writer, 25);
    });
    after(async () => {
      dead?.revive();
      await watch.ticks(1);
      dead?.remove();
      await watch.close();
    });

    it("says of tasks in uninterruptible sleep that they wait, and where", async function () {
      requireFuse(this);
      const spike = await watch.spikeOf(["load"], new RegExp(`^\`[^\`]*${blockedName}.* by waiting in uninterruptible sleep`), 30);
      const [first] = spike.verdict?.shares ?? [];
      assert.equal(first?.waiting, true);
      assert.ok((first?.to ?? 0) > 6, spike.verdict?.sentence);
    });

    it("names a writer by what the disk has to do", async function () {
      requireFree(this, diskDirectory().obstacle);
      const spike = await watch.spikeOf(["io"], new RegExp(`^\`[^\`]*${writer.process}\` .* disk writes`), 50);
      assert.equal(spike.aspect, "writes");
      assert.ok((spike.verdict?.shares[0]?.share ?? 0) > 0.5, spike.verdict?.sentence);
    });
  });
});

/** Writes as fast as the disk takes it. */
function diskWriter(): Workload {
  const process = ownName("filler");
  return {
    name: "a writer that waits for the disk",
    process,
    command: (tools) => [...tools.node(process, "fsyncWriter.ts"), `${tools.seconds}`, join(tools.directory, "filled")],
    owns: isNamed(process),
  };
}

/** As the ledger would tell them. */
function readAncestors(pid: number): readonly string[] {
  const names: string[] = [];
  try {
    for (let at = parentOf(pid); at > 0; at = parentOf(at)) names.push(readFileSync(`/proc/${at}/comm`, "utf8").trim());
  } catch {
    // gone meanwhile
  }
  return names;
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}
