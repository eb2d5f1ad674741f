import assert from "node:assert/strict";
import { type QuietHours, weekdays } from "../../src/model/quiet.ts";
import { accept, emptyChannel, takeDue } from "../../src/notify/policy.ts";
import { quietByHours } from "../../src/notify/quietHours.ts";
import { resolved, sampleNotification } from "./support/samples.ts";

const hour = 60;
const night: QuietHours = { days: weekdays, fromMinute: 22 * hour, toMinute: 6 * hour, timeZone: "Europe/Berlin" };

/** Until when it is quiet at a moment, both in UTC. */
function quietAt(hours: readonly QuietHours[], moment: string, name = "HighLoad"): string | undefined {
  const endMs = quietByHours(hours)({ name }, Date.parse(moment));
  return endMs === undefined ? undefined : new Date(endMs).toISOString().slice(0, 16);
}

describe("Quiet hours", () => {
  it("begin at from and end at to, by the clocks of their zone", () => {
    assert.equal(quietAt([night], "2026-01-14T20:59:59Z"), undefined);
    assert.equal(quietAt([night], "2026-01-14T21:00:00Z"), "2026-01-15T05:00");
    assert.equal(quietAt([night], "2026-01-15T04:59:59Z"), "2026-01-15T05:00");
    assert.equal(quietAt([night], "2026-01-15T05:00:00Z"), undefined);
  });

  it("belong to the day on which they begin", () => {
    const weeknights: QuietHours = { ...night, days: ["mon", "tue", "wed", "thu", "fri"] };
    assert.equal(quietAt([weeknights], "2026-01-17T04:00:00Z"), "2026-01-17T05:00", "on Saturday morning, since Friday");
    assert.equal(quietAt([weeknights], "2026-01-17T22:00:00Z"), undefined, "on Saturday evening");
    assert.equal(quietAt([weeknights], "2026-01-19T04:00:00Z"), undefined, "on Monday morning, since Sunday");
  });

  it("can be a whole day", () => {
    const sunday: QuietHours = { ...night, days: ["sun"], fromMinute: 0, toMinute: 24 * hour };
    assert.equal(quietAt([sunday], "2026-01-17T23:00:00Z"), "2026-01-18T23:00");
    assert.equal(quietAt([sunday], "2026-01-18T23:00:00Z"), undefined);
  });

  it("are an hour shorter in the night in which the clocks go on", () => {
    assert.equal(quietAt([night], "2026-03-28T21:00:00Z"), "2026-03-29T04:00");
    assert.equal(quietAt([night], "2026-03-29T03:59:00Z"), "2026-03-29T04:00");
    assert.equal(quietAt([night], "2026-03-29T04:00:00Z"), undefined);
    assert.equal(quietAt([night], "2026-03-29T20:00:00Z"), "2026-03-30T04:00", "from 22:00 of summer time");
  });

  it("are an hour longer in the night in which the clocks go back", () => {
    assert.equal(quietAt([night], "2026-10-24T20:00:00Z"), "2026-10-25T05:00");
    assert.equal(quietAt([night], "2026-10-25T04:59:00Z"), "2026-10-25T05:00");
    assert.equal(quietAt([night], "2026-10-25T05:00:00Z"), undefined);
  });

  it("that begin in the skipped hour begin when the clocks have gone on", () => {
    const early: QuietHours = { ...night, fromMinute: 2.5 * hour, toMinute: 5 * hour };
    assert.equal(quietAt([early], "2026-03-29T01:29:00Z"), undefined);
    assert.equal(quietAt([early], "2026-03-29T01:30:00Z"), "2026-03-29T03:00");
  });

  it("of an hour that comes twice take the first, and are one stretch", () => {
    const early: QuietHours = { ...night, fromMinute: 2.5 * hour, toMinute: 5 * hour };
    assert.equal(quietAt([early], "2026-10-25T00:29:00Z"), undefined);
    for (const moment of ["2026-10-25T00:30:00Z", "2026-10-25T01:10:00Z", "2026-10-25T03:59:00Z"]) {
      assert.equal(quietAt([early], moment), "2026-10-25T04:00", moment);
    }
    const late: QuietHours = { ...night, toMinute: 2.5 * hour };
    assert.equal(quietAt([late], "2026-10-25T00:00:00Z"), "2026-10-25T00:30");
    assert.equal(quietAt([late], "2026-10-25T01:00:00Z"), undefined);
  });

  it("follow the other hemisphere and half hours, too", () => {
    const inZone = (timeZone: string) => [{ ...night, timeZone }];
    assert.equal(quietAt(inZone("Australia/Lord_Howe"), "2026-10-03T11:30:00Z"), "2026-10-03T19:00", "spring, by half an hour");
    assert.equal(quietAt(inZone("Asia/Kolkata"), "2026-10-03T16:30:00Z"), "2026-10-04T00:30");
  });

  it("hold only the names they have, and of several the latest end counts", () => {
    const long: QuietHours = { ...night, toMinute: 8 * hour, names: ["HighLoad"] };
    assert.equal(quietAt([night, long], "2026-01-15T01:00:00Z", "HighLoad"), "2026-01-15T07:00");
    assert.equal(quietAt([night, long], "2026-01-15T01:00:00Z", "Spike"), "2026-01-15T05:00");
    assert.equal(quietAt([long], "2026-01-15T01:00:00Z", "Spike"), undefined);
  });

  it("that hold certain groups go by whom it was told of, an end too, whoever it is by then, and whatever it came from", () => {
    const atNight = Date.parse("2026-01-15T01:00:00Z");
    const quiet = quietByHours([{ ...night, groups: ["pg_dump"] }]);
    const states = (origin: "alert" | "crash", culprits: readonly (readonly string[])[], atEnd: readonly (readonly string[])[]) => {
      const firing = sampleNotification({ origin, culprits });
      const began = accept(emptyChannel, firing, 0, atNight - 12 * 3_600_000, quiet).state;
      const told = takeDue(began, "email", atNight - 11 * 3_600_000, quiet);
      assert.equal(told.messages.length, 1, "told by day");
      const over = accept(told.state, { ...resolved(firing), culprits: atEnd }, 0, atNight, quiet).state;
      return takeDue(over, "email", atNight + 60_000, quiet).messages.length;
    };
    for (const origin of ["alert", "crash"] as const) {
      assert.equal(states(origin, [["pg_dump"]], [["tar"]]), 0, "its end waits, though another one leads by then");
      assert.equal(states(origin, [["pg_dump"]], []), 0, "or nobody is named any more");
      assert.equal(states(origin, [["tar"]], [["pg_dump"]]), 1, "it was told of another one, and so is its end");
    }
  });
});
