import assert from "node:assert/strict";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import { Stage } from "./support.ts";

const t0 = Date.UTC(2026, 10, 21, 10);

describe("/api/events", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  const post = (body: unknown, headers: Record<string, string> = stage.bearer("capture")) =>
    stage.ask("/api/events", { method: "POST", headers, body: JSON.stringify(body) });
  const list = (query = "") => stage.ask(`/api/events${query}`, { headers: stage.bearer("read") });

  it("keeps what somebody tells of without its secrets, and lists it", async () => {
    const nowMs = stage.clock.wallMs();
    const told = await post({ text: " deployed 1.4 with hunter2\u001b[2J ", unit: "shop.service" });
    const { by, ...event } = told.json as unknown as MachineEvent;
    const kept = { id: "e1", kind: "deployment", atMs: nowMs, text: "deployed 1.4 with ***\\x1b[2J", unit: "shop.service" };
    assert.deepEqual([told.status, event], [201, kept]);
    assert.match(by ?? "", /capture/);
    assert.deepEqual((await list()).json, { host: "web1", total: 1, events: [{ ...kept, by }] });
  });

  it("lists what lies in a range and of a kind, the newest first", async () => {
    for (const [id, atMs, kind] of [
      ["a", t0 + 1000, "reboot"],
      ["b", t0 + 2000, "packages"],
      ["c", t0 + 3000, "reboot"],
    ] as const) {
      stage.events.push({ id, atMs, kind, text: id });
    }
    const ids = async (query: string) => ((await list(query)).json.events as MachineEvent[]).map(({ id }) => id);
    assert.deepEqual(await ids(""), ["c", "b", "a"]);
    assert.deepEqual(await ids(`?from=${t0 + 1500}&to=${t0 + 3000}`), ["c", "b"]);
    assert.deepEqual(await ids("?kind=reboot&limit=1"), ["c"]);
    assert.match((await list("?kind=boot")).error, /^kind: expected one of reboot, oom_kill,/);
    assert.match((await list(`?from=${t0 + 2000}&to=${t0 + 1000}`)).error, /^from: /);
  });

  for (const [body, where] of [
    [{}, "text: expected a text"],
    [{ text: "  " }, "text: expected a text of 1 to 500"],
    [{ text: "x".repeat(501) }, "text: expected a text of 1 to 500"],
    [{ text: 14 }, "text: expected a text"],
    [{ text: "a", atMs: "now" }, "atMs: expected milliseconds"],
    [{ text: "a", atMs: 1000 }, "atMs: expected milliseconds since 1970, 90 days old"],
    [{ text: "a", atMs: 4e12 }, "atMs: expected milliseconds"],
    [{ text: "a", unit: "" }, "unit: expected a text of 1 to 128"],
    [{ text: "a", kind: "reboot" }, "kind: not known"],
    ["deployed", "expected JSON such as"],
  ] as const) {
    it(`refuses ${JSON.stringify(body).slice(0, 40)} and says which field is wrong`, async () => {
      const { status, error } = await post(body);
      assert.equal(status, 400);
      assert.ok(error.startsWith(where), error);
      assert.deepEqual(stage.events, []);
    });
  }

  it("refuses more than there may be, and what the disk does not take, and says when to try again", async () => {
    for (const [refused, expected] of [
      ["too_many", 429],
      ["unwritten", 503],
    ] as const) {
      stage.postEvent = async () => ({ refused, reason: "not now" });
      const { status, error, headers } = await post({ text: "a" });
      assert.deepEqual([status, error, headers["retry-after"]], [expected, "not now", "60"]);
    }
  });

  it("takes none of somebody without the scope, none that a page of another site sends, and none that is too long", async () => {
    assert.equal((await post({ text: "a" }, stage.bearer("read"))).status, 403);
    assert.equal((await post({ text: "a" }, { ...stage.bearer("capture"), origin: "https://evil.example" })).status, 403);
    assert.equal((await post({ text: "x".repeat(20_000) })).status, 413);
    assert.deepEqual(stage.events, []);
  });
});
