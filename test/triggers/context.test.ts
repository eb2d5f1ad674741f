import assert from "node:assert/strict";
import type { GroupLabels } from "../../src/model/group.ts";
import type { Spike, Verdict } from "../../src/model/spike.ts";
import type { SpikeResource } from "../../src/model/spikeResource.ts";
import type { TriggerEvent, TriggerMetric } from "../../src/model/trigger.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { type ContextSources, createContext, type UsedLine } from "../../src/triggers/context.ts";
import { spikeOf } from "./support.ts";

function line(process: string, usage: ResourceUsage, more: Partial<GroupLabels> = {}): UsedLine {
  return { labels: { kind: "process", process, unit: "", container: "", user: "root", ...more }, usage };
}

const lines = [
  line("idle", { cpuCores: 0, residentBytes: 5 }),
  line("writer", { cpuCores: 0.1, residentBytes: 20, readBytesPerSecond: 0, writtenBytesPerSecond: 900 }, { unit: "backup.service" }),
  line(
    "reader",
    { cpuCores: 0.2, residentBytes: 10, readBytesPerSecond: 1000, writtenBytesPerSecond: 1 },
    { unit: "x.scope", container: "web" },
  ),
  line("", { cpuCores: 1.5 }, { kind: "short_lived", unit: "cron.service" }),
];

function judged(resource: SpikeResource, startMs: number, sentence: string, endMs?: number): Spike {
  return { ...spikeOf(resource, startMs), ...(endMs === undefined ? {} : { endMs }), verdict: { sentence, shares: [], final: false } };
}

function eventOf(metric: TriggerMetric, more: Partial<TriggerEvent["firing"]> = {}): TriggerEvent {
  const firing = { id: "1", trigger: "T", metric, instance: "", reason: "", onsetMs: 10_000, firedAtMs: 20_000, ...more };
  return { kind: firing.endMs === undefined ? "fired" : "resolved", firing, atMs: 20_000, figures: {} };
}

function contextOf(event: TriggerEvent, more: Partial<ContextSources> = {}) {
  const asked: unknown[] = [];
  const sources: ContextSources = {
    lines: () => lines,
    spikes: () => [],
    judgeNow: (seconds, resource) => {
      asked.push([seconds, resource]);
      return { verdict: { sentence: `now, of ${resource}`, shares: [], final: false } };
    },
    pageUrl: (atMs) => `http://web1/?at=${atMs}`,
    ...more,
  };
  return { ...createContext(sources)(event), asked };
}

describe("What a message says of those behind a trigger", () => {
  const names = (metric: TriggerMetric) => contextOf(eventOf(metric)).top.map(({ name }) => name);

  it("ranks the lines by what the trigger is about, and leaves out who used none of it", () => {
    assert.deepEqual(names("cpu"), ["short-lived processes (cron.service)", "reader (web)", "writer (backup.service)"]);
    assert.deepEqual(names("memory"), ["writer (backup.service)", "reader (web)", "idle"]);
    assert.deepEqual(names("ioPressure"), ["reader (web)", "writer (backup.service)"]);
    assert.deepEqual(names("disk"), ["writer (backup.service)", "reader (web)"]);
    assert.deepEqual(contextOf(eventOf("cpu")).top[0], {
      kind: "short_lived",
      name: "short-lived processes (cron.service)",
      cpuCores: 1.5,
    });
  });

  it("takes the sentence of the spike at the same time, the newest one of that resource", () => {
    const spikes = () => [
      judged("cpu", 1000, "old", 9000),
      judged("cpu", 5000, "right"),
      judged("io", 9000, "other"),
      spikeOf("cpu", 9500),
    ];
    const { verdict, asked, page } = contextOf(eventOf("cpu"), { spikes });
    assert.deepEqual([verdict, asked], ["right", []]);
    assert.equal(page, "http://web1/?at=10000");
    assert.equal(contextOf(eventOf("spike", { instance: "io" }), { spikes }).verdict, "other");
  });

  it("asks who it is right now where nothing spikes, but not when it is over", () => {
    const { verdict, asked } = contextOf(eventOf("load5"));
    assert.deepEqual([verdict, asked], ["now, of load", [[60, "load"]]]);
    const over = contextOf(eventOf("load5", { endMs: 15_000 }));
    assert.deepEqual([over.verdict, over.asked], [undefined, []]);
    const spikes = () => [judged("load", 9000, "it was", 14_000), judged("load", 16_000, "later")];
    assert.equal(contextOf(eventOf("load5", { endMs: 15_000 }), { spikes }).verdict, "it was");
  });

  it("names who makes the present first where the spike is over and yet it goes on, and who it was before that", () => {
    const share = { group: line("ffmpeg", {}).labels, share: 0.9, from: 0, to: 1, pids: [7] };
    const present = (more: Partial<Verdict>): Partial<ContextSources> => ({
      spikes: () => [judged("cpu", 5000, "It was pg_dump.", 18_000)],
      judgeNow: () => ({ verdict: { sentence: "It is ffmpeg.", shares: [share], final: false, ...more } }),
    });
    const context = contextOf(eventOf("cpu"), present({}));
    assert.equal(context.verdict, "It is ffmpeg. Before that: It was pg_dump.");
    assert.equal(context.who, "90 % of the rise is ffmpeg");
    assert.equal(contextOf(eventOf("cpu"), present({ basis: "use" })).verdict, "It was pg_dump.", "nothing has risen by now");
    assert.equal(contextOf(eventOf("cpu", { endMs: 19_000 }), present({})).verdict, "It was pg_dump.", "it has ended");
  });

  it("accuses nobody of a disk that fills slowly, and links to no page that nobody can open", () => {
    const { verdict, asked, page } = contextOf(eventOf("disk", { instance: "/" }), { pageUrl: () => undefined });
    assert.deepEqual([verdict, asked, page], [undefined, [], undefined]);
  });
});
