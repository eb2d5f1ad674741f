import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { valueText } from "../../src/capture/report/scale.ts";
import { formatBytes, formatPercent } from "../../src/page/logic/format.ts";
import { percentText, figureText as spikeFigureText } from "../../src/spikes/words.ts";
import { bytesText, shortBytesText } from "../../src/text.ts";
import { figureText } from "../../src/triggers/words.ts";
import { packageRoot } from "../support/paths.ts";
import { readDashboards } from "./support/dashboards.ts";

/** All units that are named anywhere in a dashboard. */
function unitsOf(json: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (Array.isArray(json)) for (const one of json) unitsOf(one, found);
  else if (typeof json === "object" && json !== null) {
    for (const [key, value] of Object.entries(json)) {
      if (key === "unit" && typeof value === "string") found.add(value);
      unitsOf(value, found);
    }
    const { id, value } = json as { readonly id?: unknown; readonly value?: unknown };
    if (id === "unit" && typeof value === "string") found.add(value);
  }
  return found;
}

const rulesFolder = join(packageRoot(), "prometheus", "rules");
const ruleFiles = readdirSync(rulesFolder).map((name) => join(rulesFolder, name));

describe("Figures", () => {
  it("of bytes go in steps of 1000 wherever they are told: sentences, messages, report, page, rules and dashboards", () => {
    const texts = [bytesText(1.5e9), shortBytesText(1.5e9), formatBytes(1.5e9), valueText(1.5e9, "bytes"), spikeFigureText(1.5e9, "bytes")];
    assert.deepEqual(new Set(texts), new Set(["1.5 GB"]));
    for (const path of ruleFiles) assert.ok(!read(path).includes("humanize1024"), path);
    const units = new Set([...readDashboards()].flatMap(([, dashboard]) => [...unitsOf(dashboard)]));
    assert.deepEqual(
      [...units].filter((unit) => /^(?:bytes|binBps|binbps|kbytes|mbytes|gbytes|.*iB.*|Kibits|KiBs)$/.test(unit)).sort(),
      [],
    );
    assert.ok(units.has("decbytes") && units.has("Bps"));
  });

  it("of shares have a blank in front of their percent sign", () => {
    const texts = [
      figureText(0.97, "ratio"),
      formatPercent(0.97),
      valueText(0.97, "percent"),
      spikeFigureText(0.97, "ratio"),
      percentText(0.97),
    ];
    assert.deepEqual(new Set(texts), new Set(["97 %"]));
    for (const path of ruleFiles) {
      for (const [, after] of read(path).matchAll(/humanizePercentage([^}]*)\}\}/g))
        assert.equal(after?.trim(), "| reReplaceAll `%` ` %`", path);
    }
  });
});

function read(path: string): string {
  return readFileSync(path, "utf8");
}
