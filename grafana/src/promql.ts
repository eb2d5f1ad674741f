/** The pieces that queries are made of. */

/** The chosen hosts; every query of a host's own figures has it. */
export const hosts = 'job=~"$job",instance=~"$instance"';

/** Lines that a person can be named for: processes, and what short-lived processes of a unit or container used. */
export const who = 'kind=~"process|short_lived"';

/** What tells two lines apart within a host. */
export const lineLabels = "instance, process, unit, container, user";

/** How a line is called in a legend: process, unit and container as far as there are any, then the host. */
export const lineLegend = "{{process}} {{unit}} {{container}} · {{instance}}";

/** A family of the chosen hosts. */
export function select(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[hosts, ...matchers].join(",")}}`;
}

/** A family of processes, of those that are chosen. */
export function selectLines(metric: string, ...matchers: readonly string[]): string {
  return select(metric, who, 'process=~"$process"', ...matchers);
}

/**
 * The lines with the highest values of the whole range, the same ones at every step: a plain topk chooses anew at each step and draws
 * more lines than it was asked for.
 */
export function topLines(lines: string, overTime = overRange(lines)): string {
  return `${lines} and topk($top, ${overTime})`;
}

/** What everybody else had, so that the stack is as high as the machine's own figure. */
export function allOthers(metric: string, lines: string, overTime = overRange(lines)): string {
  const named = `sum by (instance) (${topLines(lines, overTime)})`;
  return `clamp_min(sum by (instance) (${select(metric)}) - (${named} or sum by (instance) (${select(metric)}) * 0), 0)`;
}

function overRange(lines: string): string {
  return `max_over_time(${lines}[$__range] @ end())`;
}

/**
 * What a line had on average over the range. A line that was shown for a part of the range only has samples for that part only, so its
 * sum is divided by the samples of its host: avg_over_time would take a burst of one minute for the mean of a day.
 */
export function meanOverRange(lines: string): string {
  const samples = `count_over_time(${select("culprit_cpu_cores")}[$__range])`;
  return `sum by (${lineLabels}) (sum_over_time(${lines}[$__range]) / on (job, instance) group_left () ${samples})`;
}

/**
 * Adds the label `page`: where a browser reaches the page of the line's host, made of its instance label. One that has a port already is used as
 * it is, so hosts of both kinds can stand beside each other.
 */
export function withPage(lines: string): string {
  return `label_replace(label_replace(${lines}, "page", "$1", "instance", "(.*)"), "page", "$1\${port}", "instance", "([^:]+)")`;
}

/** Gives every line a label `who`: what to call it in a sentence, even where it is no process. */
export function nameWho(lines: string): string {
  const steps: readonly (readonly [value: string, label: string, pattern: string])[] = [
    ["no single process", "kind", ".*"],
    ["short-lived processes", "kind", "short_lived"],
    ["short-lived processes of $1", "unit", "(.+)"],
    ["short-lived processes of $1", "container", "(.+)"],
    ["$1", "process", "(.+)"],
  ];
  return steps.reduce((inner, [value, label, pattern]) => `label_replace(${inner}, "who", "${value}", "${label}", "${pattern}")`, lines);
}

/**
 * One line for each spike: the first of those that its verdict names, with its share. Where it names nobody the line is nobody's.
 * `at` is a modifier of every selector, such as ` @ end()`.
 */
export function culprits(at = ""): string {
  const shares = `${select("culprit_spike_culprit_share_ratio")}${at}`;
  const named = `${select("culprit_spike_culprit_info")}${at}`;
  const each = "by (job, instance, resource)";
  const nobody = `topk ${each} (1, ${shares}) unless on (job, instance, resource) ${named}`;
  const emptied = ["process", "unit", "container", "user"].reduce(
    (inner, label) => `label_replace(${inner}, "${label}", "", "", "")`,
    nobody,
  );
  return `(topk ${each} (1, ${shares} and ${named}) or label_replace(${emptied}, "kind", "other", "", ""))`;
}

/**
 * Adds the label `start` from the newest spike of the same resource: milliseconds since 1970.
 *
 * `without ()`, and a name that sorts behind the others: with `by`, Prometheus 2 mixes up the labels of count_values in a range query when
 * the new one comes first in the alphabet.
 */
export function withSpikeStart(lines: string): string {
  const starts = `count_values without () ("start", round(1000 * ${select("culprit_spike_start_timestamp_seconds")}))`;
  return `${lines} * on (job, instance, resource) group_left (start) ${starts}`;
}
