import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { tempDirectories } from "../support/tempDirectory.ts";

const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));

/** A line of the log in plain text. */
const logLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z (?:error|warn |info |debug) /;

describe("A whole run of the program", function () {
  this.timeout(180_000);
  const tempDirectory = tempDirectories();
  let running: ChildProcess | undefined;
  afterEach(() => void running?.kill("SIGKILL"));

  it("starts, is scraped, reads its configuration again, captures and stops, and the engine says nothing of its own on standard error", async () => {
    const folder = await tempDirectory();
    const configure = (text: string) => writeFileSync(join(folder, "culprit.yml"), text);
    configure("triggers: []\n");
    const flags = ["--web.listen-address=127.0.0.1:0", `--storage.path=${join(folder, "state")}`];
    const culprit = spawn(process.execPath, [main, ...flags], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    running = culprit;
    let out = "";
    let err = "";
    culprit.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    culprit.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const ended = once(culprit, "close");

    const url = await eventually(
      async () => /Culprit is running: (\S+)/.exec(out)?.[1],
      () => out + err,
    );
    const text = await eventually(async () => {
      const metrics = await (await fetch(`${url}metrics`)).text();
      return /^culprit_samples_total [2-9]/m.test(metrics) ? metrics : undefined;
    });
    assert.match(text, /^culprit_process_memory_bytes\{/m);
    assert.match(text, /^culprit_host_info\{/m);

    const token = /\$\(cat (\S+)\)/.exec(out)?.[1];
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${readFileSync(token, "utf8").trim()}` };
    configure("triggers: [{ name: HighCpuUsage, above: 99% }]\n");
    culprit.kill("SIGHUP");
    await eventually(
      async () => (await (await fetch(`${url}api/triggers`, { headers })).text()).includes("HighCpuUsage") || undefined,
      () => err,
    );
    const asked = await fetch(`${url}archives`, { method: "POST", headers });
    assert.equal(asked.status, 202, await asked.clone().text());
    const archive = await eventually(async () => {
      const answer = await fetch(`${url}archives/latest.tar.gz`, { headers });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return answer.status === 200 ? bytes : undefined;
    });
    assert.ok(gunzipSync(archive).includes("manifest.json"));

    culprit.kill("SIGTERM");
    const [code] = (await ended) as [number | null];
    assert.equal(code, 0, err);
    await assert.rejects(fetch(`${url}-/healthy`), "the port is free again");
    for (const line of err.split("\n").filter((one) => one !== "")) assert.match(line, logLine);
  });
});

/** Asks again and again. */
async function eventually<T>(look: () => Promise<T | undefined>, explain: () => string = () => ""): Promise<T> {
  for (const deadline = Date.now() + 50_000; ; await sleep(100)) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < deadline, explain());
  }
}
