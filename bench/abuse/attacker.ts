/** The process that attacks: `attacker.js NAME PORT SECONDS` with the token on its input, so that its work is not the watcher's. */
import { readFileSync } from "node:fs";
import { attacks } from "./attacks.ts";

const [name = "", port, seconds] = process.argv.slice(2);
const attack = attacks[name];
if (attack === undefined) throw new Error(`expected one of ${Object.keys(attacks).join(", ")}, not ${name}`);
await attack.run({ port: Number(port), seconds: Number(seconds), token: readFileSync(0, "utf8").trim() });
process.exit(0);
