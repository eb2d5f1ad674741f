/**
 * `npm run proof -- dashboards FILE...`: other people's dashboards for node_exporter (the JSON that grafana.com hands out for 1860, 405, 11074) on
 * Culprit's node job: at most five queries of each are answered by node_exporter alone on the same machine.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compareDashboard } from "../lib/dashboardQueries.mjs";
import { root } from "../lib/project.mjs";

const most = 5;
const nodeExporterUrl = "http://127.0.0.1:19351/metrics";
const culpritUrl = "http://127.0.0.1:19352/metrics?collect[]=node";

/** @type {import("../lib/proofs.mjs").Proof} */
export const proof = {
  proves:
    "of the queries of dashboards made for node_exporter at most five are answered by it alone, and not by Culprit's node job beside it",
  async run({ args, folder, tell }) {
    if (args.length === 0) throw new Error("which dashboards? npm run proof -- dashboards FILE.json ..., as grafana.com hands them out");
    const programs = [
      spawn("prometheus-node-exporter", [`--web.listen-address=${new URL(nodeExporterUrl).host}`], { stdio: "ignore" }),
      spawn(
        process.execPath,
        [
          join(root, "dist", "src", "main.js"),
          `--web.listen-address=${new URL(culpritUrl).host}`,
          `--storage.path=${join(folder, "storage")}`,
          "--log.level=error",
        ],
        { stdio: "ignore" },
      ),
    ];
    try {
      const nodeExporter = await scrape(nodeExporterUrl);
      // the clock is asked by another program, and told at the next scrape
      await scrape(culpritUrl);
      await sleep(3000);
      const culprit = await scrape(culpritUrl);
      const results = args.map((file) => {
        const compared = compareDashboard(JSON.parse(readFileSync(file, "utf8")), { culprit, nodeExporter });
        for (const { panel, missing } of compared.panels) for (const expr of missing) tell(`${basename(file)}, ${panel}: ${expr}`);
        const { queries, both, culpritAlone, nodeExporterAlone, neither } = compared;
        return {
          nodeExporterAlone,
          text: `${basename(file)}: ${queries.length} queries, ${both} by both, ${culpritAlone} by Culprit alone, ${nodeExporterAlone} by node_exporter alone, ${neither} by neither`,
        };
      });
      const text = results.map((one) => one.text).join("; ");
      if (results.some((one) => one.nodeExporterAlone > most)) throw new Error(text);
      return text;
    } finally {
      for (const program of programs) {
        program.kill("SIGTERM");
        if (program.exitCode === null && program.pid !== undefined) await once(program, "exit");
      }
    }
  },
};

/** @param {string} url @returns {Promise<string>} once it answers */
async function scrape(url) {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch(url);
      if (answer.ok) return await answer.text();
    } catch (error) {
      if (attempt > 100) throw error;
    }
    if (attempt > 100) throw new Error(`${url} does not answer`);
    await sleep(200);
  }
}
