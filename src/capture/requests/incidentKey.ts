/** What makes two alerts the same trouble. */
import { createHash } from "node:crypto";

/** The key of an incident: a hash of the labels less the ignored ones, whatever their order. Ignored is what tells who noticed or how loudly, not what is wrong. */
export function incidentKeyOf(labels: Readonly<Record<string, string>>, ignoreLabels: readonly string[]): string {
  const telling = Object.entries(labels)
    .filter(([name]) => !ignoreLabels.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash("sha256").update(JSON.stringify(telling)).digest("hex").slice(0, 16);
}
