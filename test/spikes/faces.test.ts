import assert from "node:assert/strict";
import { archiveVerdict } from "../../src/capture/report/archiveVerdict.ts";
import { renderSummary } from "../../src/capture/report/summary.ts";
import { renderOnce } from "../../src/commands/onceReport.ts";
import { spikeFamilies } from "../../src/metrics/catalogue/spikes.ts";
import type { MetricsView } from "../../src/metrics/view.ts";
import type { CaptureRequest } from "../../src/model/capture.ts";
import type { Spike } from "../../src/model/spike.ts";
import type { MeasuredResource, SpikeResource } from "../../src/model/spikeResource.ts";
import type { TriggerMetric } from "../../src/model/trigger.ts";
import { nameOfCulprit } from "../../src/page/logic/events.ts";
import { timesIn } from "../../src/page/logic/format.ts";
import { headlineNow, headlineOf } from "../../src/page/logic/verdict.ts";
import { parseSpikeLine, spikeLine } from "../../src/recorder/format/spikeLine.ts";
import { createContext } from "../../src/triggers/context.ts";
import { busyView } from "../commands/support/views.ts";
import { type Actor, burns, idles, type MachineOptions, machine, type Played, play, zeroMs } from "./support/madeMachine.ts";

const quiet = 320;

interface Scene extends MachineOptions {
  readonly resource: MeasuredResource;
  /** A second in which it lasts, who it is then, and who it was when all is told. */
  readonly at: number;
  readonly now: string;
  readonly over: number;
  readonly whole: string;
}

const writes = (process: string, bytes: number, from: number, to: number): Actor => ({
  process,
  does: (second) => (second >= from && second < to ? { cpuCores: 0.1, writtenBytesPerSecond: bytes } : undefined),
});
const holds = (process: string, bytes: number, from: number, to: number): Actor => ({
  process,
  does: (second) => ({ residentBytes: second >= from && second < to ? bytes : 1e7 }),
});

const scenes: Readonly<Record<string, Scene>> = {
  "one that burns": {
    resource: "cpu",
    actors: [idles("sshd"), burns("pg_dump", 2, quiet, quiet + 60)],
    at: quiet + 20,
    now: "pg_dump",
    over: quiet + 100,
    whole: "pg_dump",
  },
  "two that burn together": {
    resource: "cpu",
    actors: [idles("sshd"), burns("ffmpeg", 1.5, quiet, quiet + 60), burns("x264", 1, quiet, quiet + 60)],
    at: quiet + 20,
    now: "ffmpeg and x264",
    over: quiet + 100,
    whole: "ffmpeg and x264",
  },
  "one after the other": {
    resource: "cpu",
    actors: [idles("sshd"), burns("pg_dump", 2, quiet, quiet + 120), burns("ffmpeg", 2.2, quiet + 120, quiet + 160)],
    at: quiet + 140,
    now: "ffmpeg",
    over: quiet + 200,
    whole: "pg_dump",
  },
  "many small ones": {
    resource: "cpu",
    actors: [idles("sshd"), ..."abcdefgh".split("").map((name) => burns(name, 0.4, quiet, quiet + 60))],
    at: quiet + 20,
    now: "no single process",
    over: quiet + 100,
    whole: "no single process",
  },
  "a writer": {
    resource: "io",
    actors: [idles("sshd"), writes("tar", 200e6, quiet, quiet + 60)],
    at: quiet + 20,
    now: "tar",
    over: quiet + 100,
    whole: "tar",
  },
  "what nobody can be given": {
    resource: "memory",
    actors: [idles("sshd")],
    host: (second, sum) => ({ usedBytes: sum.residentBytes + (second >= quiet && second < quiet + 100 ? 6e9 : 0) }),
    at: quiet + 30,
    now: "could not be traced",
    over: quiet + 140,
    whole: "could not be traced",
  },
  "memory that is taken": {
    resource: "memory",
    actors: [idles("sshd"), holds("java", 6e9, quiet, quiet + 100)],
    at: quiet + 30,
    now: "java",
    over: quiet + 140,
    whole: "java",
  },
};

