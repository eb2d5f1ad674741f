/**
 * The families of node_exporter: `collect[]=node` is all of them, `collect[]=cpu` those of one collector.
 *
 * What the sampler reads every second is taken from its newest Sample, the rest is read for the scrape.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { reasonOf } from "../../model/errors.ts";
import type { CollectorOutcome, Sample } from "../../model/sample.ts";
import { atOnce, inTurns, type Steps } from "../../model/steps.ts";
import { buildInfo, type NodeBuild } from "./build.ts";
import { createNodeCollectors } from "./collectors.ts";
import { defaultExclusions, type NodeExclusions } from "./exclude.ts";
import { columns, LabelCache, type NodeCollector, type NodeFamily, type NodeView, type PartName } from "./family.ts";
import { knownCollectors } from "./knownCollectors.ts";
import { mergeFamilies } from "./merge.ts";
import { scrapeErrorName } from "./textfile.ts";

/** What stands for every collector in `collect[]`. */
const allCollectors = "node";

/** What the families are made from. */
export interface NodeMetricsOptions {
  /** The sampler's newest Sample; undefined when there is none, or when it is too old to speak of now. */
  readonly newest: () => Sample | undefined;
  /** Reads parts for this scrape; those that it does not know are passed over. */
  readonly scrape: (parts: ReadonlySet<PartName>) => Steps<Sample>;
  readonly build: NodeBuild;
  readonly log: Log;
  /** node_exporter's names of collectors that are switched off. */
  readonly disabled?: ReadonlySet<string>;
  readonly exclude?: NodeExclusions;
}

/** Makes the families of a scrape. */
export interface NodeMetrics {
  /** The names that `collect[]` may hold besides `node`. */
  readonly collectors: readonly string[];
  /** What `collect[]` and `exclude[]` ask for together, as `families` takes it. Throws NodeCollectorError where they contradict each other. */
  requested(collect: readonly string[], exclude: readonly string[]): readonly string[];
  /** The parts of a Sample that they are made from and that the sampler does not have. Throws as `families` does. */
  parts(requested: readonly string[]): ReadonlySet<PartName>;
  /** The families of the requested collectors. Throws NodeCollectorError for a name that is not known, or switched off. */
  families(requested: readonly string[]): readonly NodeFamily[];
  /** The same, of one view, while others have a turn after each collector. Rejects where `families` throws. */
  familiesInTurns(requested: readonly string[]): Promise<readonly NodeFamily[]>;
}

/** `collect[]` names something that cannot be had: a mistake of who asks. */
export class NodeCollectorError extends Error {
  override readonly name = "NodeCollectorError";
}

