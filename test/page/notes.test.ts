import assert from "node:assert/strict";
import type { TriggerAnswer } from "../../src/api/tellingAnswers.ts";
import type { TriggerFiring } from "../../src/model/trigger.ts";
import { isStep, parseAddress, plainAddress } from "../../src/page/logic/address.ts";
import { bannerOf } from "../../src/page/logic/banner.ts";
import { captureProgress, captureStand, captureWhy } from "../../src/page/logic/captures.ts";
import { cellTexts } from "../../src/page/logic/cells.ts";
import { charts } from "../../src/page/logic/charts.ts";
import { machineFacts } from "../../src/page/logic/facts.ts";
import { cursorSlots } from "../../src/page/logic/focus.ts";
import { timesIn } from "../../src/page/logic/format.ts";
import { type Drawn, processNotes, stretchNotes, unrecorded, whyBlank, whyNoGroup } from "../../src/page/logic/notes.ts";
import { overviewStepSeconds, shareOf } from "../../src/page/logic/range.ts";
import { firingLasted, firingName, triggerRow } from "../../src/page/logic/triggerRows.ts";
import { frameWith, second, t0 } from "./support.ts";

const times = timesIn("UTC");
const stretch = { fromMs: t0 - 1_000_000, toMs: t0 + 200_000 };
const frame = frameWith(...Array.from({ length: 100 }, (_, at) => second(t0 + at * 1000, { a: { cpuCores: 1 } })));
const drawn: Drawn = { frame, stretch, range: undefined, isLoading: false, note: undefined };
const empty = frameWith();

describe("what is said of the stretch", () => {
  it("is where the recording starts, when it starts late", () => {
    assert.equal(stretchNotes(drawn, times), "Grey: no data. Recording starts at 21 Nov 10:00:00.");
    assert.equal(stretchNotes({ ...drawn, stretch: { fromMs: t0, toMs: t0 + 100_000 } }, times), "");
  });

  it("is nothing of what is not there, as long as it loads", () => {
    const loading = { ...drawn, isLoading: true };
    assert.equal(stretchNotes(loading, times), "Loading…");
    assert.deepEqual([...unrecorded(loading)], []);
    assert.equal(whyNoGroup({ ...loading, frame: empty }, { first: 0, last: -1 }, { known: 0, found: 0 }), "Loading…");
    assert.equal(stretchNotes({ ...loading, note: "The server refused: no" }, times), "The server refused: no");
  });

  it("is what a point means where it is more than a second", () => {
    const downsampled = Object.assign(frameWith(), { stepMs: 60_000 });
    assert.match(stretchNotes({ ...drawn, frame: downsampled, range: stretch }, times), /^Each point is 1 min: lines are means/);
  });

  it("is before when only minutes are known", () => {
    const mixed = { ...drawn, range: stretch, stretch: { fromMs: t0, toMs: t0 + 100_000 }, minutesBeforeMs: t0 + 60_000 };
    assert.equal(stretchNotes(mixed, times), "Minutes only before 21 Nov 10:01:00.");
    const gone = { ...mixed, minutesBeforeMs: t0 + 100_000 };
    assert.equal(stretchNotes(gone, times), "Minutes only, with the ten groups that led in each.");
  });

  it("marks what is not recorded, and not the second that is on its way", () => {
    assert.deepEqual(
      [...unrecorded(drawn)],
      [
        { fromMs: stretch.fromMs, toMs: t0 },
        { fromMs: t0 + 100_000, toMs: stretch.toMs },
      ],
    );
    assert.deepEqual([...unrecorded({ ...drawn, stretch: { fromMs: t0, toMs: t0 + 102_000 } })], []);
    assert.deepEqual([...unrecorded({ ...drawn, frame: empty })], [stretch]);
  });
});

