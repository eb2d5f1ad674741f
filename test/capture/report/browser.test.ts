import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { programPath, requireServer } from "../../support/servers.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";
import { halfHour, hostileName, reportOf } from "./halfHour.ts";

const run = promisify(execFile);
const flags = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--hide-scrollbars"],
];

describe("report.html in Chromium", function () {
  this.timeout(120_000);
  const tempDirectory = tempDirectories();
  before(function () {
    requireServer(this, "chromium");
  });

  /** Wraps the page so that a script of the test's own can measure it; the page's own policy allows none. */
  const measuring = (
    width: number,
  ) => `<!doctype html><iframe src="report.html" style="width:${width}px;height:900px;border:0"></iframe><pre></pre>
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

  interface Measured {
    readonly points: number;
    readonly rightmost: number;
    readonly areas: number;
    readonly scrollWidth: number;
    readonly scripts: number;
    readonly charts: number;
    readonly verdict: string;
    readonly names: readonly string[];
  }

  async function measure(page: string, width: number): Promise<Measured> {
    const directory = await tempDirectory();
    await writeFile(join(directory, "report.html"), page);
    await writeFile(join(directory, "measure.html"), measuring(width));
    const args = [...flags, "--allow-file-access-from-files", `--user-data-dir=${join(directory, "profile")}`, "--dump-dom"];
    const { stdout } = await run(programPath("chromium") ?? "", [...args, `file://${join(directory, "measure.html")}`], { maxBuffer: 1e8 });
    const [, json = ""] = /<pre>([\s\S]*?)<\/pre>/.exec(stdout) ?? [];
    return JSON.parse(json.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")) as Measured;
  }

  it("shows all data points and the culprit's name, on a wide screen and on a phone, and runs nothing of what a process is called", async () => {
    const page = await reportOf(halfHour());
    for (const width of [1280, 360]) {
      const seen = await measure(page, width);
      assert.equal(seen.points, 360);
      assert.ok(seen.rightmost > 990 && seen.rightmost <= 1000, String(seen.rightmost));
      assert.equal(seen.areas, 5);
      assert.equal(seen.charts, 6);
      assert.ok(seen.scrollWidth <= width, `nothing sticks out: ${seen.scrollWidth} of ${width}`);
      assert.equal(seen.scripts, 0);
      assert.match(seen.verdict, /^burner /);
      assert.ok(seen.names.includes("burner"));
      assert.ok(seen.names.includes(hostileName.replace("\u202e", "?")), "a hostile name is but a name");
    }
  });
});
