/**
 * Which of a dashboard's queries a scrape can answer: each of its selectors finds a series, as far as its matchers say it without Grafana's variables.
 *
 * That is what a person sees: a panel with a line, or "No data". Whether the line is true is another test's matter.
 */

/** @typedef {{ readonly name: string, readonly labels: Readonly<Record<string, string>> }} Series */
/** @typedef {{ readonly panel: string, readonly expr: string }} Query */
/** @typedef {{ readonly title: string, readonly answered: "by both" | "by Culprit alone" | "by node_exporter alone" | "by neither" }} Answer */
/** @typedef {{ readonly title?: string, readonly type?: string, readonly targets?: readonly { readonly expr?: string }[], readonly panels?: readonly Panel[] }} Panel */
/** @typedef {{ readonly title?: string, readonly panels?: readonly Panel[], readonly rows?: readonly Panel[] }} Dashboard */

const words = new Set([
  "and",
  "or",
  "unless",
  "by",
  "without",
  "on",
  "ignoring",
  "group_left",
  "group_right",
  "bool",
  "offset",
  "inf",
  "nan",
]);
/** Prometheus makes these itself. */
const ofPrometheus = /^(?:up|scrape_\w+|ALERTS\w*)$/;
const listOfLabels = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi;
const selector = /([A-Za-z_:][\w:]*)?\s*\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^}"'])*)\}|([A-Za-z_:][\w:]*)(?![\w:]|\s*[({])/g;
const matcher = /([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g;

/**
 * All queries of all panels, those in rows too, without hidden ones that ask nothing.
 * @param {Dashboard} dashboard
 * @returns {Query[]}
 */
export function queriesOf(dashboard) {
  return panelsOf(dashboard).flatMap(({ title = "", targets = [] }) =>
    targets.flatMap(({ expr }) => (expr === undefined || expr.trim() === "" ? [] : [{ panel: title, expr }])),
  );
}

/**
 * @param {Dashboard | Panel} of
 * @returns {Panel[]}
 */
function panelsOf(of) {
  const inside = [...(of.panels ?? []), ...("rows" in of ? (of.rows ?? []) : [])];
  return inside.flatMap((panel) => [panel, ...panelsOf(panel)]);
}

/**
 * The series of a scrape in Prometheus' text format.
 * @param {string} text
 * @returns {Map<string, Series[]>} by name
 */
export function seriesOf(text) {
  /** @type {Map<string, Series[]>} */
  const found = new Map();
  for (const [, name = "", inside = ""] of text.matchAll(/^([A-Za-z_:][\w:]*)(?:\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\})? \S/gm)) {
    const labels = Object.fromEntries(
      [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", value = ""]) => [label, value]),
    );
    found.set(name, [...(found.get(name) ?? []), { name, labels }]);
  }
  return found;
}

/**
 * Whether each selector of the query finds something.
 * @param {string} expr
 * @param {ReadonlyMap<string, readonly Series[]>} scrape
 */
export function isAnswered(expr, scrape) {
  const plain = expr
    .replaceAll(/\[[^\]]*\]|\boffset\s+-?\w+/g, " ")
    .replaceAll(listOfLabels, " ")
    // what a function is given as a text is no metric: label_replace(x, "a", "$1", "b", "(.*)")
    .replaceAll(/,\s*"(?:[^"\\]|\\.)*"/g, (text) => (text.includes("=") ? text : " "));
  const selectors = [...plain.matchAll(selector)].filter(([, before, , alone]) => !words.has((before ?? alone ?? "").toLowerCase()));
  return selectors.length > 0 && selectors.every(([, before, inside = "", alone]) => finds(before ?? alone, inside, scrape));
}

/**
 * @param {string | undefined} name
 * @param {string} inside
 * @param {ReadonlyMap<string, readonly Series[]>} scrape
 */
function finds(name, inside, scrape) {
  if (name !== undefined && ofPrometheus.test(name)) return true;
  const asked = [...inside.matchAll(matcher)].map(([, label = "", operator = "", quoted = ""]) => ({
    label,
    operator,
    value: quoted.slice(1, -1),
  }));
  // instance and job come from Prometheus, and what holds a variable from whoever looks
  const told = asked.filter(({ label, value }) => !/^(?:instance|job)$/.test(label) && !value.includes("$") && !value.includes("[["));
  const series = name === undefined ? [...scrape.values()].flat() : (scrape.get(name) ?? []);
  return series.some((one) =>
    told.every(({ label, operator, value }) => matches(label === "__name__" ? one.name : (one.labels[label] ?? ""), operator, value)),
  );
}

/** @param {string} text @param {string} operator @param {string} value */
function matches(text, operator, value) {
  const wanted = value.replaceAll("\\\\", "\\");
  if (operator === "=") return text === wanted;
  if (operator === "!=") return text !== wanted;
  return new RegExp(`^(?:${wanted})$`, "s").test(text) === (operator === "=~");
}

/**
 * Who answers which query, panel by panel.
 * @param {Dashboard} dashboard
 * @param {{ readonly culprit: string, readonly nodeExporter: string }} scrapes
 */
export function compareDashboard(dashboard, scrapes) {
  const culprit = seriesOf(scrapes.culprit);
  const nodeExporter = seriesOf(scrapes.nodeExporter);
  const queries = queriesOf(dashboard).map((query) => ({
    ...query,
    byCulprit: isAnswered(query.expr, culprit),
    byNodeExporter: isAnswered(query.expr, nodeExporter),
  }));
  const count = (/** @type {(query: { byCulprit: boolean, byNodeExporter: boolean }) => boolean} */ is) => queries.filter(is).length;
  return {
    queries,
    both: count((one) => one.byCulprit && one.byNodeExporter),
    culpritAlone: count((one) => one.byCulprit && !one.byNodeExporter),
    nodeExporterAlone: count((one) => !one.byCulprit && one.byNodeExporter),
    neither: count((one) => !one.byCulprit && !one.byNodeExporter),
    panels: [...new Set(queries.map(({ panel }) => panel))].map((panel) => {
      const own = queries.filter((one) => one.panel === panel);
      const missing = own.filter((one) => one.byNodeExporter && !one.byCulprit);
      return { panel, queries: own.length, missing: missing.map(({ expr }) => expr) };
    }),
  };
}
