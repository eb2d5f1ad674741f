/** Tables: several instant queries, joined into one row for each set of labels. */

import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import type { DynamicConfigValue, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { type Link, plainLinks } from "./links.ts";
import { type Color, decimalsProperty, nothing, type PanelSpec, queries, refId, type Steps } from "./panels.ts";
import { withPage } from "./promql.ts";
import { source } from "./variables.ts";

/** A column: a label of the rows, or the value of a query. */
export interface Column {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  /** In pixels; the others share what is left, 150 at least. */
  readonly width?: number;
  /** Drawn as a bar between 0 and `max`, or the highest of the column. */
  readonly bar?: true;
  readonly max?: number;
  readonly steps?: Steps;
  /** Instead of the number: words for values. */
  readonly words?: Readonly<Record<string, readonly [text: string, color: Color]>>;
  readonly links?: readonly Link[];
  /** Not shown: links of other columns need it. */
  readonly hidden?: true;
}

/** The column of `withPage`, for links to the host's page. */
export const pageColumn = ["page", { name: "Page", hidden: true }] as const;

/** A column that is filled by a query. */
export interface ValueColumn extends Column {
  readonly expr: string;
}

/** What a table is made of. */
export interface TableSpec extends Omit<PanelSpec, "targets" | "unit"> {
  /** Labels in the order of their columns; other labels are not shown. */
  readonly labels: readonly (readonly [label: string, column: Column])[];
  readonly values: readonly ValueColumn[];
  /** The column that is sorted by, the highest first. */
  readonly sortBy: string;
  /** Of a label's text, before it is shown. */
  readonly convert?: { readonly label: string; readonly to: "number" };
  readonly noValue?: string;
}

/** One row for each set of labels. */
export function table(spec: TableSpec): Panel {
  const { title, description, labels, values, sortBy, span, height = 10, convert, noValue } = spec;
  const hasPage = labels.includes(pageColumn);
  const valueNames = values.map((_, index) => (values.length === 1 ? "Value" : `Value #${refId(index)}`));
  const order = [...labels.map(([label]) => label), ...valueNames];
  const names = [...labels.map(([, { name }]) => name), ...values.map(({ name }) => name)];
  // Grafana leaves out the letter when only one of the queries has an answer
  const alone: Readonly<Record<string, string>> = values[0] === undefined || values.length === 1 ? {} : { Value: values[0].name };
  const panel = new TableBuilder()
    .title(title)
    .description(description)
    .unit("short")
    .datasource(source)
    .targets(queries(values.map(({ expr }) => ({ expr: hasPage ? withPage(expr) : expr, kind: "table" }))))
    .noValue(noValue ?? nothing)
    .span(span)
    .height(height)
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
    .withTransformation({ id: "merge", options: {} });
  if (convert !== undefined) {
    const conversions = [{ targetField: convert.label, destinationType: convert.to }];
    panel.withTransformation({ id: "convertFieldType", options: { fields: {}, conversions } });
  }
  panel.withTransformation({ id: "filterFieldsByName", options: { include: { names: [...order, ...Object.keys(alone)] } } });
  panel.withTransformation({
    id: "organize",
    options: {
      excludeByName: {},
      indexByName: Object.fromEntries(order.map((field, index) => [field, index])),
      renameByName: { ...Object.fromEntries(order.map((field, index) => [field, names[index]])), ...alone },
    },
  });
  for (const [, column] of labels) panel.overrideByName(column.name, [...labelProperties(column), ...columnProperties(column)]);
  for (const column of values) panel.overrideByName(column.name, columnProperties(column));
  return panel.build();
}

/** Names can be long and are looked for: they go over several lines, and can be filtered by. */
function labelProperties({ hidden }: Column): DynamicConfigValue[] {
  // the second is what Grafana 12 calls it
  if (hidden) return ["custom.hidden", "custom.hideFrom.viz"].map((id) => ({ id, value: true }));
  return [
    { id: "custom.filterable", value: true },
    { id: "custom.cellOptions", value: { type: "auto", wrapText: true } },
  ];
}

function columnProperties(column: Column): DynamicConfigValue[] {
  const { description, unit, width, bar, max, steps, words, links } = column;
  const colour = bar ? { type: "gauge", mode: "basic", valueDisplayMode: "text" } : { type: "color-text" };
  return [
    ...(description === undefined ? [] : [{ id: "description", value: description }]),
    ...(unit === undefined ? [] : [{ id: "unit", value: unit }, ...decimalsProperty(unit)]),
    { id: "noValue", value: "–" },
    ...(width === undefined ? [] : [{ id: "custom.width", value: width }]),
    ...(bar ? [{ id: "min", value: 0 }] : []),
    // without a highest value, that of the column and not that of the whole table
    ...(max === undefined ? (bar ? [{ id: "fieldMinMax", value: true }] : []) : [{ id: "max", value: max }]),
    ...(bar || steps || words ? [{ id: "custom.cellOptions", value: colour }] : []),
    ...(steps === undefined
      ? bar
        ? [{ id: "color", value: { mode: "continuous-BlPu" } }]
        : []
      : [
          { id: "color", value: { mode: "thresholds" } },
          { id: "thresholds", value: { mode: "absolute", steps: steps.map(([value, color]) => ({ value, color })) } },
        ]),
    ...(words === undefined && !bar ? [] : [{ id: "mappings", value: [...(words ? [wordMapping(words)] : []), ...(bar ? [noBar] : [])] }]),
    ...(links === undefined ? [] : [{ id: "links", value: plainLinks(links) }]),
  ];
}

/** A bar without a value is drawn as a thin line in the colour of the lowest one, as if all were well. */
const noBar = { type: "special", options: { match: "null+nan", result: { text: "–", color: "transparent", index: 0 } } };

function wordMapping(words: NonNullable<Column["words"]>) {
  const options = Object.entries(words).map(([value, [text, color]], index) => [value, { text, color, index }]);
  return { type: "value", options: Object.fromEntries(options) };
}
