import assert from "node:assert/strict";
import type { Spike } from "../../src/model/spike.ts";
import type { SpikeResource } from "../../src/model/spikeResource.ts";
import { fixturePath } from "../support/paths.ts";
import { type Played, play } from "./support/madeMachine.ts";
import { readTrace } from "./support/traceFile.ts";

/**
 * Nine and a half minutes of a real machine (2 CPUs, 24 GB), recorded with recordTrace.ts before the first threshold was written and
 * looked at by no one who chose one. Other work went on beside it. What was done when is known from the programs' own account.
 */
const truth = {
  /** A Python program that wrote 4 MiB ten times a second. */
  dump: { fromMs: 1795272138541, toMs: 1795272198617 },
  /** A shell that ran one short pipeline after the other. */
  loop: { fromMs: 1795272288926, toMs: 1795272333005 },
  /** A Python program that took 20 MiB more every second. */
  leak: { fromMs: 1795272408009, toMs: 1795272478395 },
};
/** Dirty pages lie in memory for half a minute. */
const writeBackMs = 35_000;

describe("a trace that was kept aside", () => {
  let played: Played;
  before(() => {
    played = play(readTrace(fixturePath("spikes", "kept-aside.jsonl.gz")));
  });

  function spikeOf(resource: SpikeResource, fromMs: number, toMs: number): Spike {
    const found = played.of(resource).find((spike) => spike.startMs >= fromMs - 1000 && spike.startMs <= toMs);
    assert.ok(
      found,
      JSON.stringify(
        played.all.map(({ id, verdict }) => [id, verdict?.sentence]),
        undefined,
        1,
      ),
    );
    return found;
  }

  function assertCulprit(spike: Spike, name: RegExp): void {
    assert.match(spike.verdict?.shares[0]?.group.process ?? "", name, spike.verdict?.sentence);
    assert.match(spike.verdict?.sentence ?? "", name);
  }

  it("names the writer of what the disk had to do", () => {
    const { fromMs, toMs } = truth.dump;
    assertCulprit(spikeOf("io", fromMs, toMs + writeBackMs), /aside-dump/);
  });

  it("names the shell behind the short commands, three seconds after it began", () => {
    const { fromMs, toMs } = truth.loop;
    const spike = spikeOf("cpu", fromMs, toMs);
    assertCulprit(spike, /aside-loop/);
    const told = played.events.find((event) => event.spike.id === spike.id);
    assert.equal(told?.kind, "started");
    // of the seconds that it filled: it began within the first one
    assert.ok(told.atMs <= fromMs + 4000, `${(told.atMs - fromMs) / 1000} s`);
  });

  it("names who took the memory", () => {
    const { fromMs, toMs } = truth.leak;
    assertCulprit(spikeOf("memory", fromMs, toMs), /aside-leak/);
  });

  it("accuses none of them of what others did before and after", () => {
    const atWork = ({ startMs }: Spike) =>
      Object.values(truth).some(({ fromMs, toMs }) => startMs >= fromMs - 1000 && startMs <= toMs + writeBackMs);
    const others = played.all.filter((spike) => !atWork(spike));
    for (const { verdict } of others) assert.doesNotMatch(verdict?.shares[0]?.group.process ?? "", /aside-/, verdict?.sentence);
  });
});
