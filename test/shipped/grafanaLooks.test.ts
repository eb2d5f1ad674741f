// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rulesPath } from "../../grafana/src/index.ts";
import { packageRoot } from "../support/paths.ts";
import { type PanelFile, readDashboards } from "./support/dashboards.ts";

const dashboards = [...readDashboards()];

/** Every panel with what a message calls it. */
const panels = dashboards.flatMap(([, dashboard]) =>
  dashboard.panels.filter(({ type }) => type !== "row").map((panel) => ({ where: `${dashboard.uid} / ${panel.title}`, panel })),
);

/** Every panel of a kind. */
function ofType(type: string) {
  const found = panels.filter(({ panel }) => panel.type === type);
  assert.ok(found.length > 0, `there is no ${type}`);
  return found;
}

/** The columns of all tables: what is set for each. */
const columns = panels
  .filter(({ panel }) => panel.type === "table")
  .flatMap(({ where, panel }) =>
    (panel.fieldConfig?.overrides ?? []).map(({ matcher, properties }) => ({
      where: `${where} / ${matcher.options}`,
      name: matcher.options,
      panel,
      settings: Object.fromEntries(properties.map(({ id, value }) => [id, value])) as Readonly<Record<string, unknown>>,
    })),
  );

const isBar = (settings: Readonly<Record<string, unknown>>) => (settings["custom.cellOptions"] as { type?: string })?.type === "gauge";

/** Every address that a panel leads to, with all that is wrapped around its queries. */
function linksOf(panel: PanelFile): readonly string[] {
  const defaults = panel.fieldConfig?.defaults.links ?? [];
  const overrides = (panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === "links").flatMap(({ value }) => value as { url: string }[]),
  );
  return [...defaults, ...overrides].map(({ url }) => url);
}

/** Units of a panel and of its columns and queries, each with its decimals. */
function unitsOf(panel: PanelFile): readonly (readonly [unit: string, decimals: unknown])[] {
  const { unit, decimals } = panel.fieldConfig?.defaults ?? {};
  const overrides = (panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) => {
    const own = properties.find(({ id }) => id === "unit")?.value as string | undefined;
    return own === undefined ? [] : [[own, properties.find(({ id }) => id === "decimals")?.value] as const];
  });
  return [...(unit === undefined || panel.type === "table" ? [] : [[unit, decimals] as const]), ...overrides];
}

