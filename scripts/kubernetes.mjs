/** `npm run kubernetes`: writes the objects of deploy/kubernetes/, which are the Helm chart with its defaults. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderChart } from "./lib/chart.mjs";
import { root } from "./lib/project.mjs";

for (const [name, text] of renderChart(join(root, "deploy", "helm", "culprit"))) {
  writeFileSync(join(root, "deploy", "kubernetes", name), text);
  console.log(`deploy/kubernetes/${name}`);
}
