/** A sink out of its settings: what is loaded is what its type needs. */
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { OutgoingTarget } from "../http/target.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { InfluxSettings } from "../model/push.ts";
import type { SinkKind } from "./kind.ts";
import type { SeriesFamily, SeriesSource } from "./series.ts";
import { Sink } from "./sink.ts";

/** The settings of a sink. */
export interface SinkPlan {
  readonly name: string;
  readonly target: OutgoingTarget;
  readonly intervalSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly collect: readonly string[];
  readonly maxBytes: number;
  readonly type: "remoteWrite" | "influxdb";
  readonly influx?: InfluxSettings;
}

/** What sinks are given. */
export interface SinkSurroundings {
  /** Of all sinks. */
  readonly directory: string;
  /** How this host is called. */
  readonly server: string;
  /** The series of this moment; `collect` as in a scrape. */
  readonly families: (collect: readonly string[]) => Promise<readonly SeriesFamily[]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** Opens it; nothing is sent before its `start`. @throws when its queue cannot be used */
export async function openSink(plan: SinkPlan, around: SinkSurroundings): Promise<Sink> {
  const { name, target, intervalSeconds, maxBytes, type } = plan;
  const { directory, clock, log, random } = around;
  const kind = await createKind(plan, around);
  // another type cannot send what waits
  return Sink.open({
    ...{ name, kind, target, intervalSeconds, maxBytes, clock, log, random },
    directory: join(directory, `${type}-${name}`),
  });
}

/** The kind that a plan asks for; a trial says nothing but what it is given. */
export async function createKind(
  plan: SinkPlan,
  { server, families, clock }: Pick<SinkSurroundings, "server" | "families" | "clock">,
  { isTrial = false }: { readonly isTrial?: boolean } = {},
): Promise<SinkKind> {
  const all = async () => (isTrial ? await families([]) : asScraped(await families(plan.collect), plan));
  const source: SeriesSource = {
    families: all,
    labels: { job: "culprit", instance: server, ...plan.labels },
    wallMs: () => clock.wallMs(),
    nextTurn: () => nextTurn(),
  };
  if (plan.influx !== undefined) return (await import("./kinds/influx.ts")).createInflux(source, plan.influx);
  return (await import("./kinds/remoteWrite.ts")).createRemoteWrite(source);
}

/**
 * As two jobs of Prometheus would have them, which is what dashboards and rules ask for: node_exporter's families are those of the job `node`,
 * and in Prometheus each job has an `up`. Settings that name a job have all of it in that one.
 */
function asScraped(families: readonly SeriesFamily[], { labels, collect, type }: SinkPlan): readonly SeriesFamily[] {
  const jobs = labels.job !== undefined ? [{}] : collect.length === 0 ? [{ job: "culprit" }] : [{ job: "culprit" }, { job: "node" }];
  const up = { name: "up", help: "1: this host is there.", type: "gauge", points: jobs.map((job) => ({ labels: job, value: 1 })) };
  const named = labels.job !== undefined ? families : families.map(ofItsJob);
  return type === "remoteWrite" ? [...named, up] : named;
}

function ofItsJob(family: SeriesFamily): SeriesFamily {
  return family.isNode === true ? { ...family, points: inJob(family.points, "node") } : family;
}

function* inJob(points: SeriesFamily["points"], job: string): SeriesFamily["points"] {
  for (const point of points) yield { ...point, labels: { job, ...point.labels } };
}
