import assert from "node:assert/strict";
import { EventFinder, type LookedAt } from "../../src/events/eventFinder.ts";
import { processLabels } from "../../src/model/group.ts";
import type { UnitReading } from "../../src/model/units.ts";

const t0 = Date.UTC(2026, 10, 21, 10);
const bootSeconds = t0 / 1000 - 86_400;

/** A second of the machine. */
function second(at: number, more: Partial<LookedAt> & { readonly units?: readonly UnitReading[]; readonly boot?: number } = {}): LookedAt {
  const { units, boot = bootSeconds, ...rest } = more;
  return { takenAtMs: t0 + at * 1000, host: { bootTimeSeconds: boot, ...(units === undefined ? {} : { units }) }, ...rest };
}

describe("What happens to a machine is found in its seconds", () => {
  it("a start, where the machine was booted after the last second that is recorded", () => {
    const finder = new EventFinder({ takenAtMs: t0, bootTimeSeconds: bootSeconds });
    const boot = t0 / 1000 + 100;
    assert.deepEqual(finder.take(second(160, { boot })), [
      {
        id: `reboot-${boot}`,
        atMs: t0 + 100_000,
        kind: "reboot",
        text: "the machine was started",
        detail: "nothing is recorded of the 2 min 40 s before Culprit looked again",
      },
    ]);
    assert.deepEqual(finder.take(second(161, { boot })), []);
  });

  it("no start where only the clock was set, or where nothing was known before", () => {
    const finder = new EventFinder({ takenAtMs: t0, bootTimeSeconds: bootSeconds });
    assert.deepEqual(finder.take(second(1, { boot: bootSeconds + 3600 })), []);
    assert.deepEqual(finder.take(second(2, { boot: bootSeconds + 3601 })), []);
    assert.deepEqual(new EventFinder().take(second(1)), []);
    assert.deepEqual(new EventFinder({ takenAtMs: t0 }).take(second(1)), []);
  });

  it("a kill for memory, with whom it met", () => {
    const group = { ...processLabels("java"), unit: "shop.service" };
    const [event] = new EventFinder().take(second(5, { oomKills: [{ killedAtMs: t0 + 4000, group, pid: 812 }] }));
    assert.deepEqual(event, {
      id: `oom_kill-${t0 + 4000}-812`,
      atMs: t0 + 4000,
      kind: "oom_kill",
      text: "the kernel killed java (shop.service) for memory",
      detail: "pid 812",
      unit: "shop.service",
    });
  });

  it("units that fail or are started, each once, and none of those from before the first look", () => {
    const failed = (name: string, more: Partial<UnitReading> = {}): UnitReading => ({ name, state: "failed", ...more });
    const nginx: UnitReading = { name: "nginx.service", state: "active", startedAtMs: t0 + 50_000, isRestart: true };
    const finder = new EventFinder();
    assert.deepEqual(finder.take(second(1, { units: [failed("old.service")] })), []);
    const units = [failed("old.service"), failed("db.service", { changedAtMs: t0 + 40_000 }), nginx];
    assert.deepEqual(
      finder.take(second(61, { units })).map(({ text, atMs, unit }) => [text, atMs - t0, unit]),
      [
        ["db.service failed", 40_000, "db.service"],
        ["nginx.service was restarted", 50_000, "nginx.service"],
      ],
    );
    assert.deepEqual(finder.take(second(62, { units })), []);
    assert.deepEqual(finder.take(second(121, { units: [...units] })), []);
    const again = [
      { ...nginx, startedAtMs: t0 + 150_000 },
      { name: "new.service", state: "active", startedAtMs: t0 + 160_000 },
    ];
    assert.deepEqual(
      finder.take(second(181, { units: again })).map(({ text }) => text),
      ["nginx.service was restarted", "new.service was started"],
    );
  });
});
