import assert from "node:assert/strict";
import type { TriggerFiring } from "../../src/model/trigger.ts";
import { Stage } from "./support.ts";

const firing: TriggerFiring = {
  id: "0123456789abcdef",
  trigger: "HighDiskUsage",
  metric: "disk",
  instance: "/data",
  reason: "Disk usage of /data is 95 %, above 90 %",
  direction: "above",
  threshold: 0.9,
  value: 0.95,
  onsetMs: 1000,
  firedAtMs: 2000,
};

describe("/api/triggers", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  it("shows the thresholds, how the machine stands against them, and the newest firings", async () => {
    const settings = { forSeconds: 0, cooldownSeconds: 600, capture: true, notify: ["slack"] };
    stage.triggerStatus = [
      {
        rule: { name: "HighDiskUsage", metric: "disk", threshold: { direction: "above", value: 0.9 }, ...settings },
        threshold: 0.9,
        state: "firing",
        value: 0.95,
        instances: [
          { instance: "/data", state: "firing", value: 0.95, sinceMs: 1000, firedAtMs: 2000 },
          { instance: "/mnt", state: "unknown" },
        ],
      },
      { rule: { name: "Spike", metric: "spike", ...settings }, state: "unknown", instances: [] },
    ];
    stage.triggerFirings = [firing];
    const answer = await stage.ask("/api/triggers", { headers: stage.bearer("read") });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, {
      host: "web1",
      triggers: [
        {
          name: "HighDiskUsage",
          metric: "disk",
          direction: "above",
          threshold: 0.9,
          ...settings,
          state: "firing",
          value: 0.95,
          instances: [
            { instance: "/data", state: "firing", value: 0.95, sinceMs: 1000, firedAtMs: 2000 },
            { instance: "/mnt", state: "unknown", value: null },
          ],
        },
        { name: "Spike", metric: "spike", direction: null, threshold: null, ...settings, state: "unknown", value: null, instances: [] },
      ],
      firings: [firing],
    });
  });

  it("asks for a token with the scope read", async () => {
    assert.equal((await stage.ask("/api/triggers")).status, 401);
    assert.equal((await stage.ask("/api/triggers", { headers: stage.bearer("capture") })).status, 403);
  });
});

describe("/api/log", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
    for (const [level, message] of [
      ["debug", "detail"],
      ["info", "with hunter2 in it"],
      ["error", "bad"],
    ]) {
      stage.logRing.write(JSON.stringify({ level, time: "2026-11-21T10:00:00.000Z", message, deep: { list: ["hunter2", 1] } }));
    }
  });
  afterEach(() => stage.close());

  const read = async (query: string) => stage.ask(`/api/log${query}`, { headers: stage.bearer("read") });

  it("shows the lines from info on, without secrets", async () => {
    const { status, json } = await read("");
    assert.equal(status, 200);
    assert.deepEqual(json, {
      lines: [
        {
          sequence: 2,
          time: "2026-11-21T10:00:00.000Z",
          level: "info",
          message: "with *** in it",
          fields: { deep: { list: ["***", 1] } },
        },
        { sequence: 3, time: "2026-11-21T10:00:00.000Z", level: "error", message: "bad", fields: { deep: { list: ["***", 1] } } },
      ],
      newest: 3,
      missed: 0,
    });
  });

  it("shows what is newer, and of which level, as asked", async () => {
    const sequences = async (query: string) => ((await read(query)).json.lines as { sequence: number }[]).map(({ sequence }) => sequence);
    assert.deepEqual(await sequences("?level=debug"), [1, 2, 3]);
    assert.deepEqual(await sequences("?level=error"), [3]);
    assert.deepEqual(await sequences("?after=2&level=debug"), [3]);
    assert.deepEqual(await sequences("?after=3"), []);
  });

  it("says what it expected of a query that it does not understand", async () => {
    const refused = async (query: string) => {
      const { status, error } = await read(query);
      return `${status} ${error}`;
    };
    assert.equal(await refused("?after=-1"), '400 after: expected the number of a line, got "-1"');
    assert.equal(await refused("?level=loud"), '400 level: expected one of error, warn, info, debug, got "loud"');
    assert.equal(await refused("?level=info&level=warn"), "400 level: expected at most once");
  });

  it("asks for a token with the scope read", async () => {
    assert.equal((await stage.ask("/api/log")).status, 401);
  });
});
