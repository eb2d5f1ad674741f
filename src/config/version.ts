/** Which Culprit this is. */
import { readFileSync } from "node:fs";

/** The version that package.json names; it lies beside the compiled folder, wherever that was put. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string };
  return version;
}
