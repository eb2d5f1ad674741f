/**
 * Finds what src/ exports and nobody imports, and files that only pass on what others export: each folder is entered by the file that is meant.
 *
 * `node scripts/exports.mjs` prints what it finds; `npm run check` and test/project/exports.test.ts use the same function.
 */
import { readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { scanExports, scanTaken } from "./lib/exportScanner.mjs";
import { listFiles, root } from "./lib/project.mjs";

/** Whose imports count: a test that enters by a door keeps it open. */
const users = ["src", "test", "bench", "grafana", "scripts"];

/**
 * @param {string} project the folder of package.json
 * @returns {{ readonly file: string, readonly line: number, readonly message: string }[]}
 */
export function findExportProblems(project) {
  /** @type {Map<string, Set<string> | "all">} */
  const taken = new Map();
  for (const file of users.flatMap((folder) => listFiles(project, folder)).filter((file) => /\.(ts|mjs)$/.test(file))) {
    for (const { specifier, names } of scanTaken(readFileSync(join(project, file), "utf8"))) {
      if (!specifier.startsWith(".")) continue;
      const target = posix.join(posix.dirname(file), specifier);
      const known = taken.get(target);
      if (known === "all") continue;
      taken.set(target, names === "all" ? names : new Set([...(known ?? []), ...names]));
    }
  }
  return listFiles(project, "src")
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .flatMap((file) => {
      if (posix.basename(file) === "index.ts") {
        return [
          {
            file,
            line: 1,
            message: "no folder has a door of its own: name the file for what it does, and import what is meant from where it is",
          },
        ];
      }
      const used = taken.get(file);
      return scanExports(readFileSync(join(project, file), "utf8"))
        .filter(({ name }) => used !== "all" && !used?.has(name))
        .map(({ name, line }) => ({ file, line, message: `\`${name}\` is exported, but nobody imports it` }));
    });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problems = findExportProblems(root);
  for (const { file, line, message } of problems) console.log(`${file}:${line}: ${message}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
