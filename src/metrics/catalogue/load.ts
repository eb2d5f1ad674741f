import { type Family, gauge } from "../family.ts";

const tasks: Family = {
  name: "culprit_tasks",
  help: "Tasks that make the load, mean over the window: running (without Culprit's own reader) and in uninterruptible sleep.",
  type: "gauge",
  labels: ["state"],
  *points({ window }) {
    if (window?.runningTasks !== undefined) yield { labels: { state: "running" }, value: window.runningTasks.mean };
    if (window?.uninterruptibleTasks !== undefined) yield { labels: { state: "uninterruptible" }, value: window.uninterruptibleTasks.mean };
  },
};

/** The load average and the tasks behind it. */
export const loadFamilies: readonly Family[] = [
  gauge("culprit_load1", "Load average over 1 minute.", (view) => view.snapshot?.host.load?.load1),
  gauge("culprit_load5", "Load average over 5 minutes.", (view) => view.snapshot?.host.load?.load5),
  gauge("culprit_load15", "Load average over 15 minutes.", (view) => view.snapshot?.host.load?.load15),
  tasks,
];
