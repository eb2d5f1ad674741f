import assert from "node:assert/strict";
import type { Spike } from "../../src/model/spike.ts";
import { Stage } from "./support.ts";

const t0 = Date.UTC(2026, 10, 21, 10, 0, 0);

function spike(id: string, minute: number, more: Partial<Spike> = {}): Spike {
  const startMs = t0 + minute * 60_000;
  return { id, resource: "cpu", startMs, peakMs: startMs, endMs: startMs + 30_000, baseline: 0, peak: 2, unit: "cores", ...more };
}

describe("GET /api/spikes", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
    const { endMs: _, ...lasting } = spike("lasting", 30, { resource: "io", aspect: "writes" });
    stage.spikes.push(lasting, spike("later", 20, { resource: "memory" }), spike("early", 0));
  });
  afterEach(() => stage.close());

  const idsOf = async (query: string) => {
    const { status, json } = await stage.ask(`/api/spikes${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return [json.total, ...(json.spikes as Spike[]).map(({ id }) => id)];
  };

  it("lists them, the newest first", async () => {
    assert.deepEqual(await idsOf(""), [3, "lasting", "later", "early"]);
    assert.deepEqual(await idsOf("?limit=1"), [3, "lasting"]);
  });

  it("lists those of a range and of a resource; one that lasts is in every range after its start", async () => {
    assert.deepEqual(await idsOf(`?from=${t0 + 10_000}&to=${t0 + 60_000}`), [1, "early"]);
    assert.deepEqual(await idsOf(`?from=${t0 + 86_400_000}`), [1, "lasting"]);
    assert.deepEqual(await idsOf("?resource=memory"), [1, "later"]);
  });

  it("says what it expected of a query", async () => {
    for (const [query, expected] of [
      ["?resource=disk", /^resource: expected one of cpu, load, memory, io, pressure/],
      ["?limit=0", /^limit: expected a whole number/],
      ["?from=tonight", /^from: expected a moment such as .* milliseconds since 1970/],
      [`?from=${t0 + 1}&to=${t0}`, /^from: expected a time that is not after to/],
    ] as const) {
      const { status, error } = await stage.ask(`/api/spikes${query}`);
      assert.equal(status, 400);
      assert.match(error, expected);
    }
  });

  it("gives one by its id, and 404 for one that there is not", async () => {
    const { json } = await stage.ask("/api/spikes/later");
    assert.deepEqual(json, JSON.parse(JSON.stringify(stage.spikes[1])));
    const { status, error } = await stage.ask("/api/spikes/never");
    assert.equal(status, 404);
    assert.match(error, /no spike with this id/);
  });

  it("is for those who may read", async () => {
    await stage.close();
    stage = await Stage.open({ auth: "always" });
    assert.equal((await stage.ask("/api/spikes")).status, 401);
    assert.equal((await stage.ask("/api/spikes/x", { headers: stage.bearer("capture") })).status, 403);
    assert.equal((await stage.ask("/api/spikes", { headers: stage.bearer("read") })).status, 200);
  });
});