describe("an empty place", () => {
  const [cpu] = charts;
  assert.ok(cpu !== undefined);

  it("of a chart says why it is empty", () => {
    assert.equal(whyBlank(cpu, drawn, [], { state: "live" }), "");
    assert.equal(whyBlank(cpu, drawn, ["cpu"], { state: "live" }), "All its lines are switched off.");
    const nothing = { ...drawn, frame: empty };
    assert.equal(whyBlank(cpu, { ...nothing, isLoading: true }, [], { state: "live" }), "Loading…");
    assert.match(whyBlank(cpu, nothing, [], { state: "lost" }), /no connection/);
    assert.match(whyBlank(cpu, nothing, [], { state: "live" }), /first second/);
    assert.equal(
      whyBlank(cpu, { ...nothing, note: "Nothing is recorded of this time." }, [], { state: "live" }),
      "Nothing is recorded of this time.",
    );
    const [space, network] = ["space", "network"].map((id) => charts.find((chart) => chart.id === id));
    assert.ok(space !== undefined && network !== undefined);
    assert.match(whyBlank(space, drawn, [], { state: "live" }), /^No file system is recorded here/);
    assert.match(whyBlank(network, drawn, [], { state: "live" }), /^No network is recorded here/);
  });

  it("of the table says whether nobody did anything, nothing is known, or nothing matches", () => {
    const whole = { first: 0, last: 99 };
    assert.equal(whyNoGroup(drawn, whole, { known: 1, found: 1 }), "");
    assert.equal(whyNoGroup(drawn, whole, { known: 1, found: 0 }), "No match.");
    assert.equal(whyNoGroup(drawn, whole, { known: 0, found: 0 }), "Nobody did anything.");
    assert.equal(whyNoGroup(drawn, { first: 500, last: 500 }, { known: 0, found: 0 }), "Nothing is recorded of this moment.");
  });

  it("of single processes says what is known of the past", () => {
    const answer = { when: "second", total: 0, complete: false, processes: [] } as const;
    assert.equal(processNotes(answer, undefined, "x"), "Of the past the busiest twenty of each second are known. No match.");
    assert.equal(processNotes(undefined, undefined, ""), "Loading…");
    assert.equal(processNotes(answer, "the server does not answer", ""), "the server does not answer");
    assert.match(processNotes({ ...answer, complete: true, total: 300 }, undefined, ""), /No match/);
  });
});

describe("a step of the browser's history", () => {
  it("is another time, line or tab, and not how they are shown", () => {
    const { address } = parseAddress(`?at=${t0}`);
    assert.ok(isStep(plainAddress, address));
    assert.ok(isStep(plainAddress, { ...plainAddress, tab: "log" }));
    assert.ok(isStep(address, plainAddress));
    assert.ok(isStep(plainAddress, { ...plainAddress, process: "tar" }));
    assert.ok(!isStep(plainAddress, { ...plainAddress, sort: "name", filter: "x", view: "processes", draw: "lines", hidden: [] }));
  });

  it("leads to a tab only where the address names one", () => {
    assert.deepEqual([parseAddress("?tab=spikes").namesTab, parseAddress("?at=1").namesTab], [true, false]);
  });
});

const trigger: TriggerAnswer = {
  ...{ name: "HighMemory", metric: "memory", direction: "above", threshold: 0.9, forSeconds: 60, cooldownSeconds: 600 },
  ...{ capture: true, notify: ["mail"], state: "firing", value: 0.934, instances: [] },
};
const firing: TriggerFiring = {
  ...{ id: "f", trigger: "HighMemory", metric: "memory", instance: "", reason: "Memory usage is 91 %" },
  ...{ onsetMs: t0 - 60_000, firedAtMs: t0 },
};

describe("the banner of what fires", () => {
  it("has the figure of now and the threshold, not the figure of the beginning", () => {
    assert.deepEqual(bannerOf([trigger], [firing], t0 + 180_000), {
      title: "Alert: HighMemory",
      text: "memory is 93 % now (above 90 %), fired 3 min ago",
    });
    assert.equal(bannerOf([{ ...trigger, state: "calm" }], [firing], t0), undefined);
    assert.equal(bannerOf([{ ...trigger, value: null }], [], t0)?.text, "memory is not known now (above 90 %)");
  });

  it("names each of several, which of what they watch, and of a spike why", () => {
    const disk: TriggerAnswer = {
      ...trigger,
      name: "Full",
      metric: "disk",
      instances: [
        { instance: "/var", state: "firing", value: 0.95 },
        { instance: "/", state: "calm", value: 0.1 },
      ],
    };
    const spike: TriggerAnswer = { ...trigger, name: "AnySpike", metric: "spike", direction: null, threshold: null, value: 1 };
    const banner = bannerOf([disk, spike], [{ ...firing, trigger: "AnySpike", reason: "tar did it" }], t0 + 5000);
    assert.equal(banner?.title, "2 alerts");
    assert.equal(banner?.text, "Full: disk /var is 93 % now (above 90 %) · AnySpike: tar did it, fired 5 s ago");
  });
});

