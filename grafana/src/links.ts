// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
/** Where a click leads: to Culprit's own page at that moment, or to another dashboard. */
import { type DashboardLink, DashboardLinkBuilder, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";

/** A link on a value or a cell. */
export type Link = { readonly title: string; readonly url: string };

/** The beginning of every address of a host's Culprit; `page` is the expression that stands for the label that `withPage` adds. */
export function pageOf(page: string): string {
  return `\${scheme}://${page}`;
}

/** The same for a row of a table that has the column `pageColumn`. */
export const pageOfRow = pageOf("${__data.fields.Page}");

/** From a point of a graph to the live page at that moment. */
export const livePage: Link = {
  title: "Live page at this moment",
  url: `${pageOf("${__field.labels.page}")}/?at=\${__value.time}`,
};

/** The same, with the eye on the process of the line. */
export const livePageOfProcess: Link = {
  title: "Live page at this moment: ${__field.labels.process}",
  url: `${livePage.url}&process=\${__field.labels.process:percentencode}`,
};

/** From a row of a table to the live page over the whole range. */
export const livePageOfRow: Link = {
  title: "Live page over this range: ${__data.fields.Process}",
  url: `${pageOfRow}/?from=\${__from}&to=\${__to}&process=\${__data.fields.Process:percentencode}`,
};

/** To the host's dashboard, with the same time, from a field that holds its name. */
export function hostDashboard(host: string): Link {
  return {
    title: "Host dashboard",
    url: `/d/culprit-host?\${datasource:queryparam}&\${job:queryparam}&var-instance=${host}&\${__url_time_range}`,
  };
}

/** As Grafana wants links of fields. */
export function fieldLinks(links: readonly Link[]): DashboardLinkBuilder[] {
  return links.map(({ title, url }) =>
    new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(!url.startsWith("/")),
  );
}

/** The same as plain objects, for overrides. */
export function plainLinks(links: readonly Link[]): Pick<DashboardLink, "title" | "url" | "targetBlank">[] {
  return links.map(({ title, url }) => ({ title, url, targetBlank: !url.startsWith("/") }));
}

/** The row of buttons that leads from each dashboard to the others. */
export function siblings(): DashboardLinkBuilder {
  return new DashboardLinkBuilder("Culprit")
    .type(DashboardLinkType.Dashboards)
    .tags(["culprit"])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);
}
