/** Floods of the bench `abuse`, to which a Culprit without a limit of memory must go on answering. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { attacks } from "../abuse/attacks.ts";
import { watch } from "../abuse/watch.ts";
import { Started } from "../lib/started.ts";
import { unitMemoryBytes, Victim } from "../lib/victim.ts";
import { assertWell, type Claim, storageIn } from "./claims.ts";

const names = ["slowHeads", "scrapes", "largeBodies", "neverReading"] as const;
const seconds = 15;
const attackerPath = fileURLToPath(new URL("../abuse/attacker.js", import.meta.url));

/** All of them. */
export const floodClaims: readonly Claim[] = names.map((name) => ({
  name: `${attacks[name]?.what}: health and scrapes within 1 s`,
  async hold(folder) {
    const victim = await Victim.start({ storage: storageIn(folder), memoryBytes: unitMemoryBytes });
    await assertWell(victim);
    const attacker = new Started([process.execPath, attackerPath, name, String(victim.port), String(seconds)], { input: victim.token });
    const seen = await watch(victim, attacker.over());
    await assertWell(victim);
    assert.equal(victim.oomKills, 0);
    await victim.stop();
    const said = `/-/healthy ${seen.healthySeconds.toFixed(2)} s, scrape ${seen.scrapeSeconds.toFixed(2)} s, ${(seen.mostBytes / 1e6).toFixed(0)} MB`;
    assert.ok(seen.healthySeconds < 1 && seen.scrapeSeconds < 1, `${said} ${seen.trouble}`);
    return said;
  },
}));
