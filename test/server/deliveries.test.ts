import assert from "node:assert/strict";
import { Stage } from "./support.ts";

describe("/api/deliveries", () => {
  it("lists the channels and what became of the newest messages, without secrets", async () => {
    const stage = await Stage.open({ auth: "always" });
    try {
      const told = { channel: "email", result: "ok", names: ["HighLoad"], messageId: "m1", attempts: 1, atMs: 1000 } as const;
      stage.deliveries.push(
        { ...told, answer: "250 key hunter2" },
        { channel: "slack", result: "suppressed", names: ["HighLoad"], atMs: 900 },
      );
      assert.deepEqual((await stage.ask("/api/deliveries", { headers: stage.bearer("read") })).json, {
        channels: ["email", "slack"],
        deliveries: [
          { ...told, answer: "250 key ***" },
          { channel: "slack", result: "suppressed", names: ["HighLoad"], atMs: 900 },
        ],
      });
    } finally {
      await stage.close();
    }
  });
});
