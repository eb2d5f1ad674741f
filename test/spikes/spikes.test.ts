import assert from "node:assert/strict";
import type { Spike } from "../../src/model/spike.ts";
import type { SpikeResource } from "../../src/model/spikeResource.ts";
import { type Actor, burns, idles, type MachineOptions, machine, play, secondOf, seeded } from "./support/madeMachine.ts";

/** So long nothing happens: the usual is well known then. */
const quiet = 320;

function only(spikes: readonly Spike[]): Spike {
  assert.equal(spikes.length, 1, JSON.stringify(spikes, undefined, 1));
  return spikes[0] as Spike;
}

describe("a spike", () => {
  for (const cores of [2, 4, 16, 64]) {
    it(`is noticed within three seconds of a step, with its culprit (${cores} CPUs)`, () => {
      const { events } = play(machine({ cores, actors: [idles("sshd"), burns("hog", cores / 2, quiet, quiet + 60)] }, quiet + 3));
      const started = events.find(({ spike }) => spike.resource === "cpu");
      assert.equal(started?.kind, "started");
      assert.equal(secondOf(started.spike.startMs), quiet);
      assert.equal(started.spike.verdict?.shares[0]?.group.process, "hog");
    });
  }

  const isOn = (second: number) => second >= quiet;
  const steps: readonly (readonly [SpikeResource, Actor, MachineOptions["host"]?])[] = [
    ["load", { process: "queue", does: (second) => (isOn(second) ? { runningTasks: 6, uninterruptibleTasks: 2 } : undefined) }],
    ["memory", { process: "hoard", does: (second) => ({ residentBytes: isOn(second) ? 3e9 : 1e8 }) }],
    ["io", { process: "dump", does: (second) => (isOn(second) ? { writtenBytesPerSecond: 20e6 } : undefined) }],
    ["io", { process: "scan", does: (second) => (isOn(second) ? { readBytesPerSecond: 20e6 } : undefined) }],
    ["pressure", burns("hog", 1, quiet, quiet + 60), (second) => ({ pressure: isOn(second) ? { io: 0.5 } : {} })],
  ];
  for (const [resource, actor, host] of steps) {
    it(`is noticed within three seconds of a step (${resource}: ${actor.process})`, () => {
      const { events } = play(machine({ actors: [idles("sshd"), actor], ...(host === undefined ? {} : { host }) }, quiet + 3));
      const started = events.find(({ spike }) => spike.resource === resource);
      assert.equal(started?.kind, "started");
      assert.equal(secondOf(started.spike.startMs), quiet);
    });
  }

  it("has a beginning, a peak and an end, and is told to begin and to end once", () => {
    const hog: Actor = {
      ...burns("hog", 2, quiet, quiet + 40),
      does: (second) => (second >= quiet && second < quiet + 40 ? { cpuCores: second === quiet + 20 ? 3 : 2 } : undefined),
    };
    const { events, of } = play(machine({ actors: [idles("sshd"), hog] }, quiet + 80));
    const spike = only(of("cpu"));
    assert.deepEqual(
      [spike.startMs, spike.peakMs, spike.endMs].map((ms) => secondOf(ms ?? 0)),
      [quiet, quiet + 21, quiet + 40],
    );
    assert.ok(Math.abs(spike.baseline - 0.035) < 0.02 && Math.abs(spike.peak - 3.03) < 0.03, `${spike.baseline} to ${spike.peak}`);
    assert.equal(spike.ending, "fell_back");
    const kinds = events.filter(({ spike: { resource } }) => resource === "cpu").map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)], ["started", "updated", "ended"]);
    assert.deepEqual([kinds.filter((kind) => kind === "started").length, kinds.filter((kind) => kind === "ended").length], [1, 1]);
  });

  it("is one, where the work comes in gusts", () => {
    const gusts: Actor = {
      process: "gusty",
      does: (second) => ({ cpuCores: second >= quiet && second < quiet + 60 && second % 8 < 4 ? 2 : 0 }),
    };
    only(play(machine({ actors: [idles("sshd"), gusts] }, quiet + 100)).of("cpu"));
  });

  it("is seen at once, and to its end, beside a neighbour that flutters by as much", () => {
    const calm = 900;
    const flutters: Actor = { process: "flutters", does: (second) => ({ cpuCores: second % 40 < 20 ? 2.6 : 0 }) };
    const actors = [idles("sshd"), flutters, burns("pg_dump", 3.3, calm, calm + 70)];
    const at = (second: number) => play(machine({ cores: 8, actors }, calm + second)).of("cpu");
    assert.deepEqual(at(0), []);
    const spike = only(at(3));
    assert.equal(secondOf(spike.startMs), calm);
    assert.equal(spike.verdict?.shares[0]?.group.process, "pg_dump");
    assert.equal(secondOf(only(at(120)).endMs ?? 0), calm + 70);
  });

  it("is none for a blip of a second", () => {
    const blip = burns("cron", 2, quiet, quiet + 1);
    assert.deepEqual(play(machine({ actors: [idles("sshd"), blip] }, quiet + 60)).of("cpu"), []);
  });

  it("is none for the flutter of an idle machine", () => {
    const random = seeded(1);
    const flutter: Actor = { process: "flutter", does: () => ({ cpuCores: random() ** 6 * 0.8, runningTasks: random() < 0.1 ? 2 : 0 }) };
    assert.deepEqual(play(machine({ cores: 2, actors: [idles("sshd"), flutter] }, 3 * 3600)).all, []);
  });

  it("is noticed when it comes slowly", () => {
    const ramp: Actor = { process: "ramp", does: (second) => ({ cpuCores: Math.min(3, Math.max(0, (second - quiet) / 200)) }) };
    const spike = only(play(machine({ actors: [idles("sshd"), ramp] }, quiet + 700)).of("cpu"));
    assert.ok(secondOf(spike.startMs) < quiet + 120, `${secondOf(spike.startMs)}`);
    assert.match(spike.verdict?.sentence ?? "", /^`ramp` .* has caused \d+ % of the rise in CPU use from 0\.0\d to /);
  });

  it("is none where the machine is always at 100 %", () => {
    const { all } = play(machine({ cores: 2, actors: [burns("miner", 2, 0, 9000)] }, 9000));
    assert.deepEqual(all, []);
  });

  it("ends when it has become the usual, and the fall and the next rise are seen again", () => {
    const day = burns("batch", 2, quiet, quiet + 7200);
    const again = burns("batch2", 2, quiet + 8000, quiet + 8060);
    const { of } = play(machine({ actors: [idles("sshd"), day, again] }, quiet + 8100));
    const [first, second, ...more] = of("cpu");
    assert.deepEqual(more, []);
    assert.equal(first?.ending, "became_normal");
    assert.ok(Math.abs(secondOf(first?.endMs ?? 0) - (quiet + 1800)) <= 2);
    assert.equal(secondOf(second?.startMs ?? 0), quiet + 8000);
    assert.equal(second?.verdict?.shares[0]?.group.process, "batch2");
  });

  it("is not ended by a hiccup, but by a suspend, at the last moment before it", () => {
    const actors = [idles("sshd"), burns("hog", 3, quiet, quiet + 100)];
    const hiccup = play(machine({ actors, elapsed: (second) => (second === quiet + 20 ? 8 : 1) }, quiet + 60));
    assert.equal(only(hiccup.of("cpu")).endMs, undefined);
    const asleep = play(machine({ actors, elapsed: (second) => (second === quiet + 20 ? 7200 : 1) }, quiet + 21));
    const spike = only(asleep.of("cpu"));
    assert.deepEqual([spike.ending, secondOf(spike.endMs ?? 0)], ["gap", quiet + 20]);
    assert.match(spike.verdict?.sentence ?? "", /for 20 s\.$/);
  });

  it("is not made by a suspend", () => {
    const busy = (second: number) => (second === quiet ? { busyCores: 4, written: 1e9 } : {});
    const actors = [idles("sshd")];
    assert.deepEqual(play(machine({ actors, host: busy, elapsed: (second) => (second === quiet ? 3600 : 1) }, quiet + 60)).all, []);
  });

  it("needs some seconds of past, and in the first minute only a large one is told, with the warning that little is known", () => {
    const at = (cores: number, from: number) => play(machine({ actors: [idles("sshd"), burns("hog", cores, from, 90)] }, 90)).of("cpu");
    assert.deepEqual(at(3, 2), []);
    assert.deepEqual(at(0.6, 20), []);
    const spike = only(at(3, 20));
    assert.equal(spike.knownSeconds, 20);
    assert.match(spike.verdict?.sentence ?? "", /^`hog` .* Baseline: only 20 s of history\.$/);
  });

  it("of a habit is told a few times, and then only when it is larger than usual", () => {
    const job: Actor = { process: "cron", does: (second) => ({ cpuCores: second > quiet && second % 400 < 4 ? 1 : 0, runningTasks: 0 }) };
    const runaway = burns("runaway", 2, 20_000, 20_060);
    const { of } = play(machine({ cores: 2, actors: [idles("sshd"), job, runaway] }, 20_100));
    const told = of("cpu");
    assert.ok(told.length >= 2 && told.length <= 8, `${told.length} of 50`);
    assert.equal(told.at(-1)?.verdict?.shares[0]?.group.process, "runaway");
    assert.ok(secondOf(told.at(-1)?.startMs ?? 0) <= 20_001);
  });

  it("is none in a quiet day: jobs of cron's, small bursts, log files, a cache that fills", function () {
    this.timeout(120_000);
    assert.deepEqual(play(machine(quietDay(), 86_400)).all, []);
  });

  it("counts for the totals when it begins", () => {
    const { spikes } = play(machine({ actors: [idles("sshd"), burns("hog", 3, quiet, quiet + 20)] }, quiet + 60));
    const { totals, newest } = spikes.figures();
    assert.deepEqual(totals, { cpu: 1, load: 1, memory: 0, io: 0, pressure: 0, oom: 0 });
    assert.deepEqual(
      newest.map(({ resource }) => resource),
      ["cpu", "load"],
    );
    assert.deepEqual(spikes.active(), []);
    assert.equal(spikes.recent().length, 2);
  });

  it("is the same when the same seconds are played again", () => {
    const made = () =>
      play(machine({ actors: [idles("sshd"), burns("a", 2, quiet, quiet + 30), burns("b", 1, quiet, quiet + 50)] }, quiet + 90)).events;
    assert.deepEqual(made(), made());
  });
});