describe("the dashboards, as people see them in Grafana", () => {
  it("show the links to each other, and nothing of theirs is in a menu", () => {
    for (const [file, dashboard] of dashboards) {
      const links = dashboard.links.map(({ type, tags }) => ({ type, tags }));
      assert.deepEqual(links, [{ type: "dashboards", tags: ["culprit"] }], file);
      assert.doesNotMatch(JSON.stringify(dashboard), /inControlsMenu/, file);
    }
  });

  it("lead to the page of each host by its own port, in fleets where some instance labels have one and others have not", () => {
    let seen = 0;
    for (const { where, panel } of panels) {
      const pages = linksOf(panel).filter((url) => url.startsWith("${scheme}://"));
      if (pages.length === 0) continue;
      seen += 1;
      for (const url of pages) assert.match(url, /^\$\{scheme\}:\/\/\$\{__(?:field\.labels\.page|data\.fields\.Page)\}\//, where);
      for (const { expr } of panel.targets ?? [])
        assert.match(
          expr,
          /^label_replace\(label_replace\(.*, "page", "\$1", "instance", "\(\.\*\)"\), "page", "\$1\$\{port\}", "instance", "\(\[\^:\]\+\)"\)$/s,
        );
    }
    assert.ok(seen > 40, `${seen} panels`);
    for (const { where, panel } of ofType("table")) {
      if (!linksOf(panel).some((url) => url.includes("${__data.fields.Page}"))) continue;
      const column = columns.find((one) => one.panel === panel && one.name === "Page");
      assert.deepEqual([column?.settings["custom.hidden"], column?.settings["custom.hideFrom.viz"]], [true, true], where);
    }
  });

  it("scale each bar of a table by its own column, or as a share of all", () => {
    const bars = columns.filter(({ settings }) => isBar(settings));
    assert.ok(bars.length > 8);
    for (const { where, settings } of bars) {
      assert.equal(settings.min, 0, where);
      assert.ok(settings.max === 1 || settings.fieldMinMax === true, where);
    }
  });

  it("draw no bar where there is no value, so that a host that is down has no green one", () => {
    for (const { where, settings } of columns.filter((one) => isBar(one.settings))) {
      const mappings = (settings.mappings ?? []) as { type: string; options: { match?: string; result?: { color: string } } }[];
      const ofNothing = mappings.find(({ options }) => options.match === "null+nan");
      assert.deepEqual([ofNothing?.type, ofNothing?.options.result?.color], ["special", "transparent"], where);
    }
  });

  it("have room for the headers of columns that are given a width", () => {
    for (const { where, name, panel, settings } of columns) {
      const width = settings["custom.width"] as number | undefined;
      if (width === undefined) continue;
      const sorted = panel.options?.sortBy?.some((by) => by.displayName === name);
      // 14 pixels high, eight wide, the padding; beside it the funnel, and the arrow of the sorted one
      const needed = 8 * name.length + 20 + (settings["custom.filterable"] === true ? 24 : 0) + (sorted ? 24 : 0);
      assert.ok(width >= needed, `${where} needs ${needed} and has ${width}`);
    }
  });

  it("write out the trouble of a host that is down, in place of 1.0 K", () => {
    const trouble = columns.filter(({ name }) => name === "Trouble");
    assert.deepEqual(
      trouble.map(({ settings }) => settings.unit),
      ["locale"],
    );
  });

  it("break long names in tables instead of cutting them", () => {
    for (const { where, panel } of ofType("table")) {
      const organize = panel.transformations?.find(({ id }) => id === "organize")?.options;
      const names = Object.entries((organize?.renameByName ?? {}) as Readonly<Record<string, string>>);
      assert.ok(names.length > 1, where);
      for (const [field, name] of names) {
        if (field.startsWith("Value") || field === "page") continue;
        const column = columns.find((one) => one.panel === panel && one.name === name);
        assert.equal((column?.settings["custom.cellOptions"] as { wrapText?: boolean })?.wrapText, true, `${where} / ${field}`);
      }
    }
  });

  it("have room for every title on 1280 pixels", () => {
    for (const { where, panel } of panels) {
      const room = (panel.gridPos.w / 24) * 1240 - 48;
      assert.ok(8 * panel.title.length <= room, `${where}: ${8 * panel.title.length} of ${room}`);
    }
  });

  it("have room in timelines for the name of the longest line of a host with a name of 15 letters", () => {
    const longest = "a longest name ".length + " · ".length + "waitingProcesses".length;
    for (const { where, panel } of ofType("state-timeline")) {
      const axisWidth = panel.fieldConfig?.defaults.custom?.axisWidth ?? 72;
      assert.ok(axisWidth >= 7 * longest, `${where}: ${axisWidth}`);
    }
  });

  it("list in legends who had most first, and give neighbours colours that can be told apart", () => {
    for (const { where, panel } of ofType("timeseries")) {
      const legend = panel.options?.legend;
      assert.deepEqual([legend?.sortBy, legend?.sortDesc], ["Mean", true], where);
      assert.ok(legend?.calcs?.includes("mean"), where);
      assert.deepEqual(panel.fieldConfig?.defaults.color, { mode: "palette-classic" }, where);
    }
  });

  it("say in words that there is nothing to show", () => {
    for (const { where, panel } of panels) {
      const noValue = panel.fieldConfig?.defaults.noValue ?? "No data";
      if (panel.type === "stat") assert.equal(noValue, "–", where);
      else assert.match(noValue, /^(?:no|nothing|nobody|this) (?!data)\w/, where);
    }
    const notifications = panels.find(({ where }) => where === "culprit-captures / Notifications")?.panel;
    assert.equal(notifications?.fieldConfig?.defaults.noValue, "no message in this range");
  });

  it("write the same unit with the same decimals everywhere", () => {
    const seen = new Map<string, unknown>();
    for (const { where, panel } of panels) {
      for (const [unit, decimals] of unitsOf(panel)) {
        if (seen.has(unit)) assert.equal(decimals, seen.get(unit), `${where}: ${unit}`);
        seen.set(unit, decimals);
      }
    }
    for (const [unit, decimals] of seen) assert.ok(unit === "dateTimeAsIso" || typeof decimals === "number", unit);
    assert.ok(seen.size > 5);
  });
});

describe("the rules for Grafana", () => {
  it("take no value for granted: before there is one, Grafana would show the template itself", () => {
    const text = readFileSync(join(packageRoot(), rulesPath), "utf8");
    const guarded = text.replace(/\{\{ with \.Values\.query \}\}\{\{ \.Value [^{}]*\}\}\{\{ else \}\}\(no value\)\{\{ end \}\}/g, "");
    assert.ok(text.length - guarded.length > 1000);
    assert.doesNotMatch(guarded, /\.Values?\b/);
    // nothing is compared with a label that may be missing
    assert.doesNotMatch(text, /\beq \.Labels/);
  });
});
