import assert from "node:assert/strict";
import { Stage } from "./support.ts";

describe("/api/silences", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  const post = (body: unknown) =>
    stage.ask("/api/silences", { method: "POST", headers: stage.bearer("admin"), body: JSON.stringify(body) });

  it("begins one, lists it and ends it", async () => {
    const beganAtMs = stage.clock.wallMs();
    const silence = {
      id: "s1",
      triggers: ["HighLoad"],
      groups: ["pg_dump"],
      reason: "key ***",
      beganAtMs,
      endsAtMs: beganAtMs + 7_200_000,
    };
    const begun = await post({ seconds: 7200, triggers: ["HighLoad"], groups: ["pg_dump"], reason: " key hunter2 " });
    const { by, ...rest } = begun.json as { by: string };
    assert.deepEqual([begun.status, rest], [201, silence]);
    assert.match(by, /admin/);
    stage.quiet = [{ groups: ["pg_dump"], untilMs: beganAtMs + 1000 }];
    stage.held = [{ name: "HighLoad", title: "High Load", status: "firing", sinceMs: beganAtMs, untilMs: beganAtMs + 1000 }];
    assert.deepEqual((await stage.ask("/api/silences", { headers: stage.bearer("read") })).json, {
      ...{ silences: [{ ...silence, by }], quiet: stage.quiet, held: stage.held },
    });
    const end = () => stage.ask("/api/silences/s1", { method: "DELETE", headers: stage.bearer("admin") });
    assert.deepEqual((await end()).json, { ...silence, by });
    assert.equal((await end()).status, 404);
    assert.deepEqual((await stage.ask("/api/silences", { headers: stage.bearer("read") })).json.silences, []);
  });

  for (const [body, where] of [
    [{}, "seconds"],
    [{ seconds: 59 }, "seconds"],
    [{ seconds: 31 * 86_400 }, "seconds"],
    [{ seconds: 60, triggers: [] }, "triggers"],
    [{ seconds: 60, triggers: [""] }, "triggers.0"],
    [{ seconds: 60, triggers: ["HighLoad", "HighLaod"] }, "no trigger has this name"],
    [{ seconds: 60, reason: "x".repeat(301) }, "reason"],
    ["2h", "expected JSON"],
    [{ seconds: 60, trigger: "HighLoad" }, "expected JSON"],
  ] as const) {
    it(`refuses ${JSON.stringify(body).slice(0, 40)} with what was expected`, async () => {
      const { status, error } = await post(body);
      assert.equal(status, 400);
      assert.match(error, new RegExp(`^${where}.*expected JSON such as|^${where}`));
      assert.deepEqual(stage.silences, []);
    });
  }
});
