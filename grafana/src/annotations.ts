/** What is marked in the graphs: spikes and captures, each with the name of its culprit. */
import type { Annotation } from "./dashboard.ts";
import { pageOf } from "./links.ts";
import { culprits, nameWho, select, withPage, withSpikeStart } from "./promql.ts";

/** Adds the whole address of the host's page as a label: texts of annotations know labels only. */
function withAddress(lines: string): string {
  return `label_replace(${withPage(lines)}, "page", "${pageOf("$1")}", "page", "(.+)")`;
}

const onResource = "on (job, instance, resource)";

/** The culprit of each spike: the last word for spikes that are over; while one lasts, what is known at the end of the range. */
const over = `${culprits()} and ${onResource} ${select("culprit_spike_active")} == 0`;
const lasting = `${culprits(" @ end()")} and ${onResource} ${select("culprit_spike_active")} @ end() == 1`;
const startMs = `1000 * ${select("culprit_spike_start_timestamp_seconds")}`;

/** A mark at the start of each spike. */
export const spikes: Annotation = {
  name: "Spikes",
  color: "red",
  expr: withAddress(withSpikeStart(nameWho(`(${startMs}) * ${onResource} group_right () ((${over} or ${lasting}) > bool -1)`))),
  title: "{{resource}} spike: {{who}}",
  text: '{{instance}} · <a href="{{page}}/?at={{start}}" target="_blank">live page at this moment</a>',
};

/** A mark for each archive that was finished. */
export const captures: Annotation = {
  name: "Captures",
  color: "blue",
  expr: withAddress(`1000 * ${select("culprit_archive_created_timestamp_seconds")}`),
  title: "Capture for {{name}}: {{process}}",
  text: '{{instance}} · {{origin}} · <a href="{{page}}/archives/{{id}}.tar.gz">download the archive</a>',
};
