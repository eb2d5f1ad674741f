import assert from "node:assert/strict";
import { Opened } from "../../src/wiring/opened.ts";

describe("what was opened", () => {
  const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

  it("is closed in the reverse order, one stage after the other, once", async () => {
    const closed: string[] = [];
    const opened = new Opened();
    opened.stage(() => closed.push("recording"));
    const promised = opened.stage();
    opened.stage(async () => {
      await soon();
      closed.push("server");
    });
    promised.push(
      async () => {
        await soon();
        closed.push("captures");
      },
      () => closed.push("relay"),
    );
    await opened.close();
    assert.deepEqual(closed, ["server", "relay", "captures", "recording"]);
    await opened.close();
    assert.equal(closed.length, 4);
  });

  it("is closed to the end, whatever fails on the way, and tells what failed first", async () => {
    const closed: string[] = [];
    const opened = new Opened();
    opened.stage(() => closed.push("recording"));
    opened.stage(() => Promise.reject(new Error("late")));
    opened.stage(
      () => {
        throw new Error("early");
      },
      async () => {
        await soon();
        closed.push("relay");
      },
    );
    await assert.rejects(opened.close(), { message: "early" });
    assert.deepEqual(closed, ["relay", "recording"]);
  });
});
