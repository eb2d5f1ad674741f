// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { allDashboards, generatedFiles } from "../../grafana/src/index.ts";
import { freePort, TestMachine, waitFor } from "../e2e/machine.ts";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { type DashboardFile, type PanelFile, queriesOf, queryOf, readDashboards, withoutPage } from "./support/dashboards.ts";
import { knownFamilies, selectorsOf } from "./support/families.ts";
import { type Chosen, interpolate, type View } from "./support/interpolate.ts";
import { PrometheusApi } from "./support/prometheus.ts";
import { fittingUnits } from "./support/units.ts";

const dashboards = [...readDashboards()];
const view: View = { fromMs: 0, toMs: 3_600_000, maxDataPoints: 1200, scrapeSeconds: 15 };

function panelsOf(dashboard: DashboardFile): readonly PanelFile[] {
  return dashboard.panels.filter((panel) => panel.type !== "row");
}

/** Every query there is, variables included. */
function everyQuery(): readonly { readonly where: string; readonly expr: string }[] {
  return dashboards.flatMap(([, dashboard]) => [
    ...queriesOf(dashboard),
    ...dashboard.templating.list.flatMap((variable) => {
      const expr = queryOf(variable);
      return expr === undefined ? [] : [{ where: `${dashboard.uid} / $${variable.name}`, expr }];
    }),
  ]);
}

/** Overrides come by the letter of the query, or by the name that a table's column was given. */
function unitOf({ fieldConfig, transformations = [] }: PanelFile, refId: string, isOnly: boolean): string | undefined {
  const renamed = transformations.find(({ id }) => id === "organize")?.options.renameByName as Record<string, string> | undefined;
  const column = renamed?.[isOnly ? "Value" : `Value #${refId}`];
  const override = fieldConfig?.overrides.find(
    ({ matcher }) =>
      (matcher.id === "byFrameRefID" && matcher.options === refId) || (matcher.id === "byName" && matcher.options === column),
  );
  const unit = override?.properties.find(({ id }) => id === "unit")?.value ?? fieldConfig?.defaults.unit;
  return typeof unit === "string" ? unit : undefined;
}