describe("triggers as lines", () => {
  it("say how they stand and what they do", () => {
    const row = triggerRow(trigger);
    assert.deepEqual(
      [row.stateWords, row.value, row.limit, row.forWords, row.does, row.worst],
      ["fires", "93 %", "above 90 %", "1 min", "captures, tells mail", ""],
    );
    assert.equal(triggerRow({ ...trigger, capture: false, notify: false }).does, "–");
    assert.deepEqual([firingName({ ...firing, instance: "/var" }), firingLasted(firing)], ["HighMemory /var", "still fires"]);
    assert.equal(firingLasted({ ...firing, endMs: t0 + 61_000 }), "1 min 1 s");
  });
});

describe("a capture in words", () => {
  const request = { id: "a", origin: "manual", name: "manual", reason: "it is slow", requestedAtMs: t0, state: "working" } as const;

  it("says why, and a person's reason", () => {
    assert.equal(captureWhy(request), "by hand: it is slow");
    assert.equal(captureWhy({ origin: "manual", name: "manual" }), "by hand");
    assert.equal(captureWhy({ origin: "alert", name: "HighLoad" }), "alert: HighLoad");
  });

  it("has not failed before anybody has told of it: the page draws once a second, whatever is on its way", () => {
    const one = [{ id: "a" }];
    assert.equal(captureStand("a", [], [], true), "unknown");
    assert.equal(captureStand("a", one, [], true), "making");
    assert.equal(captureStand("a", [], one, false), "ready");
    assert.equal(captureStand("a", [], [{ id: "b" }], false), "failed");
  });

  it("says how far it is", () => {
    assert.deepEqual(captureProgress(request, [request], t0 + 400), { text: "Beginning, for 0 s" });
    const progress = { step: "Running commands", done: 3, of: 12 };
    assert.deepEqual(captureProgress({ ...request, progress }, [request], t0 + 4000), { text: "Running commands, for 4 s", part: 0.25 });
    const second = { ...request, id: "b", state: "waiting" } as const;
    assert.deepEqual(captureProgress(second, [request, second], t0), { text: "Waiting behind 1 other, for 0 s" });
  });
});

describe("small things that the page shows", () => {
  it("are the machine's facts", () => {
    const facts = { cores: 4, bootTimeSeconds: t0 / 1000 - 7200, live: true, os: "Linux", kernel: "6.18" };
    assert.equal(machineFacts(facts, t0), "4 cores · up 2 h · Linux 6.18");
    assert.equal(machineFacts({ ...facts, cores: 1, live: false }, t0), "1 core · Linux 6.18");
    assert.equal(machineFacts({ ...facts, cores: undefined, bootTimeSeconds: undefined }, t0), "Linux 6.18");
  });

  it("are cells: what would be rounded to nothing is nothing, who waits is marked", () => {
    assert.deepEqual(cellTexts("cpu", "cores", { mean: 0.001, peak: 2 }, {}, true), { mean: "0", peak: "2.00", isNothing: true });
    assert.deepEqual(cellTexts("tasks", "number", { mean: 3 }, { mean: 1 }, false), { mean: "3.00 D", peak: "", isNothing: false });
    assert.equal(cellTexts("memory", "bytes", {}, {}, false).mean, "–");
  });

  it("are the slots under the cursor, of the range, or the newest", () => {
    assert.deepEqual(cursorSlots(frame, undefined, t0 + 5000), { first: 5, last: 5 });
    assert.deepEqual(cursorSlots(frame, stretch, undefined), { first: 0, last: 99 });
    assert.deepEqual(cursorSlots(frame, undefined, undefined), { first: 99, last: 99 });
  });

  it("are the overview's step, and where a stretch lies in it", () => {
    assert.deepEqual([60_000, 3_600_000, 86_400_000].map(overviewStepSeconds), [1, 8, 180]);
    assert.deepEqual(shareOf({ fromMs: 25, toMs: 200 }, { fromMs: 0, toMs: 100 }), { start: 0.25, end: 1 });
  });
});
