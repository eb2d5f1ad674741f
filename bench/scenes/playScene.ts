/** Plays a scene and asks every face who it is; what the cgroups say is right. */
import { advance } from "../../src/attribution/advance.ts";
import { createLedger } from "../../src/attribution/ledger.ts";
import { archiveVerdict } from "../../src/capture/report/archiveVerdict.ts";
import { spikeFamilies } from "../../src/metrics/catalogue/spikes.ts";
import type { MetricsView } from "../../src/metrics/view.ts";
import { culpritNow, namedIn } from "../../src/model/culprit.ts";
import type { GroupLabels } from "../../src/model/group.ts";
import type { Spike, Verdict } from "../../src/model/spike.ts";
import type { SpikeResource } from "../../src/model/spikeResource.ts";
import type { Spikes } from "../../src/spikes/contract.ts";
import { createSpikes } from "../../src/spikes/spikes.ts";
import { subjectOf } from "../../src/spikes/subject.ts";
import { createAlertContext } from "../../src/triggers/context.ts";
import type { Ask, Course, SceneSecond } from "./scene.ts";
import type { Had } from "./world.ts";

/** What one face said at one moment. */
export interface Finding {
  readonly face: "page" | "metric" | "mail" | "archive";
  readonly second: number;
  readonly named: readonly string[];
  /** `vague`: nobody was named though one did it. `wrong`: somebody who had next to no part in it was. */
  readonly result: "right" | "vague" | "doubtful" | "wrong";
  readonly sentence: string;
  /** The truth: each actor's part, the largest first. */
  readonly truth: readonly (readonly [name: string, share: number])[];
}

/** What came of a scene. */
export interface Played {
  readonly scene: Course;
  /** Seconds from the onset to the spike; undefined where it was never noticed. */
  readonly noticedAfter: number | undefined;
  readonly findings: readonly Finding[];
}

const pastSeconds = 120;
const presentSeconds = 10;

/** Plays one. */
export function playScene(scene: Course, seconds: Iterable<SceneSecond>): Played {
  const ledger = createLedger();
  const spikes = createSpikes();
  const records: ReadonlyMap<string, Had>[] = [];
  const findings: Finding[] = [];
  let noticedAfter: number | undefined;
  const looks = new Set(scene.looks ?? []);
  for (const { sample, had } of seconds) {
    const second = records.length;
    records.push(had);
    const snapshot = advance(ledger, sample, { gapSeconds: 10 });
    const events = spikes.take(snapshot, snapshot.groups);
    const known =
      events.some(({ kind, spike }) => kind === "started" && spike.resource === scene.resource) || goesOn(scene, spikes, records);
    const strained = scene.onsetSecond === 0 && spikes.strained()?.resource === scene.resource;
    if (noticedAfter === undefined && second >= scene.onsetSecond - 1 && (known || strained)) {
      noticedAfter = second + 1 - scene.onsetSecond;
      looks.add(second + 3);
    }
    const nowMs = snapshot.takenAtMs;
    if (looks.has(second)) findings.push(...lookAt(scene, spikes, records, second, nowMs));
    for (const ask of scene.asks) if (ask.atSecond === second) findings.push(...answer(scene, ask, spikes, records, nowMs));
  }
  return { scene, noticedAfter, findings };
}

/** Of a machine that was in trouble before it began: the spike that lasts already names whoever leads by now. */
function goesOn(scene: Course, spikes: Spikes, records: readonly ReadonlyMap<string, Had>[]): boolean {
  const second = records.length - 1;
  if (second < scene.onsetSecond) return false;
  const [lead] = sharesOf(scene, scene.resource, records, presentOf(scene, second))[0] ?? [];
  const verdict = spikes.active().find(({ resource }) => resource === scene.resource)?.verdict;
  return verdict !== undefined && namedIn(verdict).some(({ group }) => actorOf(group) === lead);
}

/** What page and metric say now, of the spike that the page leads with and of the one that the scene is about. */
function lookAt(
  scene: Course,
  spikes: Spikes,
  records: readonly ReadonlyMap<string, Had>[],
  second: number,
  nowMs: number,
): readonly Finding[] {
  const strained = spikes.strained();
  const now = culpritNow(spikes.active(), strained);
  const resource = now?.spike?.resource ?? strained?.resource ?? scene.resource;
  const verdict = now?.spike?.verdict ?? strained?.judgement.verdict;
  const page = judged(scene, "page", second, verdict, resource, records, presentOf(scene, second));
  const family = spikeFamilies.find(({ name }) => name === "culprit_spike_culprit_info");
  const view = { spikes: spikes.figures(), sampling: { lastSampleMs: nowMs } } as unknown as MetricsView;
  const lines = [...(family?.points(view) ?? [])].filter(({ labels }) => labels.resource === scene.resource).map(({ labels }) => labels);
  const isActive = spikes.active().some((one) => one.resource === scene.resource);
  if (!isActive) return [page];
  const truth = sharesOf(scene, scene.resource, records, presentOf(scene, second));
  const named = lines.map((labels) => actorOf(labels as unknown as GroupLabels));
  const sentence = spikes.active().find((one) => one.resource === scene.resource)?.verdict?.sentence ?? "";
  return [page, { face: "metric", second, named, result: resultOf(named, truth), sentence, truth }];
}

