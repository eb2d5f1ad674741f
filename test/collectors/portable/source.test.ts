import assert from "node:assert/strict";
import { settle } from "../../support/manualClock.ts";
import { outcome, PlayedSource } from "./playedSource.ts";

describe("the portable source [any OS]", () => {
  let played: PlayedSource;
  beforeEach(() => {
    played = new PlayedSource("synthetic-macos");
  });
  afterEach(() => played.end());

  describe("reading in the background", () => {
    it("has nothing before the first round is complete, and says so", async () => {
      const early = played.take();
      assert.ok(early.outcomes.every((one) => one.result === "failed"));
      assert.match(outcome(early, "memory"), /first reading is not complete/);
      assert.ok((await played.first()).memory);
    });

    it("calls back once a round, every five seconds", async () => {
      await played.first();
      await played.clock.advance(50);
      assert.equal(played.readings, 11);
    });

    it("gives a reading once", async () => {
      await played.first();
      const again = played.take();
      assert.match(outcome(again, "disks"), /no newer reading/);
      assert.deepEqual([again.cpu, again.disks, again.processes, again.network], [undefined, undefined, undefined, undefined]);
      await played.round(1);
      assert.ok(played.take().disks);
    });

    it("asks one thing at a time", async () => {
      await played.first();
      assert.deepEqual(played.system.asked, ["currentLoad", "processes", "mem", "networkStats", "fsStats", "fsSize"]);
    });

    it("looks less often where looking takes long, and again more often when it does not", async () => {
      const slow = () => new Promise<never>((_, reject) => played.clock.after(4, () => reject(new Error("slow"))));
      played.system.break("mem", slow);
      played.source.start(() => played.readings++);
      await settle();
      await played.clock.advance(4);
      assert.equal(played.source.intervalSeconds, 15);
      await played.clock.advance(60);
      assert.equal(played.readings, 5);
      assert.ok(played.lines().some((line) => line.intervalSeconds === 15));
      played.system.heal();
      await played.clock.advance(60);
      assert.equal(played.source.intervalSeconds, 5);
    });

    it("never looks less than once a minute", async () => {
      played.system.break("mem", () => new Promise(() => undefined));
      played.system.break("fsSize", () => new Promise(() => undefined));
      played.source.start(() => played.readings++);
      await settle();
      await played.clock.advance(45);
      assert.equal(played.source.intervalSeconds, 60);
    });

    it("cannot be started twice", async () => {
      await played.first();
      assert.throws(() => played.source.start(() => undefined), /started before/);
    });
  });

  describe("what goes wrong", () => {
    it("takes one part away and no other", async () => {
      played.system.break("mem", () => Promise.reject(new Error("vm_stat: command not found")));
      const sample = await played.first();
      assert.equal(outcome(sample, "memory"), "vm_stat: command not found");
      const failed = sample.outcomes.filter((one) => one.result !== "ok");
      assert.equal(failed.length, 1);
      assert.ok(sample.cpu && sample.processes && sample.network && sample.filesystems && sample.disks && sample.load);
      played.system.heal();
      await played.round(1);
      assert.ok(played.take().memory);
    });

    for (const [part, name] of [
      ["cpu", "currentLoad"],
      ["processes", "processes"],
      ["network", "networkStats"],
      ["disks", "fsStats"],
      ["filesystems", "fsSize"],
    ] as const) {
      it(`is the failure of ${part} alone when ${name} throws at once`, async () => {
        played.system.break(name, () => {
          throw new Error("no fork");
        });
        const sample = await played.first();
        assert.deepEqual(
          sample.outcomes.filter((one) => one.result === "failed").map((one) => [one.collector, one.reason]),
          [[part, "no fork"]],
        );
      });
    }

    it("is an empty list of processes, too: systeminformation swallows the errors of ps", async () => {
      await played.first();
      await played.round(1, { processes: { list: [] } });
      const sample = played.take();
      assert.match(outcome(sample, "processes"), /empty list/);
      await played.round(2);
      assert.ok(!played.take().processes?.vanished.some((key) => key.startsWith("1@")), "nobody vanished for want of a list");
    });

    it("is a question without an answer: its part is given up for the round, and not asked again while it is open", async () => {
      await played.first();
      let answer: (() => void) | undefined;
      played.system.break("fsSize", () => new Promise((_, reject) => (answer = () => reject(new Error("late")))));
      await played.clock.advance(5 + 20);
      const hanging = played.take();
      assert.match(outcome(hanging, "filesystems"), /fsSize did not answer within 20 s/);
      assert.ok(hanging.memory);
      await played.clock.advance(60);
      assert.equal(played.system.asked.filter((name) => name === "fsSize").length, 2);
      assert.equal(outcome(played.take(), "filesystems"), outcome(hanging, "filesystems"), "the reason stays, so that it is said once");
      answer?.();
      played.system.heal();
      await played.clock.advance(60);
      assert.ok(played.take().filesystems);
    });

    it("loses nothing of a counter whose answer came late", async () => {
      const first = await played.first();
      let answer: (() => void) | undefined;
      const late = { cpus: played.system.recorded(1).currentLoad.cpus };
      played.system.break("currentLoad", () => new Promise((resolve) => (answer = () => resolve(late as never))));
      await played.clock.advance(5 + 20);
      assert.match(outcome(played.take(), "cpu"), /currentLoad did not answer/);
      answer?.();
      await settle();
      played.system.heal();
      played.system.show(2);
      await played.clock.advance(60);
      const { cpu } = played.take();
      const [late0, next0] = [1, 2].map((index) => (played.system.recorded(index).currentLoad.cpus[0]?.rawLoadIdle ?? 0) / 1000);
      const rise = (cpu?.perCpu[0]?.modes.idle ?? 0) - (first.cpu?.perCpu[0]?.modes.idle ?? 0);
      assert.ok(rise >= (late0 ?? 0) + (next0 ?? 0) - 1e-9, `idle rose by ${rise}`);
    });

    it("is a listener that throws: it is told, and the rounds go on", async () => {
      played.source.start(() => {
        played.readings++;
        throw new Error("no");
      });
      await settle();
      await played.clock.advance(11);
      assert.equal(played.readings, 3);
      assert.ok(played.lines().some((line) => line.level === "error"));
    });
  });

  describe("its end", () => {
    it("leaves no timer", async () => {
      await played.first();
      await played.source.stop();
      assert.equal(played.clock.waiting, 0);
      await played.clock.advance(60);
      assert.equal(played.readings, 1);
    });

    it("waits for the question that is under way", async () => {
      let answer: (() => void) | undefined;
      played.system.break("mem", () => new Promise((_, reject) => (answer = () => reject(new Error("late")))));
      played.source.start(() => played.readings++);
      await settle();
      let ended = false;
      const end = played.source.stop().then(() => {
        ended = true;
      });
      await settle();
      assert.equal(ended, false);
      answer?.();
      await end;
      assert.deepEqual([played.readings, played.clock.waiting], [0, 0]);
    });

    it("does not wait for one that hangs", async () => {
      played.system.break("mem", () => new Promise(() => undefined));
      played.source.start(() => played.readings++);
      await settle();
      const end = played.source.stop();
      await played.clock.advance(3);
      await end;
      assert.equal(played.clock.waiting, 0);
    });

    it("comes with the closing of any collector", async () => {
      await played.first();
      played.source.collectors[0]?.close?.();
      await settle();
      assert.equal(played.clock.waiting, 0);
    });
  });
});
