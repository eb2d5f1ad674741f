/** The flags of Node with which Culprit is shipped. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../test/support/paths.ts";

/** What `npm start` gives to node besides the program. */
export function shippedFlags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { scripts: { start: string } };
  const flags = /^exec node (.*)dist\/src\/main\.js$/.exec(scripts.start)?.[1];
  if (flags === undefined) throw new Error(`expected the script "start" to be "exec node [flags] dist/src/main.js", not ${scripts.start}`);
  return flags.split(" ").filter((flag) => flag !== "");
}
