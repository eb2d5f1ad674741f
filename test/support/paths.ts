import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json: tests run compiled, so fixtures are found from here and not beside the test. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, "package.json"))) directory = dirname(directory);
  return directory;
}

/** A path below test/fixtures. */
export function fixturePath(...parts: string[]): string {
  return join(packageRoot(), "test", "fixtures", ...parts);
}

/** The compiled program that belongs to the compiled tests that run. */
export function mainPath(): string {
  return fileURLToPath(new URL("../../src/main.js", import.meta.url));
}
