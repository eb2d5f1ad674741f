import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../support/paths.ts";

/** A dashboard as it is committed, as far as tests look at it. */
export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panels: readonly PanelFile[];
  readonly links: readonly { readonly type: string; readonly tags: readonly string[] }[];
  readonly templating: { readonly list: readonly VariableFile[] };
  readonly annotations: { readonly list?: readonly AnnotationFile[] };
}

/** One panel, or the heading of a row. */
export interface PanelFile {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetFile[];
  readonly interval?: string;
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly decimals?: number;
      readonly noValue?: string;
      readonly color?: { readonly mode: string };
      readonly custom?: { readonly axisWidth?: number };
      readonly links?: readonly { readonly url: string }[];
    };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly transformations?: readonly { readonly id: string; readonly options: Record<string, unknown> }[];
  readonly options?: {
    readonly sortBy?: readonly { readonly displayName: string }[];
    readonly legend?: { readonly sortBy?: string; readonly sortDesc?: boolean; readonly calcs?: readonly string[] };
  };
}

/** One query of a panel. */
export interface TargetFile {
  readonly refId: string;
  readonly expr: string;
  readonly range?: boolean;
  readonly instant?: boolean;
  readonly format?: string;
  readonly legendFormat?: string;
}

/** One variable. */
export interface VariableFile {
  readonly name: string;
  readonly type: string;
  readonly query?: string | { readonly query: string };
  readonly regex?: string;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly current?: { readonly value: string | readonly string[] };
}

/** One annotation. */
export interface AnnotationFile {
  readonly name: string;
  readonly expr: string;
  readonly target: { readonly expr: string };
  readonly titleFormat: string;
  readonly textFormat: string;
  readonly useValueForTime: boolean;
  readonly placement?: string;
}

/** What grafana/dashboards holds, by file name. */
export function readDashboards(): ReadonlyMap<string, DashboardFile> {
  const folder = join(packageRoot(), "grafana", "dashboards");
  const files = readdirSync(folder).sort();
  return new Map(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), "utf8")) as DashboardFile]));
}

/** Where a query is asked, and how. */
export interface PlacedQuery {
  /** For messages: dashboard, panel and letter. */
  readonly where: string;
  readonly dashboard: DashboardFile;
  readonly kind: "range" | "instant";
  readonly expr: string;
  readonly panel?: PanelFile;
  readonly target?: TargetFile;
}

/** A query without the label that its links need, which goes around all of it. */
export function withoutPage(expr: string): string {
  return /^label_replace\(label_replace\((.*), "page", "\$1", "instance", "\(\.\*\)"\), "page", .*\)$/s.exec(expr)?.[1] ?? expr;
}

/** Every query of every panel and annotation. */
export function queriesOf(dashboard: DashboardFile): readonly PlacedQuery[] {
  const ofPanels = dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).map((target): PlacedQuery => {
      const where = `${dashboard.uid} / ${panel.title} / ${target.refId}`;
      return { where, dashboard, kind: target.instant === true ? "instant" : "range", expr: target.expr, panel, target };
    }),
  );
  const ofAnnotations = (dashboard.annotations.list ?? []).map(
    (one): PlacedQuery => ({ where: `${dashboard.uid} / annotation ${one.name}`, dashboard, kind: "range", expr: one.target.expr }),
  );
  return [...ofPanels, ...ofAnnotations];
}

/** The text of a variable's query; undefined where it has none that a data source answers. */
export function queryOf({ type, query }: VariableFile): string | undefined {
  if (type !== "query") return undefined;
  return typeof query === "string" ? query : query?.query;
}
