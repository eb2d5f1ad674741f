import assert from "node:assert/strict";
import { type Actor, burns, idles, machine, play } from "./support/madeMachine.ts";

const wants = (process: string, tasks: number, cores: number): Actor => ({
  process,
  does: () => ({ cpuCores: cores, runningTasks: tasks }),
});

const strainedAfter = (seconds: number, options: Parameters<typeof machine>[0]) => play(machine(options, seconds)).spikes.strained();

describe("a machine that suffers without a spike", () => {
  it("is told within ten seconds of a start, with who wants the CPU most and since when that is known", () => {
    const strained = strainedAfter(10, { cores: 2, actors: [idles("sshd"), wants("stress-ng", 20, 1.7), wants("cron", 2, 0.29)] });
    assert.equal(strained?.resource, "cpu");
    assert.equal(strained.judgement.verdict.basis, "demand");
    assert.match(
      strained.sentence,
      /^All CPUs are busy \(2 of 2 cores\) and nothing can rise: `stress-ng` .* wants most, with 91 % of the runnable tasks\. It was so already when Culprit began to look, 10 s ago\.$/,
    );
  });

  it("is told of memory, of waiting for disks, and of a load that no CPU explains", () => {
    const hoard: Actor = { process: "java", does: () => ({ residentBytes: 15.5e9 }) };
    assert.match(strainedAfter(20, { actors: [idles("sshd"), hoard] })?.sentence ?? "", /`java` .* uses the most/);
    const dump: Actor = { process: "dump", does: () => ({ writtenBytesPerSecond: 200e6 }) };
    const io = strainedAfter(20, { actors: [idles("sshd"), dump], host: () => ({ pressure: { io: 0.8 } }) });
    assert.deepEqual([io?.resource, io?.judgement.verdict.shares[0]?.group.process], ["io", "dump"]);
    const stuck: Actor = { process: "nfsd", waitChannel: "rpc_wait_bit_killable", does: () => ({ uninterruptibleTasks: 23 }) };
    const load = strainedAfter(20, { actors: [idles("sshd"), stuck] });
    assert.deepEqual([load?.resource, load?.judgement.verdict.shares[0]?.group.process], ["load", "nfsd"]);
  });

  it("goes on being told when it has become usual, and says for how long it has been so", () => {
    const strained = strainedAfter(3000, { cores: 2, actors: [idles("sshd"), { ...burns("hog", 2, 600, 9000), process: "hog" }] });
    assert.match(strained?.sentence ?? "", /It has been so for \d+ min/);
  });

  it("is none on a quiet machine, in a busy second, or when it is over", () => {
    assert.equal(strainedAfter(60, { actors: [idles("sshd"), burns("hog", 1, 0, 60)] }), undefined);
    assert.equal(strainedAfter(43, { cores: 2, actors: [idles("sshd"), burns("hog", 2, 40, 42)] }), undefined);
    assert.equal(strainedAfter(60, { cores: 2, actors: [idles("sshd"), burns("hog", 2, 0, 40)] }), undefined);
  });

  it("is a spike as well where a quiet minute was seen before, with the burner's name", () => {
    const tasks = burns("stress-ng", 2, 20, 200);
    const { of } = play(
      machine({ cores: 2, actors: [idles("sshd"), tasks], host: (second) => ({ pressure: { cpu: second >= 20 ? 0.9 : 0.01 } }) }, 28),
    );
    assert.equal(of("cpu")[0]?.verdict?.shares[0]?.group.process, "stress-ng");
  });
});