/** Makes the maker of families. */
export function createNodeMetrics(options: NodeMetricsOptions): NodeMetrics {
  const { disabled = new Set<string>(), exclude = defaultExclusions, log } = options;
  const known = createNodeCollectors(exclude);
  const enabled = known.filter((one) => !disabled.has(one.collector));
  const labels = new LabelCache("collector");
  const build = buildInfo(options.build);
  const failed = new Set<string>();
  let told = "";

  /** One collector that fails costs its own families only, and that is told once. */
  function familiesOf(one: NodeCollector, view: NodeView): readonly NodeFamily[] | undefined {
    try {
      return one.families(view);
    } catch (error) {
      const reason = reasonOf(error);
      if (!failed.has(one.collector)) log.error(`the collector ${one.collector} could not be shown`, { reason });
      failed.add(one.collector);
      return undefined;
    }
  }

  /** The files' families yield to all others, and that is told once. */
  function withTextFamilies(families: readonly NodeFamily[], view: NodeView): readonly NodeFamily[] {
    const merged = mergeFamilies(families, view.textfile?.families ?? []);
    const refused = merged.refused.join(", ");
    if (refused !== told && refused !== "") {
      log.warn("the textfile directory holds metrics that are shown already: theirs are left out", { metrics: merged.refused });
    }
    told = refused;
    if (merged.refused.length === 0) return merged.families;
    return merged.families.map((family) =>
      family.name === scrapeErrorName ? { ...family, points: family.points.map((point) => ({ ...point, value: 1 })) } : family,
    );
  }

  function* make(requested: readonly string[]): Steps<readonly NodeFamily[]> {
    const wanted = choose(requested, known, enabled);
    const newest = options.newest();
    const scraped = yield* options.scrape(missingParts(wanted, newest));
    const view: NodeView = { ...newest, ...scraped };
    const outcomes = new Map([...(newest?.outcomes ?? []), ...scraped.outcomes].map((outcome) => [outcome.collector, outcome]));
    const shown: (readonly NodeFamily[] | undefined)[] = [];
    for (const one of wanted) {
      yield;
      shown.push(familiesOf(one, view));
    }
    const families = [
      ...shown.flatMap((own) => own ?? []),
      ...columns(wanted, (one) => labels.of(one.collector), [
        {
          name: "node_scrape_collector_duration_seconds",
          help: "How long the collector took.",
          type: "gauge",
          value: (one) => durationOf(one, outcomes),
        },
        {
          name: "node_scrape_collector_success",
          help: "1 when the collector worked, 0 when it failed or found nothing.",
          type: "gauge",
          value: (one) => Number(outcomes.get(one.parts[0])?.result === "ok" && shown[wanted.indexOf(one)] !== undefined),
        },
      ]),
      build,
    ];
    return wanted.some((one) => one.parts.includes("textfile")) ? withTextFamilies(families, view) : families;
  }

  return {
    collectors: enabled.map((one) => one.collector),
    requested: (collect, exclude) => withoutExcluded(collect, exclude, enabled),
    parts: (requested) => missingParts(choose(requested, known, enabled), options.newest()),
    families: (requested) => atOnce(make(requested)),
    familiesInTurns: (requested) =>
      inTurns(
        make(requested),
        () => true,
        () => nextTurn(),
      ),
  };
}

function choose(
  requested: readonly string[],
  known: readonly NodeCollector[],
  enabled: readonly NodeCollector[],
): readonly NodeCollector[] {
  for (const name of requested) {
    if (name === allCollectors || enabled.some((one) => one.collector === name)) continue;
    // node_exporter has it, this has not: there is nothing of it
    if (knownCollectors.has(name) && !known.some((one) => one.collector === name)) continue;
    const names = [allCollectors, ...enabled.map((one) => one.collector)].join(", ");
    if (known.some((one) => one.collector === name))
      throw new NodeCollectorError(`the collector "${name}" is switched off: expected one of ${names}`);
    throw new NodeCollectorError(`there is no collector "${name}": expected one of ${names}`);
  }
  return requested.includes(allCollectors) ? enabled : enabled.filter((one) => requested.includes(one.collector));
}

/** As node_exporter has it: all but these. A name that nobody knows excludes nothing. */
function withoutExcluded(collect: readonly string[], exclude: readonly string[], enabled: readonly NodeCollector[]): readonly string[] {
  if (exclude.length === 0) return collect;
  if (collect.some((name) => name !== allCollectors))
    throw new NodeCollectorError(`exclude[] and collect[] cannot be combined, but for collect[]=${allCollectors}: expected one of the two`);
  return enabled.map((one) => one.collector).filter((name) => !exclude.includes(name));
}

function missingParts(wanted: readonly NodeCollector[], newest: Sample | undefined): ReadonlySet<PartName> {
  const given = new Set(Object.keys(newest ?? {}) as PartName[]);
  return new Set(wanted.flatMap(({ parts, needs = [] }) => [...parts, ...needs]).filter((part) => !given.has(part)));
}

function durationOf({ parts }: NodeCollector, outcomes: ReadonlyMap<string, CollectorOutcome>): number {
  return parts.reduce((sum, part) => sum + (outcomes.get(part)?.durationSeconds ?? 0), 0);
}
