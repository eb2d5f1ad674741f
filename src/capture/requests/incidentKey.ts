/** What makes two alerts the same trouble. */
import { createHash } from "node:crypto";

/** Labels that tell who noticed or how loudly, not what is wrong. */
export const defaultIgnoredLabels: readonly string[] = ["replica", "prometheus", "prometheus_replica", "severity"];

/** The key of an incident: a hash of the labels less the ignored ones, whatever their order. */
export function incidentKeyOf(labels: Readonly<Record<string, string>>, ignoreLabels: readonly string[]): string {
  const telling = Object.entries(labels)
    .filter(([name]) => !ignoreLabels.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash("sha256").update(JSON.stringify(telling)).digest("hex").slice(0, 16);
}
