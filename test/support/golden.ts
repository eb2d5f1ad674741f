import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "./paths.ts";

/** Compares a text with test/golden/<name>; `npm run golden` writes it anew, and a person reads the diff. */
export function assertGolden(name: string, text: string): void {
  const path = join(packageRoot(), "test", "golden", name);
  if (process.env.CULPRIT_GOLDEN === "write") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.ok(existsSync(path), `there is no test/golden/${name}: npm run golden makes it`);
  assert.equal(text, readFileSync(path, "utf8"));
}
