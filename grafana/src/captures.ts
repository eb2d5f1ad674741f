// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
/** Captures: archives to download, what became of captures and messages, and how much room is left. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { captures as captureMarks } from "./annotations.ts";
import { dashboard, type Section } from "./dashboard.ts";
import { pageOfRow } from "./links.ts";
import { graph, noneSteps, number, shareSteps } from "./panels.ts";
import { select } from "./promql.ts";
import { pageColumn, table } from "./tables.ts";
import { hostVariables } from "./variables.ts";

const overRange = (metric: string, ...matchers: readonly string[]) =>
  `sum(increase(${select(metric, ...matchers)}[$__range])) or vector(0)`;
const overStep = (labels: string, metric: string) => `sum by (${labels}) (increase(${select(metric)}[$__rate_interval]))`;

/** The dashboard. */
export function captures(): Dashboard {
  return dashboard({
    uid: "culprit-captures",
    title: "Culprit / Captures",
    description:
      "The archives of all hosts with their download links, what became of captures and notifications, and the quota. A download asks for a token or a login where the host's Culprit does.",
    from: "now-24h",
    variables: hostVariables(),
    annotations: [captureMarks],
    sections: [now(), { title: "Archives", panels: [archiveTable()] }, overTime(), queues()],
  });
}

function now(): Section {
  return {
    title: "Now",
    panels: [
      number({
        title: "Archives",
        description: "Archives that are kept on the chosen hosts.",
        unit: "none",
        span: 6,
        steps: [[null, "blue"]],
        targets: [{ expr: `sum(${select("culprit_archives")})` }],
      }),
      number({
        title: "Quota used",
        description: "Of the host that is nearest to its limit: at 100 % the oldest archives are removed.",
        unit: "percentunit",
        span: 6,
        steps: shareSteps,
        targets: [{ expr: `max(${select("culprit_archives_bytes")} / ${select("culprit_archives_limit_bytes")})` }],
      }),
      number({
        title: "Failed captures",
        description: "Captures of the range that made no archive.",
        unit: "none",
        span: 6,
        steps: noneSteps,
        targets: [{ expr: overRange("culprit_captures_total", 'result="failed"'), kind: "instant" }],
      }),
      number({
        title: "Refused webhook requests",
        description: "Requests of Alertmanager or others in the range that were not accepted, for whatever reason.",
        unit: "none",
        span: 6,
        steps: noneSteps,
        targets: [{ expr: overRange("culprit_webhook_requests_total", 'result!="accepted"'), kind: "instant" }],
      }),
    ],
  };
}

function archiveTable() {
  const download = {
    title: "Download ${__data.fields.Archive}.tar.gz",
    url: `${pageOfRow}/archives/\${__data.fields.Archive:percentencode}.tar.gz`,
  };
  return table({
    title: "Archives",
    description: "The latest 20 archives of each host; a click on an archive downloads it from the host that has it.",
    span: 24,
    height: 12,
    labels: [
      ["instance", { name: "Host", width: 130 }],
      ["name", { name: "For", width: 180 }],
      ["origin", { name: "Asked for by", width: 140 }],
      ["process", { name: "Culprit", width: 190 }],
      ["id", { name: "Archive", links: [download] }],
      pageColumn,
    ],
    values: [
      {
        name: "Finished",
        expr: `max by (instance, name, origin, process, id) (1000 * ${select("culprit_archive_created_timestamp_seconds")})`,
        unit: "dateTimeAsIso",
        width: 180,
      },
    ],
    sortBy: "Finished",
    noValue: "no archive yet",
  });
}

function overTime(): Section {
  return {
    title: "Over time",
    panels: [
      graph({
        title: "Captures",
        description: "Captures that ended, by who asked for them and how they ended.",
        noValue: "no capture ended in this range",
        unit: "none",
        span: 12,
        bars: true,
        stacked: true,
        targets: [{ expr: overStep("instance, origin, result", "culprit_captures_total"), legend: "{{origin}} {{result}} · {{instance}}" }],
      }),
      graph({
        title: "Duration of captures",
        description: "From the start of a capture to the finished archive, on average and for the slowest tenth.",
        noValue: "no capture ended in this range",
        unit: "s",
        span: 12,
        targets: [
          {
            expr: `sum by (instance) (increase(${select("culprit_capture_duration_seconds_sum")}[$__range])) / sum by (instance) (increase(${select("culprit_capture_duration_seconds_count")}[$__range]))`,
            legend: "mean · {{instance}}",
          },
          {
            expr: `histogram_quantile(0.9, sum by (instance, le) (increase(${select("culprit_capture_duration_seconds_bucket")}[$__range])))`,
            legend: "90th percentile · {{instance}}",
          },
        ],
      }),
      graph({
        title: "Notifications",
        description: "Messages to people by channel and what became of them.",
        noValue: "no message in this range",
        unit: "none",
        span: 12,
        bars: true,
        stacked: true,
        targets: [
          { expr: overStep("instance, channel, result", "culprit_notifications_total"), legend: "{{channel}} {{result}} · {{instance}}" },
        ],
      }),
      graph({
        title: "Webhook requests",
        description: "Requests of Alertmanager and others by what became of them.",
        noValue: "no request in this range",
        unit: "none",
        span: 12,
        bars: true,
        stacked: true,
        targets: [{ expr: overStep("instance, result", "culprit_webhook_requests_total"), legend: "{{result}} · {{instance}}" }],
      }),
      graph({
        title: "Triggers",
        description: "Firings of each trigger; crossings within a cooldown are none.",
        noValue: "no trigger fired in this range",
        unit: "none",
        span: 12,
        bars: true,
        stacked: true,
        targets: [{ expr: overStep("instance, trigger", "culprit_trigger_fired_total"), legend: "{{trigger}} · {{instance}}" }],
      }),
      graph({
        title: "Size of the archives",
        description: "All archives of a host, and the limit at which the oldest are removed.",
        unit: "decbytes",
        span: 12,
        targets: [
          { expr: select("culprit_archives_bytes"), legend: "archives · {{instance}}" },
          { expr: select("culprit_archives_limit_bytes"), legend: "limit · {{instance}}", limit: true },
        ],
      }),
    ],
  };
}

function queues(): Section {
  return {
    title: "Queues",
    panels: [
      graph({
        title: "Waiting",
        description: "Entries of each durable queue that wait for their turn.",
        unit: "none",
        span: 12,
        targets: [{ expr: select("culprit_queue_length", 'queue=~"captures|notifications|relay"'), legend: "{{queue}} · {{instance}}" }],
      }),
      graph({
        title: "Dropped",
        description: "Entries that a full queue had to drop: each is a capture that was not made or a message that was not sent.",
        unit: "none",
        span: 12,
        bars: true,
        targets: [
          {
            expr: `increase(${select("culprit_queue_dropped_total", 'queue=~"captures|notifications|relay"')}[$__rate_interval])`,
            legend: "{{queue}} · {{instance}}",
          },
        ],
      }),
    ],
  };
}
