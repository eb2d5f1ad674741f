import assert from "node:assert/strict";
import { importScript } from "../project/trees.ts";

interface Compared {
  readonly both: number;
  readonly culpritAlone: number;
  readonly nodeExporterAlone: number;
  readonly neither: number;
  readonly panels: readonly { readonly panel: string; readonly queries: number; readonly missing: readonly string[] }[];
}

interface DashboardQueries {
  readonly seriesOf: (text: string) => ReadonlyMap<string, unknown>;
  readonly isAnswered: (expr: string, series: ReadonlyMap<string, unknown>) => boolean;
  readonly queriesOf: (dashboard: object) => readonly object[];
  readonly compareDashboard: (dashboard: object, scrapes: { readonly culprit: string; readonly nodeExporter: string }) => Compared;
}

const nodeExporter = `# HELP node_load1 1m load average.
node_load1 0.5
node_cpu_seconds_total{cpu="0",mode="idle"} 12
node_cpu_seconds_total{cpu="0",mode="user"} 3
node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 1e+10
node_thing{path="a \\"b\\", {c}"} 1
node_entropy_available_bits 256
`;
const culprit = nodeExporter.replace(/node_entropy.*\n/, "node_newer 1\n");

describe("Which queries of a dashboard a scrape answers", () => {
  let script: DashboardQueries;
  before(async () => {
    script = await importScript<DashboardQueries>("lib/dashboardQueries.mjs");
  });

  it("are those whose every selector finds a series", () => {
    const rows: readonly (readonly [expr: string, answered: boolean])[] = [
      ['node_load1{instance="$node",job="$job"}', true],
      ["node_load5", false],
      ['sum by (mode) (irate(node_cpu_seconds_total{mode="user",instance=~"$node:$port"}[$__rate_interval])) * 100', true],
      ['rate(node_cpu_seconds_total{mode="steal"}[5m])', false],
      ['rate(node_cpu_seconds_total{mode=~"idle|iowait",cpu!="1"}[5m] offset 1h)', true],
      ['node_filesystem_size_bytes{fstype!~"ext4|xfs"}', false],
      ['node_filesystem_size_bytes{mountpoint="/",fstype!="rootfs"} and on (device) node_load1', true],
      ["node_load1 / on (instance) group_left (cpu) node_gone", false],
      ['label_replace(node_load1, "a", "$1", "b", "(.*)")', true],
      ['{__name__=~"node_load.*"}', true],
      ["up and scrape_duration_seconds", true],
      ['node_thing{path=~"a.*"}', true],
      ["time() - 3", false],
    ];
    for (const [expr, answered] of rows) assert.equal(script.isAnswered(expr, script.seriesOf(nodeExporter)), answered, expr);
  });

  it("are counted by who answers them, panels in rows and old rows too", () => {
    const panel = (title: string, ...exprs: readonly string[]) => ({ title, targets: exprs.map((expr) => ({ expr })) });
    const dashboard = {
      panels: [panel("Load", "node_load1", "node_load5", ""), { type: "row", panels: [panel("Entropy", "node_entropy_available_bits")] }],
      rows: [{ panels: [panel("Newer", "node_newer")] }],
    };
    assert.equal(script.queriesOf(dashboard).length, 4);
    const { both, culpritAlone, nodeExporterAlone, neither, panels } = script.compareDashboard(dashboard, { culprit, nodeExporter });
    assert.deepEqual([both, culpritAlone, nodeExporterAlone, neither], [1, 1, 1, 1]);
    assert.deepEqual(
      panels.map(({ panel: title, queries, missing }) => [title, queries, missing.length]),
      [
        ["Load", 2, 0],
        ["Entropy", 1, 1],
        ["Newer", 1, 0],
      ],
    );
  });
});
