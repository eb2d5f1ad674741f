import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../../src/log.ts";
import type { Spike } from "../../src/model/spike.ts";
import { openSpikeStore } from "../../src/recorder/spikeStore.ts";
import { freePort, TestMachine, waitFor } from "../e2e/machine.ts";
import { ManualClock } from "../support/manualClock.ts";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { complaintsOf, examplesOf } from "./support/apiExamples.ts";
import { registeredRoutes } from "./support/routes.ts";

const text = readFileSync(join(packageRoot(), "docs", "api.md"), "utf8");
const examples = examplesOf(text);

describe("docs/api.md", () => {
  let machine: TestMachine;
  const variables: Record<string, string> = {};

  before(async function () {
    requireServer(this, "curl");
    this.timeout(60_000);
    machine = new TestMachine();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const spike = await storeSpike(machine.path("data", "recording"));
    machine.write(
      "targets.yml",
      `- targets: [127.0.0.1:${port}]\n  labels: { instance: web1 }\n- targets: [127.0.0.2:${await freePort()}]\n  labels: { instance: web2 }\n`,
    );
    await machine.startCulprit(
      port,
      `web: { auth: always }
identity: { names: [web1] }
hosts: { files: [targets.yml] }
capture: { after: 0 }
triggers:
  - { name: HighMemoryUsage, metric: memory, above: 0.1%, capture: false, notify: false }
`,
    );
    Object.assign(variables, { CULPRIT: url, TOKEN: machine.adminToken, SPIKE: spike.id, PATH: process.env.PATH ?? "" });
    const headers = { Authorization: `Bearer ${machine.adminToken}` };
    const ask = async <Answer>(path: string) => (await (await fetch(url + path, { headers })).json()) as Answer;
    await waitFor("a firing", async () => (await ask<{ firings: unknown[] }>("/api/triggers")).firings.length > 0);
    await waitFor("recorded seconds", async () => (await ask<{ groups: unknown[] }>("/api/snapshots")).groups.length > 0);
  });
  after(async () => {
    await machine?.close();
  });

  it("speaks of every route that there is, with an example, and of no other", () => {
    const headings = [...text.matchAll(/^### `([^`]+)`/gm)].map(([, heading = ""]) => heading);
    const asRegistered = headings.map((heading) => heading.replaceAll(/<\w+>/g, "*").replace(/\*\.tar\.gz$/, "*"));
    assert.deepEqual([...new Set(asRegistered)].sort(), [...new Set(registeredRoutes())].sort());
    assert.deepEqual(
      headings.filter((heading) => !examples.some(({ route }) => route === heading)),
      [],
    );
  });

  // one after the other, for some speak of what those before them have made
  it("shows what a real Culprit answers to every example", async function () {
    this.timeout(240_000);
    const wrong: string[] = [];
    for (const example of examples) {
      const { command, route } = example;
      const { head, output, code } = await run(command);
      const shown = `${command}\n${head}\n${output.slice(0, 3000)}`;
      const complaints = [...exitComplaints(command, code), ...complaintsOf(example, head, output)];
      if (complaints.length > 0) wrong.push(`${route}: ${complaints.join("\n")}\n${shown}`);
      const id = /^HTTP\/1\.1 20[12] /.test(head) ? /"id":"([^"]+)"/.exec(output)?.[1] : undefined;
      if (id !== undefined) variables.ID = id;
    }
    assert.deepEqual(wrong, []);
    assert.ok(examples.length > 30, "the examples were found");
  });

  /** Runs the block as it stands; only the headers are written beside. */
  async function run(command: string): Promise<{ readonly head: string; readonly output: string; readonly code: number | null }> {
    const heads = machine.path("head");
    const script = `curl() { command curl --silent --show-error --dump-header ${heads} "$@"; }\n${command}\n`;
    const child = spawn("bash", ["-euc", script], { cwd: machine.directory, env: variables, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { head: readFileSync(heads, "utf8").trim(), output, code };
  }
});

/** curl has a word of its own for the end of a stream that would never end. */
function exitComplaints(command: string, code: number | null): readonly string[] {
  return code === 0 || (code === 28 && command.includes("--max-time")) ? [] : [`curl ended with ${code}`];
}

/** One that is over, for real spikes need a machine that is quiet first. */
async function storeSpike(directory: string): Promise<Spike> {
  const startMs = Date.now() - 120_000;
  const group = { kind: "process", process: "pg_dump", unit: "nightly-backup.service", container: "", user: "postgres" } as const;
  const spike: Spike = {
    id: "c9e7b2a41f03",
    resource: "cpu",
    startMs,
    peakMs: startMs + 4000,
    endMs: startMs + 30_000,
    ending: "fell_back",
    baseline: 0.2,
    peak: 3.9,
    unit: "cores",
    verdict: {
      sentence: "Most of the rise was pg_dump (nightly-backup.service): 93 %, from 0.0 to 3.4 cores.",
      shares: [{ group, share: 0.93, from: 0, to: 3.4, pids: [4711], commandLine: "pg_dump shop" }],
      final: true,
    },
  };
  const store = await openSpikeStore({ directory, clock: new ManualClock(startMs + 30_000), log: silentLog });
  store.save(spike);
  await store.flush();
  return spike;
}
