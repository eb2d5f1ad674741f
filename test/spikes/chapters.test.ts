import assert from "node:assert/strict";
import type { Spike } from "../../src/model/spike.ts";
import { parseSpikeLine, spikeLine } from "../../src/recorder/format/spikeLine.ts";
import { type Actor, burns, idles, machine, play, secondOf } from "./support/madeMachine.ts";

const quiet = 320;

/** Two that burn one after the other, without a pause. */
const relay = (first: string, handover: number, second: string, end: number): readonly Actor[] => [
  idles("sshd"),
  burns(first, 2, quiet, quiet + handover),
  burns(second, 2.2, quiet + handover, quiet + end),
];

const spikeAfter = (actors: readonly Actor[], second: number, resource: Spike["resource"] = "cpu"): Spike => {
  const [spike] = play(machine({ actors }, quiet + second)).of(resource);
  assert.ok(spike !== undefined);
  return spike;
};

const leaders = ({ chapters = [] }: Spike) =>
  chapters.map(({ fromMs, toMs, verdict }) => [
    verdict.shares[0]?.group.process,
    secondOf(fromMs) - quiet,
    toMs === undefined ? undefined : secondOf(toMs) - quiet,
  ]);

describe("a spike that is handed over", () => {
  it("names who leads now within ten seconds, and says who it was first and for how long", () => {
    const spike = spikeAfter(relay("pg_dump", 120, "ffmpeg", 600), 130);
    assert.deepEqual(leaders(spike), [
      ["pg_dump", 0, 120],
      ["ffmpeg", 120, undefined],
    ]);
    assert.equal(spike.verdict?.shares[0]?.group.process, "ffmpeg");
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`ffmpeg` .* has caused \d+ % of the rise .* for \d+ s\. First it was `pg_dump` for 2 min\.$/,
    );
  });

  it("names them in order when it is over, and tells the whole rise", () => {
    const spike = spikeAfter(relay("pg_dump", 120, "ffmpeg", 160), 200);
    assert.equal(spike.endMs === undefined ? 0 : secondOf(spike.endMs) - quiet, 160);
    assert.deepEqual(leaders(spike), [
      ["pg_dump", 0, 120],
      ["ffmpeg", 120, 160],
    ]);
    assert.equal(spike.verdict?.shares[0]?.group.process, "pg_dump");
    assert.match(spike.verdict?.sentence ?? "", / First it was `pg_dump` for 2 min, then `ffmpeg` for 40 s\.$/);
    assert.deepEqual(parseSpikeLine(spikeLine(spike, 1))?.spike.chapters?.length, 2, "the store keeps them");
  });

  it("has a chapter for each of three, and for one that comes back", () => {
    const actors = [...relay("a", 60, "b", 120), burns("a2", 2, quiet + 120, quiet + 180), burns("b", 2, quiet + 180, quiet + 240)];
    assert.deepEqual(
      leaders(spikeAfter(actors, 230)).map(([name]) => name),
      ["a", "b", "a2", "b"],
    );
  });

  it("is handed over in memory as well: one lets go what another takes", () => {
    const holds = (process: string, from: number, to: number): Actor => ({
      process,
      does: (second) => ({ residentBytes: second >= quiet + from && second < quiet + to ? 6e9 : 1e8 }),
    });
    const spike = spikeAfter([idles("sshd"), holds("java", 0, 60), holds("python3", 60, 600)], 80, "memory");
    assert.equal(spike.verdict?.shares[0]?.group.process, "python3");
    assert.equal(spike.chapters?.[0]?.verdict.shares[0]?.group.process, "java");
  });

  it("has no chapters where the lead is not clear, or another only joins in", () => {
    const joins = [idles("sshd"), burns("first", 2, quiet, quiet + 200), burns("second", 1.8, quiet + 60, quiet + 200)];
    assert.equal(spikeAfter(joins, 150).chapters, undefined);
    const turns: Actor[] = ["cc1", "as"].map((process, index) => ({
      process,
      does: (second) => (second >= quiet && second % 2 === index ? { cpuCores: 2 } : undefined),
    }));
    assert.equal(spikeAfter([idles("sshd"), ...turns], 150).chapters, undefined);
  });

  it("begins with the trouble, not with something small that was over before", () => {
    const spike = spikeAfter([idles("sshd"), burns("small", 0.27, quiet - 35, quiet - 7), burns("tar", 1.6, quiet, quiet + 60)], 5);
    assert.equal(secondOf(spike.startMs) - quiet, 0);
    assert.match(
      spike.verdict?.sentence ?? "",
      /^`tar` \([^)]*\) has caused (9\d|100) % of the rise in CPU use from 0.03 to 1.6 cores for \d s\.$/,
    );
  });

  it("names the one of now although another did more of it and was gone before it was noticed", () => {
    const spike = spikeAfter([idles("sshd"), burns("small", 0.25, quiet - 30, quiet), burns("tar", 1.6, quiet, quiet + 60)], 3);
    assert.equal(spike.verdict?.shares[0]?.group.process, "tar");
    assert.match(spike.verdict?.sentence ?? "", /^`tar` \([^)]*\) has caused .* First it was `small` for 30 s\.$/);
  });

  it("names nobody beside the leader who has no part in it any more", () => {
    const both = [idles("sshd"), burns("stays", 1.5, quiet, quiet + 200), burns("goes", 1.2, quiet, quiet + 40)];
    const { verdict } = spikeAfter(both, 46);
    assert.match(verdict?.sentence ?? "", /^`stays` \([^)]*\) has caused .* First it was `stays` and `goes` for 40 s\.$/);
  });

  it("says that whoever it names has gone, and for how long", () => {
    const rest = burns("nobody-much", 0.5, quiet, quiet + 300);
    const actors = [
      idles("sshd"),
      burns("hog", 2.5, quiet, quiet + 100),
      ...["x", "y", "z", "w"].map((end) => ({ ...rest, process: `small-${end}` })),
    ];
    assert.match(spikeAfter(actors, 107).verdict?.sentence ?? "", /^`hog` .* `hog` has been gone for [3-7] s\.$/);
    const { verdict } = spikeAfter(actors, 120);
    assert.match(
      verdict?.sentence ?? "",
      /^No single process .* First it was `hog` for 1 min 40 s\. `hog` has been gone for (1\d|20) s\.$/,
    );
    assert.doesNotMatch(spikeAfter(actors, 100).verdict?.sentence ?? "", /gone/);
  });
});
