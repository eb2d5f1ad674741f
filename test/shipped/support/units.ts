/** Whether the unit of a panel is that of the figure: read from the metric's name, where this project has all units. */

const kinds = ["bytes_per_second", "timestamp_seconds", "start_time_seconds", "seconds", "bytes", "ratio", "cores"] as const;

type Kind = (typeof kinds)[number] | "count";

function kindOf(metric: string): Kind {
  const plain = metric.replace(/_(?:total|bucket|sum|count)$/, "");
  return kinds.find((ending) => plain.endsWith(`_${ending}`)) ?? "count";
}

/** Units that fit what the query asks; the first metric of a query is what it is about. */
export function fittingUnits(expr: string): readonly string[] {
  const first = /(?<![\w"$])(?:culprit|process|nodejs|scrape)_\w+(?=\{)/.exec(expr);
  // up, and selectors by name, which the Fleet's score is made of
  if (first === null) return ["short", "none", "locale"];
  const [metric] = first;
  const before = expr.slice(0, first.index);
  const isRate = /\brate\(\s*$/.test(before) || /\brate\($/.test(before);
  const isRise = /\bincrease\($/.test(before);
  const rest = expr.slice(first.index).replaceAll(/\/ on \(job, instance\) group_left \(\) count_over_time\([^()]*\)/g, "");
  if (/\bcount\($|\bcount\(sum by \(\w+\) \($/.test(before)) return ["short", "none"];
  if (/histogram_quantile/.test(before)) return ["s"];
  // seconds of a histogram with one observation a second
  if (metric.startsWith("culprit_cpu_sample_usage_ratio_")) return ["s"];
  // how many CPUs there are is a number, too
  if (expr === first[0] + rest.slice(metric.length) && metric === "culprit_cpu_cores") return ["short", "suffix: cores"];
  const isShare = / \/ /.test(rest);
  switch (kindOf(metric)) {
    case "bytes_per_second":
      return ["Bps"];
    case "timestamp_seconds":
    case "start_time_seconds":
      return /1000 \* $/.test(before) ? ["dateTimeAsIso"] : /time\(\) - $/.test(before) ? ["s"] : [];
    case "seconds":
      // seconds of work in each second
      if (isRate) return ["percentunit", "suffix: cores"];
      return ["s"];
    case "bytes":
      return isRate ? ["Bps"] : isShare ? ["percentunit"] : ["decbytes"];
    case "ratio":
      return ["percentunit"];
    case "cores":
      return / \* on \(instance\) group_left \(\) sum by \(instance\) \(increase\(culprit_cpu_busy_seconds_total/.test(rest)
        ? ["s"]
        : isShare
          ? ["percentunit"]
          : ["suffix: cores"];
    case "count":
      if (isRate) return ["cps"];
      if (isRise) return ["none"];
      return isShare ? ["short", "percentunit", "locale"] : ["short", "none"];
  }
}
