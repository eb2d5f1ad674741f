/** `triggers[]`: thresholds of this machine, and what comes of crossing them. */
import { z } from "zod";
import { isChannelMeant } from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import { hostFigures } from "../model/hostFigures.ts";
import { measuredResources } from "../model/spikeResource.ts";
import { type TriggerDirection, type TriggerMetric, type TriggerRule, type TriggerThreshold, triggerDirections } from "../model/trigger.ts";
import type { FigureUnit } from "../model/usage.ts";
import { channelName, duration, oneOf, scalar, text } from "./fields.ts";
import { nearest } from "./nearest.ts";

const minute = 60;
const hour = 60 * minute;
const usual = { for: 0, cooldown: 10 * minute, capture: true, notify: true } as const;

type Measure = "share" | "count" | "countPerCore" | "event";

/** What a threshold of each metric is counted in. */
const measures = Object.fromEntries<Measure>([
  ...hostFigures.flatMap(({ trigger, unit }) => (trigger === undefined ? [] : [[trigger.metric, measureOf(unit)] as const])),
  ["disk", "share"],
  ["inodes", "share"],
  ["coverage", "share"],
  ["unitFailed", "event"],
  ["oomKill", "event"],
  ["spike", "event"],
  ...measuredResources.map((resource) => [`${resource}Spike`, "event"] as const),
]) as Record<TriggerMetric, Measure>;
const metrics = Object.keys(measures) as readonly TriggerMetric[];

function measureOf(unit: FigureUnit): Measure {
  if (unit === "ratio") return "share";
  return unit === "loadPerCore" ? "countPerCore" : "count";
}

/** The triggers that there are when the file does not say otherwise. */
export const defaultTriggers: readonly TriggerRule[] = [
  rule("HighLoad", "load5", { value: 1, perCore: true }, minute),
  rule("HighCpuUsage", "cpu", { value: 0.9 }, minute),
  rule("HighMemoryUsage", "memory", { value: 0.9 }, 0),
  rule("HighDiskUsage", "disk", { value: 0.9 }, 0),
  rule("HighIoPressure", "ioPressure", { value: 0.4 }, minute),
  eventRule("OomKill", "oomKill"),
];

function rule(name: string, metric: TriggerMetric, above: Omit<TriggerThreshold, "direction">, forSeconds: number): TriggerRule {
  return { ...eventRule(name, metric), threshold: { direction: "above", ...above }, forSeconds };
}

/** Of what is there or not. */
function eventRule(name: string, metric: TriggerMetric): TriggerRule {
  const { for: forSeconds, cooldown: cooldownSeconds, capture, notify } = usual;
  return { name, metric, forSeconds, cooldownSeconds, capture, notify };
}

/** A threshold as it is written: what it is counted in must suit the metric. */
interface Written {
  readonly value: number;
  readonly unit: "" | "%" | "cores";
}

function threshold(): z.ZodType<Written, unknown> {
  return scalar("a number such as 2.0, a share such as 75%, or cores", (value) => {
    const match = /^(?:(\d+(?:\.\d+)?) *(%|cores)?|cores)$/.exec(value.trim());
    if (match === null) return undefined;
    const unit = match[1] === undefined ? "cores" : (match[2] ?? "");
    return { value: Number(match[1] ?? 1), unit: unit as Written["unit"] };
  });
}

/** Makes sense of `METRIC=VALUE` as a flag has it; a text that says what was expected where there is none. */
export function parseAbove(text: string): { readonly metric: TriggerMetric; readonly threshold?: TriggerThreshold } | string {
  const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const metric = metrics.find((one) => one === name.trim());
  if (metric === undefined) {
    const meant = nearest(name.trim(), metrics);
    return meant === undefined ? `expected METRIC=VALUE, with one of ${metrics.join(", ")}` : `unknown metric; did you mean ${meant}?`;
  }
  const measure = measures[metric];
  if (value === undefined && measure === "event") return { metric };
  const written = threshold().safeParse(value?.trim() ?? "");
  const limit = written.success ? thresholdOf("above", written.data, measure) : undefined;
  return limit === undefined ? `${metric}: ${expectedOf("above", measure)}` : { metric, threshold: limit };
}

const triggerName = () =>
  text("a name of letters, digits, dots, dashes and underscores, such as HighLoad", (value) =>
    /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(value) ? value : undefined,
  );

