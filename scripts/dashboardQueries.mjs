/**
 * Says which queries of a dashboard made for node_exporter Culprit's node job answers, and which only node_exporter does, from a scrape of each on the
 * same machine:
 *
 *     node scripts/dashboardQueries.mjs DASHBOARD.json --culprit SCRAPE --node-exporter SCRAPE [--most 5]
 *
 * SCRAPE is a file or an address (`http://127.0.0.1:10054/metrics?collect[]=node`). Exit code 1 where more than `--most` are answered by node_exporter alone.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compareDashboard } from "./lib/dashboardQueries.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { culprit: { type: "string" }, "node-exporter": { type: "string" }, most: { type: "string", default: "5" } },
});
const [path] = positionals;
const { culprit, "node-exporter": nodeExporter, most } = values;
if (path === undefined || culprit === undefined || nodeExporter === undefined)
  throw new Error("usage: node scripts/dashboardQueries.mjs DASHBOARD.json --culprit SCRAPE --node-exporter SCRAPE [--most 5]");

const result = compareDashboard(JSON.parse(readFileSync(path, "utf8")), {
  culprit: await scrapeOf(culprit),
  nodeExporter: await scrapeOf(nodeExporter),
});
console.log(`${result.queries.length} queries: ${result.both} answered by both, ${result.culpritAlone} by Culprit alone,`);
console.log(`${result.nodeExporterAlone} by node_exporter alone, ${result.neither} by neither on this machine`);
for (const { panel, missing } of result.panels) for (const expr of missing) console.log(`  ${panel}: ${expr}`);
process.exitCode = result.nodeExporterAlone <= Number(most) ? 0 : 1;

/** @param {string} from @returns {Promise<string>} */
async function scrapeOf(from) {
  if (!/^https?:/.test(from)) return readFileSync(from, "utf8");
  const answer = await fetch(from);
  if (!answer.ok) throw new Error(`${from} answered with ${answer.status}`);
  return answer.text();
}
