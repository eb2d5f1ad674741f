/** Compiles the C sources of bench/c. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../test/support/paths.ts";

/** The folder of the bench's own sources that are not TypeScript. */
export const benchSources = join(packageRoot(), "bench");

/** Compiles bench/c/<name>.c into `directory`; the path of the program. */
export function compileC(name: string, directory: string): string {
  const program = join(directory, name);
  const compiled = spawnSync("cc", ["-O2", "-Wall", "-o", program, join(benchSources, "c", `${name}.c`)], { encoding: "utf8" });
  if (compiled.status !== 0)
    throw new Error(`the bench needs a C compiler (apt-get install gcc): ${compiled.error?.message ?? compiled.stderr}`);
  return program;
}
