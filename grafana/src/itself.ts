/** Culprit itself: whether it samples in time, and what it costs. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, type Section } from "./dashboard.ts";
import { graph, noneSteps, number, states } from "./panels.ts";
import { hosts, select } from "./promql.ts";
import { table } from "./tables.ts";
import { hostVariables } from "./variables.ts";

const perSecond = (metric: string) => `rate(${select(metric)}[$__rate_interval])`;

/** The dashboard. */
export function itself(): Dashboard {
  return dashboard({
    uid: "culprit-self",
    title: "Culprit / Culprit itself",
    description: "Whether every host is sampled in time, which collectors fail, and what Culprit and its scrapes cost.",
    from: "now-3h",
    variables: hostVariables(),
    sections: [now(), sampling(), cost(), scrapes()],
  });
}

function now(): Section {
  return {
    title: "Now",
    panels: [
      number({
        title: "Oldest newest sample",
        description: "Age of the newest sample, of the host where it is oldest: above 5 s its gauges are left out.",
        unit: "s",
        span: 6,
        steps: [
          [null, "green"],
          [30, "red"],
        ],
        targets: [{ expr: `max(time() - ${select("culprit_last_sample_timestamp_seconds")})` }],
      }),
      number({
        title: "Missed samples",
        description: "Samples of the range that could not be taken in time; the next one is honest about its length.",
        unit: "none",
        span: 6,
        steps: [
          [null, "green"],
          [10, "yellow"],
          [100, "red"],
        ],
        targets: [{ expr: `sum(increase(${select("culprit_samples_missed_total")}[$__range]))`, kind: "instant" }],
      }),
      number({
        title: "Failing collectors",
        description: "Collectors of all chosen hosts that failed in their newest sample.",
        unit: "none",
        span: 6,
        steps: noneSteps,
        targets: [{ expr: `count(${select("culprit_collector_success")} == 0) or vector(0)`, kind: "instant" }],
      }),
      number({
        title: "Dropped by queues",
        description: "Entries that full queues dropped in the range.",
        unit: "none",
        span: 6,
        steps: noneSteps,
        targets: [{ expr: `sum(increase(${select("culprit_queue_dropped_total")}[$__range]))`, kind: "instant" }],
      }),
      table({
        title: "Versions",
        description: "Version of Culprit and of Node on each host, and since when it runs.",
        span: 24,
        height: 6,
        labels: [
          ["instance", { name: "Host" }],
          ["version", { name: "Culprit", width: 120 }],
          ["nodeversion", { name: "Node", width: 120 }],
          ["os", { name: "System", width: 100 }],
          ["kernel", { name: "Kernel" }],
        ],
        values: [
          {
            name: "Running since",
            expr: `max by (instance, version, nodeversion, os, kernel) (1000 * ${select("process_start_time_seconds")} * on (job, instance) group_left (version, nodeversion) ${select("culprit_build_info")} * on (job, instance) group_left (os, kernel) ${select("culprit_host_info")})`,
            unit: "dateTimeAsIso",
            width: 180,
          },
        ],
        sortBy: "Running since",
      }),
    ],
  };
}

function sampling(): Section {
  const buckets = perSecond("culprit_sample_duration_seconds_bucket");
  return {
    title: "Sampling",
    panels: [
      graph({
        title: "Duration of a sample",
        description:
          "From the first file to the finished snapshot: half of the samples, and all but one of a hundred, were as fast as this.",
        unit: "s",
        span: 12,
        targets: [
          { expr: `histogram_quantile(0.5, sum by (instance, le) (${buckets}))`, legend: "median · {{instance}}" },
          { expr: `histogram_quantile(0.99, sum by (instance, le) (${buckets}))`, legend: "99th percentile · {{instance}}" },
        ],
      }),
      graph({
        title: "Samples",
        description: "Samples taken and missed, per second.",
        unit: "cps",
        span: 12,
        targets: [
          { expr: perSecond("culprit_samples_total"), legend: "taken · {{instance}}" },
          { expr: perSecond("culprit_samples_missed_total"), legend: "missed · {{instance}}" },
        ],
      }),
      graph({
        title: "Duration of collectors",
        description: "How long each collector took in the newest sample.",
        unit: "s",
        span: 12,
        height: 9,
        targets: [{ expr: select("culprit_collector_duration_seconds"), legend: "{{collector}} · {{instance}}" }],
      }),
      states({
        title: "Collectors",
        description: "Which collectors work. One that the machine has nothing for is not here.",
        unit: "none",
        span: 12,
        height: 9,
        on: ["works", "green"],
        off: ["fails", "red"],
        targets: [{ expr: select("culprit_collector_success"), legend: "{{collector}} · {{instance}}" }],
      }),
      graph({
        title: "Names left out",
        description: "Process groups that were not shown by name because too many new ones came within an hour.",
        unit: "none",
        span: 12,
        bars: true,
        targets: [{ expr: `increase(${select("culprit_process_labels_dropped_total")}[$__rate_interval])`, legend: "{{instance}}" }],
      }),
      graph({
        title: "Queues",
        description: "Entries that wait in each queue.",
        unit: "none",
        span: 12,
        targets: [{ expr: select("culprit_queue_length"), legend: "{{queue}} · {{instance}}" }],
      }),
    ],
  };
}

function cost(): Section {
  return {
    title: "Cost",
    panels: [
      graph({
        title: "CPU",
        description: "Cores that Culprit uses itself.",
        unit: "suffix: cores",
        span: 12,
        targets: [{ expr: perSecond("process_cpu_seconds_total"), legend: "{{instance}}" }],
      }),
      graph({
        title: "Memory",
        description: "Resident memory of Culprit, and the part of it that is JavaScript's heap.",
        unit: "decbytes",
        span: 12,
        targets: [
          { expr: select("process_resident_memory_bytes"), legend: "resident · {{instance}}" },
          { expr: select("nodejs_heap_size_used_bytes"), legend: "heap · {{instance}}" },
        ],
      }),
      graph({
        title: "Open files",
        description: "File descriptors of Culprit as a share of what it may open.",
        unit: "percentunit",
        span: 24,
        height: 7,
        max: 1,
        targets: [{ expr: `${select("process_open_fds")} / ${select("process_max_fds")}`, legend: "{{instance}}" }],
      }),
    ],
  };
}

function scrapes(): Section {
  return {
    title: "Scrapes",
    panels: [
      graph({
        title: "Duration of a scrape",
        description: "How long Prometheus waited for the metrics.",
        unit: "s",
        span: 12,
        targets: [{ expr: `scrape_duration_seconds{${hosts}}`, legend: "{{instance}}" }],
      }),
      graph({
        title: "Series of a scrape",
        description: "How many series each host gives: what it costs in Prometheus.",
        unit: "none",
        span: 12,
        targets: [{ expr: `scrape_samples_scraped{${hosts}}`, legend: "{{instance}}" }],
      }),
      graph({
        title: "Time between scrapes",
        description:
          "Of the client that scrapes least often. Above Culprit's window of a minute, seconds go unseen between two scrapes. Absent until a client has come twice.",
        unit: "s",
        span: 24,
        height: 7,
        steps: [
          [null, "green"],
          [60, "red"],
        ],
        targets: [{ expr: select("culprit_scrape_gap_seconds"), legend: "{{instance}}" }],
      }),
    ],
  };
}
