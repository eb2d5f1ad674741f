/** `npm run check`: types, lint and format, import table, exports, house rules. All of them run, whatever the others say. */
import { join } from "node:path";
import { compilerPath, root } from "./lib/project.mjs";
import { runQuietly } from "./lib/run.mjs";

const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");

const checks = [
  { name: "types", args: [compilerPath, "--project", root, "--noEmit", "--pretty", "false"] },
  { name: "types of the page", args: [compilerPath, "--project", join(root, "src", "page"), "--pretty", "false"] },
  { name: "types of scripts", args: [compilerPath, "--project", join(root, "scripts"), "--pretty", "false"] },
  { name: "lint and format", args: [biome, "ci", "--error-on-warnings", "--colors=off", root] },
  { name: "import table", args: [join(root, "scripts", "imports.mjs")] },
  { name: "exports", args: [join(root, "scripts", "exports.mjs")] },
  { name: "house rules", args: [join(root, "scripts", "rules.mjs")] },
];

const failed = [];
for (const { name, args } of checks) {
  const { code, output } = await runQuietly(process.execPath, args);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name}`);
  if (code === 0) continue;
  failed.push(name);
  console.log(output.trimEnd().replace(/^/gm, "    "));
}
if (failed.length > 0) console.log(`\n${failed.length} of ${checks.length} checks failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