/** What an alert's mail and its archive say. */
function answer(scene: Course, ask: Ask, spikes: Spikes, records: readonly ReadonlyMap<string, Had>[], nowMs: number): readonly Finding[] {
  const known = (): readonly Spike[] => [...spikes.active(), ...spikes.recent()];
  const onsetMs = nowMs - Math.min(15, ask.atSecond - scene.onsetSecond) * 1000;
  const subject = subjectOf({ name: ask.alert, labels: ask.resource === "pressure" ? { resource: "pressure_cpu" } : {} });
  const sources = {
    lines: () => [],
    spikes: known,
    judgeNow: (seconds: number, resource: SpikeResource) => spikes.judgeNow(seconds, resource),
    pageUrl: () => undefined,
  };
  const mail = createAlertContext(sources)({ subject, startsAtMs: onsetMs, isOver: false });
  const second = ask.atSecond;
  const mailTruth = sharesOf(scene, ask.resource, records, presentOf(scene, second));
  const told = toldIn(mail);
  const request = {
    ...{ id: "x", origin: "alert" as const, name: ask.alert, incidentKey: "x", lookbackSeconds: 1800 },
    labels: ask.resource === "pressure" ? { resource: "pressure_cpu" } : {},
    ...{ onsetMs, requestedAtMs: nowMs },
  };
  const verdict = archiveVerdict(request, { overlapping: () => known() }, spikes.judgeNow(60, ask.resource))?.verdict;
  const whole = { from: scene.onsetSecond, to: second + 1 };
  return [
    { face: "mail", second, named: told, result: resultOf(told, mailTruth), sentence: mail.verdict ?? "", truth: mailTruth },
    judged(scene, "archive", second, verdict, ask.resource, records, whole),
  ];
}

/** Whom a mail names: its subject says whether it names somebody, its sentence who that is. */
function toldIn({ who = "", verdict = "" }: { readonly who?: string; readonly verdict?: string }): readonly string[] {
  if (who === "" || /^no single process|could not be traced|which waits$/.test(who)) return [];
  const [named = ""] = verdict.split(/ (?:has |have )?caused | want(?:s|ed) most| uses the most/);
  const units = [...named.matchAll(/unit ([^,)]+)\.service/g)].map(([, unit = ""]) => unit);
  return [...units, ...(named.includes("`stranger-") ? ["others"] : [])];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

function presentOf({ onsetSecond }: Course, second: number): Stretch {
  return { from: Math.max(onsetSecond, second + 1 - presentSeconds), to: second + 1 };
}

function judged(
  scene: Course,
  face: Finding["face"],
  second: number,
  verdict: Verdict | undefined,
  resource: SpikeResource,
  records: readonly ReadonlyMap<string, Had>[],
  stretch: Stretch,
): Finding {
  const truth = sharesOf(scene, resource, records, stretch);
  const named = verdict === undefined ? [] : namedIn(verdict).map(({ group }) => actorOf(group));
  return { face, second, named, result: resultOf(named, truth), sentence: verdict?.sentence ?? "", truth };
}

/** An actor by the unit of a line: its children live in it as well. Whoever has no part in a recorded scene is one of the others. */
function actorOf({ unit, process, kind }: GroupLabels): string {
  if (unit.endsWith(".service")) return unit.slice(0, -".service".length);
  return process.startsWith("stranger-") ? "others" : process || kind;
}

/** Whoever has half of it must be named; nobody who has next to nothing may be. */
function resultOf(named: readonly string[], truth: Finding["truth"]): Finding["result"] {
  const shareOf = (name: string) => truth.find(([one]) => one === name)?.[1] ?? 0;
  const [first] = truth;
  if (named.some((name) => shareOf(name) < 0.1)) return "wrong";
  if (named.length === 0) return (first?.[1] ?? 0) < 0.6 ? "right" : "vague";
  const sum = named.reduce((total, name) => total + shareOf(name), 0);
  const leads = first !== undefined && (named.includes(first[0]) || first[1] - shareOf(named[0] ?? "") < 0.15);
  return leads && sum >= 0.45 ? "right" : "doubtful";
}

/** All who have been there so far. */
function namesIn(records: readonly ReadonlyMap<string, Had>[]): readonly string[] {
  return [...new Set(records.flatMap((had) => [...had.keys()]))];
}

/** Each actor's part in the rise over what it had before; where nothing is known of before, in all of it. */
function sharesOf(
  scene: Course,
  resource: SpikeResource,
  records: readonly ReadonlyMap<string, Had>[],
  { from, to }: Stretch,
): Finding["truth"] {
  const figure = (had: Had | undefined) => {
    if (had === undefined) return 0;
    if (resource === "cpu") return scene.byDemand ? had.tasks : had.cpuCores;
    if (resource === "memory") return had.residentBytes;
    return resource === "io" ? had.readBytes + had.writtenBytes : had.tasks;
  };
  const mean = (name: string, start: number, end: number) => {
    let sum = 0;
    for (let second = start; second < end; second++) sum += figure(records[second]?.get(name));
    return end > start ? sum / (end - start) : 0;
  };
  const before = Math.max(0, scene.onsetSecond - pastSeconds);
  const last = resource === "memory" ? to - 1 : from;
  const rises = namesIn(records).map((name) => {
    const was = scene.onsetSecond === 0 ? 0 : mean(name, before, Math.max(before, scene.onsetSecond - 40));
    return [name, Math.max(0, mean(name, last, to) - was)] as const;
  });
  // of next to nothing nobody has a part
  const least = { cpu: 0.1, load: 0.5, pressure: 0.5, memory: 8e6, oom: 8e6, io: 100_000 }[resource];
  const total = Math.max(
    least,
    rises.reduce((sum, [, rise]) => sum + rise, 0),
  );
  return rises
    .map(([name, rise]) => [name, total > 0 ? rise / total : 0] as const)
    .filter(([, share]) => share > 0.02)
    .sort((a, b) => b[1] - a[1]);
}
