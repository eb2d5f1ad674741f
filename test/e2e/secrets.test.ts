import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { freePort, TestMachine, untar, waitFor } from "./machine.ts";

/** Put together here, so that no scanner takes them for leaked ones. One is a person's choice, the other was generated. */
const chosen = ["correct", "horse", "battery9"].join("-");
const generated = ["hV3kQ9zT", "w7Lr2XpN"].join("");

describe("a secret that is planted", () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });
  afterEach(() => machine.close());

  it("reaches no archive, recording, answer, page, audit, log, metric or message, wherever it comes in", async function () {
    this.timeout(120_000);
    const messages: string[] = [];
    const sink = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        messages.push(body);
        response.end("ok");
      });
    }).listen(0, "127.0.0.1");
    const address = await new Promise<number>((resolve) =>
      sink.once("listening", () => resolve((sink.address() as { port: number }).port)),
    );
    try {
      const port = await freePort();
      machine.startBurners("keeper", 1, ["--", "--password", chosen, `TOKEN=${generated}`, `https://me:${chosen}@h/`, "--odd", generated]);
      const culprit = await machine.startCulprit(
        port,
        `web: { auth: always }
log: { level: debug }
capture: { after: 0s, commands: [{ name: mine, command: [sh, -c, 'echo seen ${generated} and --password ${chosen}; echo ${generated} >&2'] }] }
webhook: { notify: true }
notify: { webhook: { url: "http://127.0.0.1:${address}/" } }
`,
      );
      const base = `http://127.0.0.1:${port}`;
      const headers = { Authorization: `Bearer ${machine.adminToken}`, Accept: "application/json" };
      const answers: string[] = [];
      const ask = async (path: string, init: RequestInit = {}) => {
        const text = await (await fetch(base + path, { ...init, headers: { ...headers, ...init.headers } })).text();
        answers.push(text);
        return text;
      };
      const json = { "Content-Type": "application/json" };
      await ask("/archives", {
        method: "POST",
        headers: json,
        body: JSON.stringify({ reason: `slow, --password ${chosen} ${generated}` }),
      });
      const alert = {
        status: "firing",
        labels: { alertname: `Planted ${generated}`, command: `mysql -uroot -p${chosen}`, url: `https://me:${chosen}@h/x` },
        annotations: { summary: `TOKEN=${chosen}`, description: `it said ${generated}` },
        startsAt: new Date().toISOString(),
        fingerprint: "feedbeef",
      };
      await ask("/webhook", { method: "POST", headers: json, body: JSON.stringify({ version: "4", alerts: [alert] }) });
      await ask("/webhook", { method: "POST", headers: json, body: `{"password": "${chosen}", ${generated}` });
      await ask(`/nothing/here?token=${chosen}&x=${generated}`);
      await waitFor("both archives", async () => (JSON.parse(await ask("/archives")).archives ?? []).length >= 2);
      await waitFor("the message", async () => messages.length > 0);
      const live = new AbortController();
      const feed = await fetch(`${base}/api/live`, { headers, signal: live.signal });
      const reader = feed.body?.getReader();
      answers.push(new TextDecoder().decode((await reader?.read())?.value), new TextDecoder().decode((await reader?.read())?.value));
      live.abort();
      const now = Date.now();
      for (const path of [
        "/metrics",
        "/archives",
        "/",
        "/about",
        "/api/processes",
        "/api/captures",
        "/api/triggers",
        "/api/spikes",
        "/api/log",
      ])
        await ask(path);
      const span = `from=${now - 60_000}&to=${now}`;
      for (const path of [`/api/snapshots?${span}`, `/api/snapshots.csv?${span}`, "/history?limit=100"]) await ask(path);
      assert.ok(
        answers.some((text) => text.includes("keeper")),
        "the process is shown",
      );
      await machine.stop(culprit);

      const said = new Map([...answers, ...messages, culprit.output()].map((text, index) => [`answer ${index}`, text]));
      for (const path of filesBelow(machine.path("data"))) {
        const bytes = readFileSync(path);
        if (path.endsWith(".tar.gz")) for (const [name, text] of await untar(bytes)) said.set(`${path}: ${name}`, text);
        else said.set(path, path.endsWith(".gz") ? gunzipSync(bytes).toString() : bytes.toString());
      }
      assert.ok(
        [...said.keys()].some((name) => name.endsWith("commands/mine.txt")) && [...said.keys()].some((name) => name.includes("recording")),
      );
      for (const [name, text] of said) {
        for (const secret of [chosen, generated]) {
          assert.ok(
            !text.includes(secret),
            `${name} shows it: ${text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 40)}`,
          );
        }
      }
    } finally {
      sink.close();
      sink.closeAllConnections();
    }
  });
});

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}
