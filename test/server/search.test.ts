import assert from "node:assert/strict";
import type { SearchAnswer } from "../../src/api/pastAnswers.ts";
import type { Spike } from "../../src/model/spike.ts";
import { group, snapshotAt } from "../recorder/support.ts";
import { Stage } from "./support.ts";

const minuteMs = 60_000;

describe("GET /api/search", () => {
  let stage: Stage;
  let nowMs: number;
  beforeEach(async () => {
    stage = await Stage.open();
    nowMs = stage.clock.wallMs();
  });
  afterEach(() => stage.close());

  const nginx = group("nginx", { cpuCores: 0.5 }, { unit: "nginx.service", user: "www-data" });

  /** A second in each of the last three minutes. */
  function record(): void {
    for (const ago of [3, 2, 1])
      stage.recorder.record(snapshotAt(nowMs - ago * minuteMs, [nginx, group("cron", { cpuCores: 0.1 })]), [nginx]);
  }

  const search = async (query: string) => (await stage.ask(`/api/search?${query}`)).json as unknown as SearchAnswer;

  it("tells in which minutes a name ran over the whole recording, with peak, total and a strip", async () => {
    record();
    const answer = await search("q=user:WWW");
    assert.deepEqual([answer.host, answer.total, answer.hasMore, answer.stepSeconds], ["web1", 1, false, 60]);
    const [match] = answer.matches;
    assert.deepEqual([match?.process, match?.unit, match?.minutes], ["nginx", "nginx.service", 3]);
    const firstMs = Math.floor((nowMs - 3 * minuteMs) / minuteMs) * minuteMs;
    assert.deepEqual([match?.firstMs, match?.lastMs, match?.ran], [firstMs, firstMs + 2 * minuteMs, [[firstMs, firstMs + 3 * minuteMs]]]);
    assert.deepEqual([match?.usage.cpuCores?.total, match?.usage.cpuCores?.peak], [1.5, 0.5]);
    assert.deepEqual(match?.usage.cpuCores?.strip.peak.slice(0, 3), [0.5, 0.5, 0.5]);
    assert.equal(answer.all?.minutes, 3);
  });

  it("names the spikes in which it had a part", async () => {
    record();
    const verdict = {
      sentence: "",
      final: true,
      shares: [{ group: { ...nginx, kind: "process" as const }, share: 0.7, from: 0, to: 1, pids: [] }],
    };
    const spike: Spike = {
      id: "s1",
      resource: "cpu",
      startMs: nowMs - minuteMs,
      peakMs: nowMs,
      baseline: 0,
      peak: 1,
      unit: "cores",
      verdict,
    };
    stage.spikes.push(spike);
    const { matches } = await search("q=n");
    assert.deepEqual(
      matches.map(({ process, spikes }) => [process, spikes]),
      [
        ["nginx", [{ id: "s1", resource: "cpu", startMs: nowMs - minuteMs, share: 0.7 }]],
        ["cron", []],
      ],
    );
  });

  it("looks into a part of the recording, in steps of one's own, at so many groups", async () => {
    record();
    const answer = await search(`q=n&from=${nowMs - 2 * minuteMs}&to=${nowMs}&step=2m&limit=1`);
    assert.deepEqual([answer.total, answer.matches.length, answer.stepSeconds], [2, 1, 120]);
    assert.equal(answer.matches[0]?.minutes, 2);
  });

  it("finds nobody, and says that nothing is recorded", async () => {
    record();
    const { total, matches, all, covered } = await search("q=apache");
    assert.deepEqual([total, matches, all, covered !== null], [0, [], null, true]);
    assert.equal((await search("q=nginx&from=1700000000000&to=1700000600000")).covered, null);
  });

  it("says what is wrong with a question", async () => {
    for (const [query, error] of [
      ["", /^q: expected a part of the name/],
      ["q=user:", /^q: expected a text behind "user:"/],
      ["q=a&from=now&to=-1h", /^from: expected a time before to/],
      ["q=a&limit=101", /^limit: expected a whole number from 1 to 100/],
      ["q=a&from=-7d&step=1m", /^step: expected at least 7m for this range/],
    ] as const) {
      const answer = await stage.ask(`/api/search?${query}`);
      assert.equal(answer.status, 400, query);
      assert.match(answer.error, error);
    }
  });
});