const metricOf: Readonly<Record<MeasuredResource, TriggerMetric>> = {
  cpu: "cpu",
  load: "load1",
  memory: "memory",
  io: "ioSpike",
  pressure: "cpuPressure",
};

/** What is known of a scene at a second of it. */
function seenAt(scene: Scene, second: number): { readonly played: Played; readonly nowMs: number; readonly spikes: readonly Spike[] } {
  const played = play(machine(scene, second));
  return { played, nowMs: zeroMs + second * 1000, spikes: [...played.spikes.active(), ...played.spikes.recent()] };
}

function mailOf({ played, nowMs, spikes }: ReturnType<typeof seenAt>, resource: MeasuredResource, endMs?: number) {
  const firing = {
    id: "1",
    trigger: "T",
    metric: metricOf[resource],
    instance: resource,
    reason: "",
    onsetMs: nowMs - 5000,
    firedAtMs: nowMs,
  };
  const [spike] = spikes.filter((one) => one.resource === resource);
  const event = { kind: endMs === undefined ? ("fired" as const) : ("resolved" as const), atMs: nowMs, figures: {} };
  const sources = {
    lines: () => [],
    spikes: () => spikes,
    judgeNow: (seconds: number, wanted?: SpikeResource) => played.spikes.judgeNow(seconds, wanted),
    pageUrl: () => undefined,
  };
  return createContext(sources)({
    ...event,
    firing: { ...firing, ...(endMs === undefined ? {} : { endMs }), ...(spike && { onsetMs: spike.startMs }) },
  });
}

/** The names that the metric has for a resource. */
function metricNames({ played, nowMs }: ReturnType<typeof seenAt>, resource: MeasuredResource): readonly string[] {
  const family = spikeFamilies.find(({ name }) => name === "culprit_spike_culprit_info");
  const view = { spikes: played.spikes.figures(), sampling: { lastSampleMs: nowMs } } as unknown as MetricsView;
  return [...(family?.points(view) ?? [])].flatMap(({ labels }) => (labels.resource === resource ? [labels.process ?? ""] : []));
}

function archiveOf({ nowMs, spikes }: ReturnType<typeof seenAt>, resource: MeasuredResource): string {
  const spike = spikes.find((one) => one.resource === resource);
  const onsetMs = spike?.startMs ?? nowMs;
  const request: CaptureRequest = {
    id: "20261121T100000000Z-aaaa",
    origin: "trigger",
    name: "T",
    labels: { metric: metricOf[resource] },
    incidentKey: "i",
    onsetMs,
    requestedAtMs: nowMs,
    lookbackSeconds: 1800,
  };
  const verdict = archiveVerdict(request, { overlapping: () => spikes }, undefined);
  const digest = { groups: [], now: {}, highest: new Map(), seconds: 0, holes: [], sinceMs: onsetMs };
  const host = { hostname: "web1", os: "Linux", kernel: "6", arch: "x64" };
  return renderSummary({ request, host, digest: digest as never, ...(verdict && { verdict }), notes: [] }).split("\n")[0] ?? "";
}

