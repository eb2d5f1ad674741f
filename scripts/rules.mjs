/**
 * Holds src/ and test/ against the house rules. `node scripts/rules.mjs` prints what it finds;
 * `npm run check` and test/project/rules.test.ts use the same function.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findEnvironmentReads, findModuleVariables, findNarrowedTests, findUndocumentedExports } from "./lib/houseRules.mjs";
import { listFiles, root } from "./lib/project.mjs";

/** Where a rule holds: `folder` less `except`. */
const rules = [
  { folder: "src", except: /^src\/config(\.ts$|\/)/, find: findEnvironmentReads },
  { folder: "src", except: undefined, find: findModuleVariables },
  { folder: "src", except: undefined, find: findUndocumentedExports },
  { folder: "test", except: /^test\/support\/servers\.ts$/, find: findNarrowedTests },
];

/**
 * @param {string} project the folder of package.json
 * @returns {{ readonly file: string, readonly line: number, readonly message: string }[]}
 */
export function findRuleProblems(project) {
  return rules.flatMap(({ folder, except, find }) =>
    listFiles(project, folder)
      .filter((file) => file.endsWith(".ts") && !except?.test(file))
      .flatMap((file) => find(readFileSync(join(project, file), "utf8")).map((finding) => ({ file, ...finding }))),
  );
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problems = findRuleProblems(root);
  for (const { file, line, message } of problems) console.log(`${file}:${line}: ${message}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
