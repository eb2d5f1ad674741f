import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { programPath } from "./servers.ts";

const run = promisify(execFile);

/** How a browser that a test starts is started. */
const flags = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--hide-scrollbars"],
];

/** Wraps the page so that a script of the test's own can measure it; the page's own policy allows none. */
function measuring(width: number): string {
  return `<!doctype html><iframe src="report.html" style="width:${width}px;height:900px;border:0"></iframe><pre></pre>
<script>onload = () => {
  const page = document.querySelector("iframe").contentDocument;
  const lines = [...page.querySelectorAll("#chart-cpu polyline.mean")].flatMap((line) => [...line.points]);
  document.querySelector("pre").textContent = JSON.stringify({
    points: lines.length,
    rightmost: Math.max(...lines.map(({ x }) => x)),
    areas: page.querySelectorAll("#chart-cpu polygon").length,
    scrollWidth: page.documentElement.scrollWidth,
    scripts: page.querySelectorAll("script, img").length,
    charts: [...page.querySelectorAll("figure svg")].filter((svg) => svg.getBoundingClientRect().height > 80).length,
    verdict: page.querySelector(".verdict").textContent,
    names: [...page.querySelectorAll("#processes ~ table b")].map((name) => name.textContent),
  });
}</script>`;
}

/** What a browser shows of a report. */
export interface MeasuredReport {
  /** Of the line of the CPU chart. */
  readonly points: number;
  readonly rightmost: number;
  readonly areas: number;
  readonly scrollWidth: number;
  readonly scripts: number;
  readonly charts: number;
  readonly verdict: string;
  readonly names: readonly string[];
}

/** Opens a report.html in a real Chromium; `directory` is for its files. */
export async function measureReport(page: string, width: number, directory: string): Promise<MeasuredReport> {
  await writeFile(join(directory, "report.html"), page);
  await writeFile(join(directory, "measure.html"), measuring(width));
  const args = [...flags, "--allow-file-access-from-files", `--user-data-dir=${join(directory, "profile")}`, "--dump-dom"];
  const { stdout } = await run(programPath("chromium") ?? "", [...args, `file://${join(directory, "measure.html")}`], { maxBuffer: 1e8 });
  const [, json = ""] = /<pre>([\s\S]*?)<\/pre>/.exec(stdout) ?? [];
  return JSON.parse(json.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")) as MeasuredReport;
}
