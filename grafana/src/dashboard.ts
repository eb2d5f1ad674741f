/** Puts panels into a dashboard: places, numbers, variables, annotations. */
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  type RowPanel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { siblings } from "./links.ts";
import { linkVariables, source } from "./variables.ts";

/** A heading with what stands under it. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** An annotation: a query, and what it says of each of its results. */
export interface Annotation {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
  readonly title: string;
  readonly text: string;
}

/** A dashboard, still to be laid out. */
export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly variables: Parameters<DashboardBuilder["variables"]>[0];
  readonly annotations?: readonly Annotation[];
  readonly sections: readonly Section[];
}

const gridWidth = 24;

/** Lays it out and gives it the plain JSON that Grafana's file provisioning reads. */
export function dashboard(spec: DashboardSpec): Dashboard {
  const built = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(["culprit"])
    .timezone("browser")
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: spec.from, to: "now" })
    .refresh("30s")
    .link(siblings())
    .variables([...spec.variables, ...linkVariables()])
    .annotations((spec.annotations ?? []).map(annotation))
    .build();
  return inSight({ ...built, id: null, panels: layOut(spec.sections) });
}

/** The library puts links, and the switches of annotations, into a menu, where nobody finds them: Grafana then does not show the links at all. */
function inSight(built: Dashboard): Dashboard {
  const text = JSON.stringify(built, (key, value) => (key === "placement" && value === "inControlsMenu" ? undefined : value));
  return JSON.parse(text) as Dashboard;
}

function annotation({ name, color, expr, title, text }: Annotation): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(source)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step("15s")
    .target(new DataqueryBuilder().refId("Anno").datasource(source).expr(expr).interval("15s").range())
    .titleFormat(title)
    .textFormat(text)
    .tagKeys("instance,resource,origin")
    .useValueForTime(true);
}

/** From left to right, and down when a line is full. */
function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    placed.push({ type: "row", collapsed: false, title, id: placed.length + 1, gridPos: { x: 0, y, w: gridWidth, h: 1 }, panels: [] });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      const { w = gridWidth, h = 8 } = panel.gridPos ?? {};
      if (x + w > gridWidth) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      placed.push({ ...panel, id: placed.length + 1, gridPos: { x, y, w, h } });
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return placed;
}
