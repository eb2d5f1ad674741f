/** Triggers in words: what a person reads in a message, in the log and in an archive. */
import type { NotificationFigures } from "../model/notification.ts";
import { resourceNames, type SpikeResource } from "../model/spikeResource.ts";
import type { TriggerFiring, TriggerMetric, TriggerRule, TriggerThreshold } from "../model/trigger.ts";
import { wholePercent, writtenDuration } from "../text.ts";
import { watchedMetrics } from "./metrics.ts";

const mounts: Readonly<Partial<Record<TriggerMetric, string>>> = { disk: "Disk", inodes: "Inodes of" };
const articles: Readonly<Record<string, string>> = { io: "an" };
/** The instances of a metric of spikes are resources. */
const nameOf = (instance: string): string => resourceNames[instance as SpikeResource] ?? instance;

/** Nothing has left its baseline: a process was killed. */
const isKill = (metric: TriggerMetric, instance: string): boolean => metric === "oomKill" || (metric === "spike" && instance === "oom");

/** For a headline: `High CPU Usage`. */
export function titleOf({ metric, threshold }: TriggerRule, instance: string): string {
  const { title, titleBelow, unit } = watchedMetrics[isKill(metric, instance) ? "oomKill" : metric];
  if (isKill(metric, instance)) return title;
  if (unit === "spike" && instance !== "") return `${upperFirst(nameOf(instance))} ${title}`;
  return threshold?.direction === "below" ? titleBelow : title;
}

/** What it is with its figure, for a subject: `CPU 97 %`, `Disk /srv 96 %`, `I/O spike`. */
export function whatOf({ metric, instance, value }: Pick<TriggerFiring, "metric" | "instance" | "value">): string {
  const { title, unit, words } = watchedMetrics[metric];
  if (isKill(metric, instance)) return resourceNames.oom;
  if (unit === "spike") return instance === "" ? upperFirst(words.replace(/^an? /, "")) : `${upperFirst(nameOf(instance))} spike`;
  if (unit === "failure") return `${instance} failed`;
  const name = mounts[metric] ?? title.replace(/^High /, "").replace(/ Usage$/, "");
  const subject = instance === "" ? name : `${name} ${instance}`;
  if (value === undefined) return subject;
  return `${subject} ${unit === "ratio" ? `${Math.min(wholePercent(value), 100)} %` : rounded(value, 1)}`;
}

/** The same of an alert that somebody else has sent: `CPU 97 %` of the machine, or its name with the spike's figure. Undefined: none is known. */
export function whatOfAlert(
  name: string,
  resource: SpikeResource | undefined,
  { cpuRatio, memoryRatio, load }: NotificationFigures,
  peak: string | undefined,
): string | undefined {
  const percent = (ratio: number | undefined) => (ratio === undefined ? undefined : `${Math.min(wholePercent(ratio), 100)} %`);
  const figure: Readonly<Partial<Record<SpikeResource, string | undefined>>> = {
    cpu: percent(cpuRatio),
    memory: percent(memoryRatio),
    load: load && rounded(load.load1, 1),
  };
  const own = resource && figure[resource];
  if (resource !== undefined && own !== undefined) return `${upperFirst(resourceNames[resource])} ${own}`;
  return peak === undefined ? undefined : `${name}, ${peak}`;
}

/** What was crossed, now that it is over: `CPU usage was 97.2 %, above 90 % for 1m`, `A CPU spike lasted 4m12s`. */
export function pastReasonOf({ metric, instance, reason, lastedSeconds }: TriggerFiring): string {
  const { unit } = watchedMetrics[metric];
  if (isKill(metric, instance)) return reason.replace(" has killed", " killed");
  if (unit === "failure") return reason.replace(" has failed", " had failed");
  if (unit !== "spike") return reason.replace(" is ", " was ");
  const subject = reason.replace(/ has (?:begun|lasted).*$/, "");
  return lastedSeconds === undefined
    ? `${subject} is over`
    : `${subject} lasted ${writtenDuration(Math.max(1, Math.round(lastedSeconds)))}`;
}

/** What was crossed: `CPU usage is 97.2 %, above 90 % for 1m`. `limit` is the threshold in the figure's own measure. */
export function reasonOf(rule: TriggerRule, instance: string, value: number | undefined, limit: number | undefined): string {
  const { metric, threshold, forSeconds } = rule;
  const { words, unit } = watchedMetrics[metric];
  const lasting = forSeconds > 0 ? ` for ${writtenDuration(forSeconds)}` : "";
  if (isKill(metric, instance)) return "The kernel has killed a process for memory";
  if (unit === "spike") {
    const subject = instance === "" ? words : `${articles[instance] ?? "a"} ${nameOf(instance)} spike`;
    return `${upperFirst(subject)} ${forSeconds > 0 ? `has lasted${lasting}` : "has begun"}`;
  }
  if (unit === "failure") return `${instance} has failed${forSeconds > 0 ? `, and stayed so${lasting}` : ""}`;
  const subject = upperFirst(instance === "" ? words : `${words} of ${instance}`);
  const cores = threshold?.perCore === true ? ` (${coresText(threshold)})` : "";
  const limitText = limit === undefined ? "its threshold" : figureText(limit, unit);
  const is = value === undefined ? "" : ` is ${figureText(value, unit, limit)},`;
  return `${subject}${is} ${threshold?.direction ?? "above"} ${limitText}${cores}${lasting}`;
}

/** A rule in a few words, for the line that is written every few minutes: `HighLoad: load5 above 2`. */
export function ruleText({ name, metric, threshold }: TriggerRule, limit: number | undefined): string {
  if (threshold === undefined) return `${name}: ${metric}`;
  const { unit } = watchedMetrics[metric];
  return `${name}: ${metric} ${threshold.direction} ${limit === undefined ? coresText(threshold) : figureText(limit, unit)}`;
}

/** `97.2 %` or `3.42`; with as many digits as it takes to tell it from the threshold. */
export function figureText(value: number, unit: "ratio" | "number" | "spike" | "failure", other?: number): string {
  const [factor, usualDigits, sign] = unit === "ratio" ? ([100, 1, " %"] as const) : ([1, 2, ""] as const);
  for (let digits: number = usualDigits; ; digits++) {
    const text = rounded(value * factor, digits);
    if (digits >= usualDigits + 3 || other === undefined || value === other || text !== rounded(other * factor, digits))
      return `${text}${sign}`;
  }
}

function coresText({ value }: TriggerThreshold): string {
  return value === 1 ? "the number of cores" : `${rounded(value, 2)} per core`;
}

function rounded(value: number, digits: number): string {
  return String(Math.round(value * 10 ** digits) / 10 ** digits);
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
