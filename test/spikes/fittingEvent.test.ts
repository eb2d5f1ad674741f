import assert from "node:assert/strict";
import { processLabels } from "../../src/model/group.ts";
import type { EventKind, MachineEvent } from "../../src/model/machineEvent.ts";
import type { Spike } from "../../src/model/spike.ts";
import { fittingEvent, withEvent } from "../../src/spikes/fittingEvent.ts";
import { burns, idles, machine, play, zeroMs } from "./support/madeMachine.ts";

const t0 = zeroMs;

/** A spike of CPU that a unit has made. */
function spikeOf(unit = "nginx.service", more: Partial<Spike> = {}): Spike {
  const group = { ...processLabels("nginx"), unit };
  const verdict = { sentence: "`nginx` did it.", shares: [{ group, share: 1, from: 0, to: 2, pids: [1] }], final: true };
  return { id: "s", resource: "cpu", startMs: t0, peakMs: t0, baseline: 0, peak: 2, unit: "cores", verdict, ...more };
}

function event(kind: EventKind, secondsBefore: number, more: Partial<MachineEvent> = {}): MachineEvent {
  return { id: `${kind}${secondsBefore}`, atMs: t0 - secondsBefore * 1000, kind, text: `${kind} happened`, ...more };
}

const restarted = (secondsBefore: number, unit = "nginx.service") =>
  event("unit_started", secondsBefore, { unit, text: `${unit} was restarted` });

describe("The event that a spike may have come from", () => {
  for (const [kind, within] of [
    ["reboot", 300],
    ["deployment", 300],
    ["packages", 120],
  ] as const) {
    it(`is one of ${kind} within ${within} s before it, and hardly behind its start`, () => {
      assert.equal(fittingEvent(spikeOf(), [event(kind, within)])?.kind, kind);
      assert.equal(fittingEvent(spikeOf(), [event(kind, within + 1)]), undefined);
      assert.equal(fittingEvent(spikeOf(), [event(kind, -3)])?.kind, kind);
      assert.equal(fittingEvent(spikeOf(), [event(kind, -4)]), undefined);
    });
  }

  it("is of a unit only where that unit is the culprit's", () => {
    assert.equal(fittingEvent(spikeOf(), [restarted(40)])?.unit, "nginx.service");
    assert.equal(fittingEvent(spikeOf(), [restarted(40, "db.service")]), undefined);
    assert.equal(fittingEvent(spikeOf(), [restarted(121)]), undefined);
    assert.equal(fittingEvent(spikeOf(), [event("deployment", 10, { unit: "shop.service" })]), undefined);
  });

  it("is a kill for memory only of the culprit's own unit, and never of what is told of that kill", () => {
    const kill = event("oom_kill", 20, { unit: "nginx.service" });
    assert.equal(fittingEvent(spikeOf(), [kill])?.kind, "oom_kill");
    assert.equal(fittingEvent(spikeOf("db.service"), [kill]), undefined);
    assert.equal(fittingEvent(spikeOf("nginx.service", { resource: "oom" }), [kill]), undefined);
    assert.equal(fittingEvent(spikeOf(), [event("oom_kill", 20)]), undefined);
  });

  it("is of several the one about the culprit's unit, then what somebody told of, then the nearest", () => {
    const [unit, deployment, packages] = [restarted(100), event("deployment", 200), event("packages", 1)];
    assert.equal(fittingEvent(spikeOf(), [packages, deployment, unit]), unit);
    assert.equal(fittingEvent(spikeOf(), [packages, deployment]), deployment);
    assert.equal(fittingEvent(spikeOf(), [event("reboot", 50), packages]), packages);
  });

  it("stands behind the sentence, once", () => {
    const told = withEvent(spikeOf(), [restarted(40)]);
    assert.equal(told.verdict?.sentence, "`nginx` did it. It began 40 s after nginx.service was restarted.");
    assert.deepEqual(withEvent(told, [restarted(40), event("deployment", 5)]), told);
    assert.match(
      withEvent(spikeOf(), [event("deployment", 1, { text: "deployed 1.4" })]).verdict?.sentence ?? "",
      / It began when the event "deployed 1\.4"\.$/,
    );
    const lasting = withEvent(spikeOf("nginx.service", { whole: { sentence: "It was `tar`.", shares: [], final: false } }), [
      event("reboot", 90),
    ]);
    assert.equal(lasting.whole?.sentence, "It was `tar`. It began 1 min 30 s after reboot happened.");
  });

  it("is mentioned by a spike of a machine, also where it becomes known only later", () => {
    const known: MachineEvent[] = [];
    const eventsBetween = (fromMs: number, toMs: number) => known.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    const actors = [idles("sshd"), burns("nginx", 3, 120, 140, { unit: "nginx.service" })];
    const { spikes } = play(machine({ actors }, 200), { eventsBetween });
    const cpu = () => spikes.recent().find(({ resource }) => resource === "cpu");
    const startMs = cpu()?.startMs ?? 0;
    assert.doesNotMatch(cpu()?.verdict?.sentence ?? "", /It began/);
    known.push({ ...restarted(0), atMs: startMs - 40_000 });
    assert.match(cpu()?.verdict?.sentence ?? "", /`nginx` .* It began 40 s after nginx\.service was restarted\.$/);
  });
});
