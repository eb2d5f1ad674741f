/**
 * What held once and must go on holding, each claim with a Culprit of its own: who is let in, floods, sudden ends, disks that fail, machines
 * in trouble. A line a claim: held or broken, and what was seen. Exits with 1 when one is broken.
 *
 * npm run bench -- holds [--only door,floods,crashes,machine] [--claim TEXT]
 *
 * It needs root, for mounts and cgroups. All of it takes some fifteen minutes.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Claim } from "./holds/claims.ts";
import { crashClaims } from "./holds/crashes.ts";
import { doorClaims } from "./holds/door.ts";
import { floodClaims } from "./holds/floods.ts";
import { machineClaims } from "./holds/machine.ts";
import { describeMachine } from "./lib/machine.ts";
import { endStartedOnExit } from "./lib/started.ts";

const parts: Readonly<Record<string, readonly Claim[]>> = {
  door: doorClaims,
  floods: floodClaims,
  crashes: crashClaims,
  machine: machineClaims,
};
const { values } = parseArgs({
  options: { only: { type: "string", default: Object.keys(parts).join(",") }, claim: { type: "string", default: "" } },
});
const wanted = values.only.split(",");
const strange = wanted.find((part) => parts[part] === undefined);
if (strange !== undefined) throw new Error(`--only wants some of ${Object.keys(parts).join(",")}, not ${strange}`);
if (process.getuid?.() !== 0) throw new Error("this bench needs root, for mounts and cgroups");

endStartedOnExit();
const folder = mkdtempSync(join(tmpdir(), "culprit-holds-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
console.log(describeMachine());
let [held, broken] = [0, 0];
for (const part of wanted) {
  for (const [index, { name, hold }] of (parts[part] ?? []).entries()) {
    if (!name.includes(values.claim)) continue;
    const own = join(folder, `${part}${index}`);
    mkdirSync(own);
    try {
      const said = await hold(own);
      held++;
      console.log(`held    ${name}${said === undefined ? "" : `: ${said}`}`);
    } catch (error) {
      broken++;
      console.log(`BROKEN  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
console.log(`${held} held, ${broken} broken`);
process.exitCode = broken === 0 ? 0 : 1;
