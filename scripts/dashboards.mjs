/**
 * `npm run dashboards`: writes what grafana/src says to grafana/dashboards and grafana/provisioning/alerting, formatted as the checks
 * want it. test/shipped/grafana.test.ts fails when they have drifted apart.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./lib/project.mjs";
import { runQuietly } from "./lib/run.mjs";

// Where the compiled sources are; a build beside the usual one can be named.
const built = resolve(root, process.argv[2] ?? "dist");
const { generatedFiles } = await import(pathToFileURL(join(built, "grafana", "src", "index.js")).href);

/** @type {ReadonlyMap<string, string>} */
const files = generatedFiles(root);
const folder = join(root, "grafana", "dashboards");
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!files.has(`grafana/dashboards/${name}`)) rmSync(join(folder, name));
for (const [path, text] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
const { code, output } = await runQuietly(process.execPath, [biome, "format", "--write", folder]);
if (code !== 0) process.stderr.write(output);
process.exitCode = code;