const trigger = () =>
  z
    .strictObject({
      name: triggerName(),
      metric: oneOf(metrics).optional(),
      above: threshold().optional(),
      below: threshold().optional(),
      for: duration(0, 24 * hour).optional(),
      cooldown: duration(0, 7 * 24 * hour).optional(),
      capture: z.boolean().optional(),
      notify: z.union([z.boolean(), z.array(channelName()).min(1)]).optional(),
    })
    .superRefine((written, context) => {
      const complain = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
      const base = defaultOf(written);
      const metric = written.metric ?? base?.metric;
      if (metric === undefined) return complain("metric", `expected one of ${metrics.join(", ")}`);
      const measure = measures[metric];
      for (const direction of triggerDirections) {
        const limit = written[direction];
        if (limit === undefined || thresholdOf(direction, limit, measure) !== undefined) continue;
        // the value that is shown is the one of the file
        complain(direction, expectedOf(direction, measure));
      }
      if (written.above !== undefined && written.below !== undefined) complain("below", "expected above or below, not both");
      const isMissing = written.above === undefined && written.below === undefined && base === undefined;
      if (isMissing && measure !== "event") complain("above", `${expectedOf("above", measure)}; or below`);
    });

type WrittenTrigger = z.output<ReturnType<typeof trigger>>;

/** An entry that has the name of a usual trigger and no metric of its own is that trigger, but for what it says. */
function defaultOf({ name, metric }: Pick<WrittenTrigger, "name" | "metric">): TriggerRule | undefined {
  return metric === undefined ? defaultTriggers.find((one) => one.name === name) : undefined;
}

function expectedOf(direction: TriggerDirection, measure: Measure): string {
  switch (measure) {
    case "share":
      return `expected a share ${direction === "above" ? "from 0% to less than" : "of more than 0% and up to"} 100%, such as 90% or 0.9`;
    case "count":
      return "expected a number such as 2.0, or cores or 1.5 cores for as many as the machine has";
    case "countPerCore":
      return "expected a number such as 1.5";
    case "event":
      return "expected no threshold: it is there or not";
  }
}

/** Undefined where the metric is not counted like this, or where nothing can ever be beyond it. */
function thresholdOf(direction: TriggerDirection, { value, unit }: Written, measure: Measure): TriggerThreshold | undefined {
  if (measure === "event") return undefined;
  if (unit === "cores")
    return measure === "count" && (value > 0 || direction === "above") ? { direction, value, perCore: true } : undefined;
  if (measure !== "share") return unit === "" && (value > 0 || direction === "above") ? { direction, value } : undefined;
  const share = unit === "%" ? value / 100 : value;
  const isReachable = direction === "above" ? share < 1 : share > 0 && share <= 1;
  return isReachable ? { direction, value: share } : undefined;
}

/** The list of them. */
export function triggers() {
  return z.array(trigger()).superRefine((all, context) => {
    const names = all.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      context.addIssue({ code: "custom", path: [index, "name"], message: "expected a name that no trigger before it has" });
    }
  });
}

/** The rules as the rest of Culprit sees them. What the file lists is all there is; without a list there are the usual ones. */
export function triggerRules(written: readonly WrittenTrigger[] | null | undefined): readonly TriggerRule[] {
  return written == null ? defaultTriggers : written.map(triggerRule);
}

function triggerRule(written: WrittenTrigger): TriggerRule {
  const base = defaultOf(written);
  const metric = written.metric ?? base?.metric ?? "cpu";
  const above = written.above && thresholdOf("above", written.above, measures[metric]);
  const limit = above ?? (written.below && thresholdOf("below", written.below, measures[metric])) ?? base?.threshold;
  return defined({
    name: written.name,
    metric,
    threshold: limit,
    forSeconds: written.for ?? base?.forSeconds ?? usual.for,
    cooldownSeconds: written.cooldown ?? base?.cooldownSeconds ?? usual.cooldown,
    capture: written.capture ?? base?.capture ?? usual.capture,
    notify: written.notify ?? base?.notify ?? usual.notify,
  });
}

/** Channels that a trigger names and nobody has configured: its message would go nowhere. */
export function absentChannels(
  settings: {
    readonly triggers?: readonly WrittenTrigger[] | null | undefined;
  },
  configured: readonly string[],
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const expected =
    configured.length === 0
      ? "a channel that is configured under notify; none is"
      : `one of ${configured.join(", ")}, which are configured under notify`;
  return (settings.triggers ?? []).flatMap(({ notify }, index) => {
    if (!Array.isArray(notify)) return [];
    return (notify as readonly string[]).flatMap((name, place) =>
      configured.some((one) => isChannelMeant(name, one))
        ? []
        : [{ path: ["triggers", index, "notify", place], message: `expected ${expected}, got "${name}"` }],
    );
  });
}
