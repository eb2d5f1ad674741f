import assert from "node:assert/strict";
import { type MomentContext, parseMoment } from "../../src/model/moment.ts";

const nowMs = Date.UTC(2026, 10, 21, 2, 0, 30);
const utc: MomentContext = { nowMs };
/** India: five and a half hours ahead, the whole year. */
const kolkata: MomentContext = { nowMs, offsetMinutesAt: () => -330 };
/** Berlin's clocks went back at 01:00 UTC on 25 October 2026, and forward at 01:00 UTC on 29 March. */
const berlin: MomentContext = {
  nowMs,
  offsetMinutesAt: (ms) => (ms >= Date.UTC(2026, 2, 29, 1) && ms < Date.UTC(2026, 9, 25, 1) ? -120 : -60),
};

function read(text: string, context: MomentContext): string {
  const moment = parseMoment(text, context);
  return "ms" in moment ? new Date(moment.ms).toISOString() : moment.problem;
}

describe("A moment", () => {
  for (const [text, context, expected] of [
    ["now", utc, "2026-11-21T02:00:30.000Z"],
    ["-10m", utc, "2026-11-21T01:50:30.000Z"],
    ["-1d2h", utc, "2026-11-20T00:00:30.000Z"],
    ["01:12", utc, "2026-11-21T01:12:00.000Z"],
    ["3:12", utc, "2026-11-20T03:12:00.000Z"],
    ["03:12:07.5", utc, "2026-11-20T03:12:07.500Z"],
    ["today 03:12", utc, "2026-11-21T03:12:00.000Z"],
    ["Yesterday at 03:12", utc, "2026-11-20T03:12:00.000Z"],
    ["yesterday", utc, "2026-11-20T00:00:00.000Z"],
    ["2026-11-19", utc, "2026-11-19T00:00:00.000Z"],
    ["2026-11-19 03:12", utc, "2026-11-19T03:12:00.000Z"],
    ["2026-11-19T03:12:07Z", kolkata, "2026-11-19T03:12:07.000Z"],
    ["2026-11-19 03:12:07 UTC", kolkata, "2026-11-19T03:12:07.000Z"],
    ["2026-11-19T03:12:07.250+01:00", kolkata, "2026-11-19T02:12:07.250Z"],
    ["2026-11-19T03:12-0530", utc, "2026-11-19T08:42:00.000Z"],
    ["1763694727000", kolkata, "2025-11-21T03:12:07.000Z"],
    // at 07:30 in India it is still the same day there
    ["03:12", kolkata, "2026-11-20T21:42:00.000Z"],
    ["08:00", kolkata, "2026-11-20T02:30:00.000Z"],
    ["2026-07-01 03:12", berlin, "2026-07-01T01:12:00.000Z"],
    ["2026-11-01 03:12", berlin, "2026-11-01T02:12:00.000Z"],
    // shown twice: the first counts; skipped: what the clock would have shown
    ["2026-10-25 02:30", berlin, "2026-10-25T00:30:00.000Z"],
    ["2026-10-25 03:30", berlin, "2026-10-25T02:30:00.000Z"],
    ["2026-03-29 03:30", berlin, "2026-03-29T01:30:00.000Z"],
  ] as const) {
    it(`is ${expected} when ${JSON.stringify(text)} is written ${context === utc ? "in UTC" : "elsewhere"}`, () =>
      assert.equal(read(text, context), expected));
  }

  for (const text of [
    "",
    " ",
    "the night",
    "25:00",
    "03:60",
    "2026-02-30",
    "2026-13-01",
    "-",
    "-10",
    "+10m",
    "yesterday 3",
    "1e12",
    "99999999999999",
  ]) {
    it(`is none when ${JSON.stringify(text)} is written, and it is said what was expected`, () =>
      assert.match(read(text, utc), /^expected a moment such as 03:12, .* -10m, now or milliseconds since 1970, got "/));
  }

  it("in seconds since 1970 is a mistake of units, and said so", () => {
    assert.match(read("1763694727", utc), /got "1763694727"; this looks like seconds$/);
  });
});