function onceOf({ played, spikes }: ReturnType<typeof seenAt>): string {
  const { judgement: _, ...view } = busyView;
  const suffering = played.spikes.strained();
  return flat(renderOnce({ ...view, calm: false, spikes, ...(suffering && { suffering }) }, { colour: false, width: 120 }));
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

describe("Who it is", () => {
  for (const [name, scene] of Object.entries(scenes)) {
    it(`is the same on every face while it lasts: ${name}`, () => {
      const seen = seenAt(scene, scene.at);
      const spike = seen.spikes.find((one) => one.resource === scene.resource && one.endMs === undefined);
      assert.ok(spike?.verdict !== undefined, "it is noticed");
      assert.equal(nameOfCulprit(spike), scene.now);
      const { sentence } = spike.verdict;
      const headline = headlineNow(seen.spikes, [], seen.nowMs, seen.played.spikes.strained());
      const leads = headline.spikeId === spike.id;
      assert.equal(headline.sentence, leads ? sentence : seen.spikes.find(({ id }) => id === headline.spikeId)?.verdict?.sentence);
      assert.ok(onceOf(seen).includes(flat(headline.sentence)), "once begins with what the page says");
      const mail = mailOf(seen, scene.resource);
      assert.equal(mail.verdict, sentence);
      assert.ok(mail.who?.includes(scene.now), mail.who);
      const named = scene.now.split(" and ").filter((one) => !one.startsWith("no ") && !one.startsWith("could "));
      assert.deepEqual(metricNames(seen, scene.resource), named);
      for (const one of named) assert.ok(sentence.includes(`\`${one}\``), sentence);
      if (named.length === 0) assert.match(sentence, /^No single process|could not be traced|no process that was seen/);
      assert.equal(archiveOf(seen, scene.resource), (spike.whole ?? spike.verdict).sentence);
    });

    it(`is the same on every face when it is over: ${name}`, () => {
      const seen = seenAt(scene, scene.over);
      const spike = seen.spikes.find((one) => one.resource === scene.resource);
      assert.ok(spike?.verdict !== undefined && spike.endMs !== undefined, "it is over");
      assert.equal(nameOfCulprit(spike), scene.whole);
      const { sentence } = spike.verdict;
      assert.equal(mailOf(seen, scene.resource, spike.endMs).verdict, sentence);
      assert.equal(archiveOf(seen, scene.resource), sentence);
      const stored = parseSpikeLine(spikeLine(spike, seen.nowMs))?.spike;
      assert.ok(stored !== undefined);
      const stretch = { fromMs: spike.startMs - 1000, toMs: spike.endMs };
      assert.equal(headlineOf([stored], stretch, undefined, timesIn("UTC")).sentence, sentence, "the page, live and in a replay");
      assert.equal(nameOfCulprit(stored), scene.whole);
    });
  }

  it("is said of a full machine behind a spike of something else, and once where a spike is about it already", () => {
    const full: MachineOptions = { cores: 2, actors: [burns("stress-ng", 2, 0, 900), writes("tar", 200e6, quiet, quiet + 60)] };
    const seen = seenAt({ ...{ resource: "io", at: 0, now: "", over: 0, whole: "" }, ...full }, quiet + 20);
    const { sentence, spikeId } = headlineNow(seen.spikes, [], seen.nowMs, seen.played.spikes.strained());
    assert.equal(spikeId, seen.spikes.find(({ resource }) => resource === "io")?.id);
    assert.match(sentence, /^`tar` .*disk writes.* All CPUs are busy .*: `stress-ng` .*It was so already when Culprit began to look/);
    assert.ok(onceOf(seen).includes(flat("All CPUs are busy (2 of 2 cores) and nothing can rise: `stress-ng`")));
    const late = seenAt(
      { ...{ resource: "cpu", at: 0, now: "", over: 0, whole: "" }, cores: 2, actors: [burns("hog", 2, quiet, 900)] },
      quiet + 60,
    );
    assert.ok(late.played.spikes.strained() !== undefined);
    assert.doesNotMatch(headlineNow(late.spikes, [], late.nowMs, late.played.spikes.strained()).sentence, /All CPUs/);
  });

  it("is said of a machine that was full from the start, by page and terminal alike", () => {
    const seen = seenAt(
      { ...{ resource: "cpu", at: 0, now: "", over: 0, whole: "" }, cores: 2, actors: [burns("stress-ng", 2, 0, 60)] },
      30,
    );
    const { sentence, mood } = headlineNow(seen.spikes, [], seen.nowMs, seen.played.spikes.strained());
    assert.equal(mood, "bad");
    assert.match(sentence, /`stress-ng`.* wants most.*It was so already when Culprit began to look/);
    assert.ok(onceOf(seen).includes(flat(sentence)));
  });
});