/** A small server on a day on which nothing happens. The bursts are as they are seen on one: seldom more than a second, now and then two. */
function quietDay() {
  const random = seeded(20261121);
  let burst = 0;
  const bursts: Actor = {
    process: "app",
    does() {
      burst = random() < 0.02 ? 0.7 * random() : burst * 0.3;
      return {
        cpuCores: 0.03 + burst,
        runningTasks: random() < 0.03 ? 1 : 0,
        residentBytes: 400e6 + 20e6 * random(),
        readBytesPerSecond: random() < 0.01 ? 4e6 * random() : 0,
      };
    },
  };
  const cron: Actor = {
    process: "cron",
    does: (second) => {
      const sincePast = second % 3600 === 17 ? 0.9 : second % 3600 === 18 ? 0.4 : second % 60 === 1 ? 0.5 : 0;
      return { cpuCores: sincePast, runningTasks: sincePast > 0 ? 1 : 0, residentBytes: 5e6 };
    },
  };
  const logs: Actor = {
    process: "rsyslogd",
    does: () => ({ cpuCores: 0.005, residentBytes: 30e6, writtenBytesPerSecond: 5e4 * random() }),
  };
  // the daily work of people: slow, and small beside the machine
  const people: Actor = {
    process: "php-fpm",
    does: (second) => ({
      cpuCores: 0.1 * (1 - Math.cos((second / 86_400) * 2 * Math.PI)) * (0.7 + 0.6 * random()),
      residentBytes: 200e6 + 80e6 * (1 - Math.cos((second / 86_400) * 2 * Math.PI)),
    }),
  };
  return {
    cores: 2,
    memoryBytes: 8e9,
    actors: [idles("sshd"), bursts, cron, logs, people],
    // what was logged reaches the disk every half a minute
    host: (second: number) => ({
      written: second % 30 === 5 ? 3e6 + 3e6 * random() : second % 5 === 0 ? 2e5 * random() : 0,
      pressure: { cpu: 0.02 * random(), io: random() < 0.02 ? 0.1 * random() : 0 },
    }),
  };
}