describe("the dashboards for Grafana", () => {
  it("are committed as grafana/src makes them: `npm run dashboards` writes them anew", () => {
    const committed = dashboards.map(([file, dashboard]) => [file, dashboard]);
    const made = allDashboards().map((dashboard) => [`${dashboard.uid}.json`, JSON.parse(JSON.stringify(dashboard))]);
    assert.deepEqual(committed, made.sort());
    for (const [path, text] of generatedFiles(packageRoot()))
      if (!path.endsWith(".json")) assert.deepEqual(parse(readFileSync(join(packageRoot(), path), "utf8")), parse(text), path);
  });

  it("are the five that are wanted, each with a uid of its own", () => {
    assert.deepEqual(
      dashboards.map(([, { uid }]) => uid),
      ["culprit-captures", "culprit-culprits", "culprit-fleet", "culprit-host", "culprit-self"],
    );
    for (const [file, { uid, tags, description }] of dashboards) {
      assert.equal(file, `${uid}.json`);
      assert.deepEqual(tags, ["culprit"]);
      assert.ok(description.length > 30);
    }
  });

  it("are where the alerts say that they are", () => {
    const folder = join(packageRoot(), "prometheus", "rules");
    const links = readdirSync(folder).flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/\/d\/([\w-]+)\?/g)]);
    assert.ok(links.length > 0);
    const uids = dashboards.map(([, { uid }]) => uid);
    for (const [, uid = ""] of links) assert.ok(uids.includes(uid), uid);
  });

  it("fill the grid without a gap and without an overlap", () => {
    for (const [file, { panels }] of dashboards) {
      const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
      const covered = Array.from({ length: height }, () => new Array<number>(24).fill(0));
      for (const { gridPos, title } of panels) {
        assert.ok(gridPos.w > 0 && gridPos.h > 0 && gridPos.x + gridPos.w <= 24, `${file}: ${title}`);
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++)
          for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
            const line = covered[y] ?? [];
            line[x] = (line[x] ?? 0) + 1;
          }
      }
      covered.forEach((line, y) => {
        assert.ok(
          line.every((times) => times === 1),
          `${file}: line ${y} of the grid is ${line.join("")}`,
        );
      });
    }
  });

  it("are readable on 1280 pixels: nothing that has a time axis is narrower than half of it", () => {
    for (const [file, dashboard] of dashboards)
      for (const { title, type, gridPos } of panelsOf(dashboard))
        assert.ok(gridPos.w >= (type === "stat" ? 4 : 12), `${file}: ${title} is ${gridPos.w} wide`);
  });

  it("have tables that fit into 1280 pixels without being pushed to and fro", () => {
    // less Grafana's margins; a column without a width takes 150 at least
    for (const [file, dashboard] of dashboards) {
      for (const { title, type, gridPos, fieldConfig, transformations = [] } of panelsOf(dashboard)) {
        if (type !== "table") continue;
        const organize = transformations.find(({ id }) => id === "organize")?.options.renameByName as Record<string, string>;
        const widths = [...new Set(Object.values(organize))].map((column) => {
          const override = fieldConfig?.overrides.find(({ matcher }) => matcher.id === "byName" && matcher.options === column);
          if (override?.properties.some(({ id }) => id === "custom.hidden")) return 0;
          return Number(override?.properties.find(({ id }) => id === "custom.width")?.value ?? 150);
        });
        const sum = widths.reduce((all, width) => all + width, 0);
        assert.ok(sum <= (gridPos.w / 24) * 1240, `${file}: ${title} needs ${sum} pixels`);
      }
    }
  });

  it("put the top processes of a resource right under it, with the same span, so that one moment is one vertical line", () => {
    const host = dashboards.find(([, { uid }]) => uid === "culprit-host")?.[1];
    const titles = host?.panels.map(({ title, gridPos }) => ({ title, ...gridPos })) ?? [];
    for (const [resource, processes] of [
      ["CPU usage", "CPU by process"],
      ["Memory used", "Memory by process"],
      ["Disk traffic", "Writes by process"],
      ["Load", "Load by process"],
      ["Pressure", "Who waits"],
    ]) {
      const above = titles.find(({ title, w }) => title === resource && w === 24 && title !== undefined);
      const below = titles.findLast(({ title }) => title === processes);
      const last = titles.findLast(({ title, h }) => title === resource && h > 1) ?? above;
      assert.ok(last !== undefined && below !== undefined, `${resource}, ${processes}`);
      assert.deepEqual({ x: below.x, w: below.w, y: below.y }, { x: last.x, w: last.w, y: last.y + last.h });
    }
  });

  it("give every panel a number of its own, a description, a unit and the chosen data source", () => {
    for (const [file, dashboard] of dashboards) {
      const ids = dashboard.panels.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, file);
      for (const panel of panelsOf(dashboard)) {
        assert.ok((panel.description ?? "").length > 20, `${file}: ${panel.title} has no description`);
        assert.ok(panel.fieldConfig?.defaults.unit, `${file}: ${panel.title} has no unit`);
        const refIds = panel.targets?.map(({ refId }) => refId) ?? [];
        assert.ok(refIds.length > 0 && new Set(refIds).size === refIds.length, `${file}: ${panel.title}`);
      }
      assert.ok(JSON.stringify(dashboard.panels).includes('"uid":"${datasource}"'));
      assert.ok(!/"uid":"(?!\$\{datasource\}|culprit-)/.test(JSON.stringify(dashboard)), `${file} names a data source of its own`);
    }
  });

  it("name colours, never their values: only so they can be seen in both themes", () => {
    for (const [file] of dashboards) {
      const text = readFileSync(join(packageRoot(), "grafana", "dashboards", file), "utf8");
      assert.doesNotMatch(text, /#[0-9a-fA-F]{6}\b|rgba?\(/);
    }
  });

  it("ask only for metrics that Culprit has on every system, with labels that they have", () => {
    const known = knownFamilies();
    let asked = 0;
    for (const { where, expr } of everyQuery()) {
      for (const { names, labels } of selectorsOf(expr)) {
        for (const name of names) {
          const family = known.get(name);
          assert.ok(family !== undefined, `${where}: there is no ${name}`);
          for (const label of labels)
            assert.ok(["job", "instance", ...family.labels].includes(label), `${where}: ${name} has no label ${label}`);
          asked += 1;
        }
      }
      // a name without braces would be one that was not looked at: label_values(culprit_build_info, job)
      for (const [name] of expr.replace(/"[^"]*"/g, "").matchAll(/\b(?:culprit|process|nodejs|node)_\w+/g))
        assert.ok(known.has(name), `${where}: there is no ${name}`);
    }
    assert.ok(asked > 150);
  });

  it("group by labels and show labels in legends that the asked families have", () => {
    const known = knownFamilies();
    const made = ["job", "instance", "start", "who", "page"];
    for (const [, dashboard] of dashboards) {
      for (const { where, expr, target } of queriesOf(dashboard)) {
        const has = new Set([...made, ...selectorsOf(expr).flatMap(({ names }) => names.flatMap((name) => known.get(name)?.labels ?? []))]);
        const grouped = [...expr.matchAll(/\b(?:by|on|ignoring|without)\s*\(([\w, ]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
        const shown = [...(target?.legendFormat ?? "").matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
        for (const label of [...grouped, ...shown]) assert.ok(label === "" || has.has(label), `${where}: there is no label ${label}`);
      }
    }
  });

  it("ask for named lines only where they ask who it was", () => {
    for (const [, dashboard] of dashboards) {
      for (const { where, expr, panel } of queriesOf(dashboard)) {
        if (!expr.includes("topk") || panel === undefined || withoutPage(expr).startsWith("clamp_min(sum by (instance)")) continue;
        assert.match(expr, /kind=~"process\|short_lived"/, where);
      }
    }
  });

  it("never take the average over time of a line, which would make a short burst as large as a long one", () => {
    for (const { where, expr } of everyQuery()) assert.ok(!expr.includes("avg_over_time"), where);
    const means = everyQuery().filter(({ expr }) => expr.includes("sum_over_time("));
    assert.ok(means.length > 8);
    for (const { where, expr } of means) {
      const sums = expr.match(/sum_over_time\(/g)?.length;
      const counts = expr.match(/\/ on \(job, instance\) group_left \(\) count_over_time\(culprit_cpu_cores\{/g)?.length;
      assert.equal(sums, counts, where);
    }
  });

  it("show each figure in the unit that its name has", () => {
    for (const [, dashboard] of dashboards) {
      for (const { where, expr, panel, target } of queriesOf(dashboard)) {
        if (panel === undefined || target === undefined) continue;
        const unit = unitOf(panel, target.refId, panel.targets?.length === 1) ?? "none";
        assert.ok(
          fittingUnits(withoutPage(expr)).includes(unit),
          `${where} is shown as ${unit}, and would be ${fittingUnits(withoutPage(expr)).join(" or ")}: ${expr}`,
        );
      }
    }
  });

  it("have data source, job and instance to choose, and the process where there are any; All where there can be several", () => {
    for (const [file, { templating, uid }] of dashboards) {
      const names = templating.list.map(({ name }) => name);
      const ofProcesses = ["culprit-host", "culprit-culprits"].includes(uid) ? ["process", "top"] : [];
      assert.deepEqual(names, ["datasource", "job", "instance", ...ofProcesses, "scheme", "port"], file);
      for (const { name, includeAll, multi } of templating.list)
        if (["job", "instance", "process"].includes(name)) assert.deepEqual([includeAll, multi], [true, true], `${file}: ${name}`);
    }
  });

  it("lead to the live page at the clicked moment from every graph", () => {
    for (const [file, dashboard] of dashboards) {
      for (const { title, type, fieldConfig } of panelsOf(dashboard)) {
        if (type !== "timeseries" && type !== "state-timeline") continue;
        const urls = fieldConfig?.defaults.links?.map(({ url }) => url) ?? [];
        const start = "${scheme}://${__field.labels.page}/?at=${__value.time}";
        assert.ok(
          urls.some((url) => url.startsWith(start)),
          `${file}: ${title}: ${urls.join(" ")}`,
        );
      }
    }
  });

  it("show the switches of their annotations, which name the culprit and mark the moment itself", () => {
    const lists = dashboards.flatMap(([, { annotations }]) => annotations.list ?? []);
    assert.deepEqual([...new Set(lists.map(({ name }) => name))].sort(), ["Captures", "Spikes"]);
    for (const { placement, titleFormat, textFormat, useValueForTime, expr, target } of lists) {
      assert.equal(placement, undefined);
      assert.match(titleFormat, /\{\{(who|process)\}\}/);
      assert.match(textFormat, /<a href="\{\{page\}\}\//);
      assert.equal(useValueForTime, true);
      assert.equal(expr, target.expr);
    }
  });

  it("ask nothing that Prometheus cannot parse", async function () {
    requireServer(this, "prometheus");
    this.timeout(60_000);
    const machine = new TestMachine();
    try {
      const port = await freePort();
      machine.write("prometheus.yml", "scrape_configs: []\n");
      const where = [`--config.file=${machine.path("prometheus.yml")}`, `--storage.tsdb.path=${machine.path("tsdb")}`];
      machine.start("prometheus", [...where, `--web.listen-address=127.0.0.1:${port}`]);
      const base = `http://127.0.0.1:${port}`;
      await waitFor("Prometheus", async () => (await fetch(`${base}/-/ready`)).ok);
      const api = new PrometheusApi(base);
      for (const [, dashboard] of dashboards) {
        const { list } = dashboard.templating;
        const values = list.map(({ name }): [string, Chosen] => [name, name === "top" ? "10" : ["a.b", 'g++ "x"'.replaceAll('"', "")]]);
        const chosen = new Map(values).set("scheme", "http").set("port", ":10054");
        for (const { where: place, expr } of queriesOf(dashboard)) {
          const sent = interpolate(expr, list, chosen, view);
          await assert.doesNotReject(api.parse(sent), `${place}: ${sent}`);
        }
      }
      await assert.rejects(api.parse("sum(culprit_cpu_cores"), "this check can fail");
    } finally {
      await machine.close();
    }
  });
});
