import assert from "node:assert/strict";
import type { CompareAnswer } from "../../src/api/pastAnswers.ts";
import { group, other, snapshotAt } from "../recorder/support.ts";
import { Stage } from "./support.ts";

describe("GET /api/compare", () => {
  let stage: Stage;
  let nowMs: number;
  beforeEach(async () => {
    stage = await Stage.open();
    nowMs = stage.clock.wallMs();
    // an hour in which a backup begins twenty minutes ago, and burns for ten seconds ten minutes ago
    for (let second = 3600; second > 0; second--) {
      const backup = second > 1200 ? 0 : second > 600 && second <= 610 ? 3 : 1;
      const groups = [
        group("web", { cpuCores: 0.5 }),
        ...(backup === 0 ? [] : [group("backup", { cpuCores: backup })]),
        other({ cpuCores: 0.1 }),
      ];
      stage.recorder.record(snapshotAt(nowMs - second * 1000, groups), groups);
    }
  });
  afterEach(() => stage.close());

  const compare = async (query: string) => (await stage.ask(`/api/compare?${query}`)).json as unknown as CompareAnswer;
  const cpuOf = ({ resources }: CompareAnswer) => resources.find(({ resource }) => resource === "cpuCores");

  it("holds the earlier moment against the later one, whichever is asked for first", async () => {
    const answer = await compare(`at=${nowMs}&with=${nowMs - 1_800_000}`);
    assert.deepEqual([answer.host, answer.seconds], ["web1", 60]);
    assert.deepEqual(answer.earlier, { atMs: nowMs - 1_800_000, fromMs: nowMs - 1_830_000, toMs: nowMs - 1_770_000, recordedSeconds: 60 });
    assert.deepEqual([answer.later.fromMs, answer.later.toMs], [nowMs - 60_000, nowMs]);
    const cpu = cpuOf(answer);
    assert.deepEqual([cpu?.earlier, cpu?.later, cpu?.difference], [0.6, 1.6, 1]);
    assert.deepEqual(
      cpu?.lines.map(({ process, change, share }) => [process, change, share]),
      [["backup", "new", 1]],
    );
    assert.equal(cpu?.sentence, "CPU: 1.6 cores, 1 core more than before: `backup` is new (1 core, 100 %).");
    assert.deepEqual((await compare(`at=${nowMs - 1_800_000}&with=now`)).resources, answer.resources);
  });

  it("looks at as much around each moment as is asked for", async () => {
    const at = nowMs - 605_000;
    assert.equal(cpuOf(await compare(`at=${at}&with=-5m&seconds=10`))?.earlier, 3.6);
    const minute = cpuOf(await compare(`at=${at}&with=-5m`))?.earlier ?? 0;
    assert.ok(Math.abs(minute - (1.6 + 20 / 60)) < 0.01, String(minute));
  });

  for (const [query, status, expected] of [
    ["at=now", 400, /^with: expected the moment to compare with, such as now or yesterday 03:12$/],
    ["with=now", 400, /^with: expected another moment than at: both windows of 60 s would be the same$/],
    ["with=-5m&seconds=0", 400, /^seconds: expected a whole number from 1 to 604800, got "0"$/],
    ["with=soon", 400, /^with: expected a moment such as .*, got "soon"$/],
    [
      "with=-3h",
      404,
      /^nothing is recorded from 2026-11-21 06:59:30 UTC to 2026-11-21 07:00:30 UTC; what is recorded begins at 2026-11-21 0\d:/,
    ],
  ] as const) {
    it(`refuses ${query} and says why`, async () => {
      const answer = await stage.ask(`/api/compare?${query}`);
      assert.equal(answer.status, status);
      assert.match(answer.error, expected);
    });
  }
});
