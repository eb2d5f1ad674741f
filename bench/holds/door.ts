/** What holds at the door, of a whole Culprit. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { writeToken } from "../../src/server/auth/tokens.ts";
import { untar } from "../../test/e2e/machine.ts";
import { ask } from "../../test/server/client.ts";
import { httpClaims } from "../../test/support/httpClaims.ts";
import { ManualClock } from "../../test/support/manualClock.ts";
import { spreadOf } from "../lib/numbers.ts";
import { Victim } from "../lib/victim.ts";
import { archiveBytes, type Claim, storageIn } from "./claims.ts";

/** Long enough that Culprit's own threshold for a slow answer is not what is measured. */
const timedRounds = 400;

async function withDoor(folder: string, hold: (victim: Victim, tokens: Tokens, archiveId: string) => Promise<string | undefined>) {
  const storage = storageIn(folder);
  const victim = await Victim.start({ storage, yaml: "capture: { after: 1s }\n" });
  try {
    const token = async (scope: "read" | "capture" | "ingest") => {
      const { path } = await writeToken(
        { directory: `${storage}/tokens`, path: `${folder}/${scope}`, scopes: [scope] },
        new ManualClock(Date.now()),
      );
      return readFileSync(path, "utf8").trim();
    };
    const tokens = { read: await token("read"), capture: await token("capture"), ingest: await token("ingest"), admin: victim.token };
    const asked = await victim.send("/archives", { method: "POST", body: "{}" });
    const { id } = (await asked.json()) as { id: string };
    await archiveBytes(victim, id);
    return await hold(victim, tokens, id);
  } finally {
    await victim.stop();
  }
}

interface Tokens {
  readonly read: string;
  readonly capture: string;
  readonly ingest: string;
  readonly admin: string;
}

/** All of them. */
export const doorClaims: readonly Claim[] = [
  ...httpClaims.map(
    ({ name, hold }): Claim => ({
      name,
      hold: (folder) =>
        withDoor(folder, async ({ port }, tokens, archiveId) => {
          await hold({ port, tokens, archiveId });
          return undefined;
        }),
    }),
  ),
  {
    name: "how long a wrong token takes says nothing of how wrong it is",
    hold: (folder) =>
      withDoor(folder, async ({ port }, { read }) => {
        const guesses = [`culprit_${"x".repeat(43)}`, `${read.slice(0, -1)}~`, read.slice(0, 20)];
        const times: number[][] = guesses.map(() => []);
        for (let round = 0; round < timedRounds; round++) {
          for (const [index, guess] of guesses.entries()) {
            const beganMs = performance.now();
            await ask(port, { path: "/archives", headers: { Authorization: `Bearer ${guess}` } });
            times[index]?.push(performance.now() - beganMs);
          }
        }
        const medians = times.map((some) => spreadOf(some)?.median ?? Number.NaN);
        const ratio = Math.max(...medians) / Math.min(...medians);
        assert.ok(ratio < 1.25, `the medians are ${medians.join(", ")} ms`);
        return `medians ${medians.map((median) => median.toFixed(2)).join(", ")} ms`;
      }),
  },
  {
    name: "240 requests right after their token was written are all let in",
    hold: (folder) =>
      withDoor(folder, async ({ port }, _) => {
        let refused = 0;
        for (let round = 0; round < 24; round++) {
          const order = { directory: `${storageIn(folder)}/tokens`, path: `${folder}/new${round}`, scopes: ["read"] as const };
          const { path } = await writeToken(order, new ManualClock(Date.now()));
          const headers = { Authorization: `Bearer ${readFileSync(path, "utf8").trim()}` };
          const answers = await Promise.all(Array.from({ length: 10 }, () => ask(port, { path: "/api/host", headers })));
          refused += answers.filter(({ status }) => status !== 200).length;
        }
        assert.equal(refused, 0);
        return undefined;
      }),
  },
  {
    name: "nothing that an alert says is run or shown as more than text: page, report, CSV, metrics, log",
    hold: (folder) =>
      withDoor(folder, async (victim, { read }) => {
        const evil = '<script>alert(1)</script>\n=HYPERLINK("http://evil")\u202e\u001b[2J"} 1\nevil_metric 1';
        const alerts = [
          {
            status: "firing",
            labels: { alertname: evil, instance: evil },
            annotations: { summary: evil },
            startsAt: new Date().toISOString(),
          },
        ];
        const answer = await victim.send("/webhook", { method: "POST", body: JSON.stringify({ alerts }) });
        const { results } = (await answer.json()) as { results: readonly { readonly archiveId: string }[] };
        const files = await untar(await archiveBytes(victim, results[0]?.archiveId ?? ""));
        writeFileSync(`${folder}/report.html`, files.get("report.html") ?? "");
        assert.doesNotMatch(files.get("report.html") ?? "", /<script>alert/i);
        for (const control of ["\u202e", "\u001b"]) assert.ok(!(files.get("summary.txt") ?? "").includes(control));
        const headers = { Authorization: `Bearer ${read}` };
        for (const path of ["/archives", "/about"]) {
          const { text } = await ask(victim.port, { path, headers: { ...headers, Accept: "text/html" } });
          assert.doesNotMatch(text, /<script>alert/i, path);
        }
        const { text: metrics } = await victim.ask("/metrics", 10);
        assert.doesNotMatch(metrics, /^evil_metric/m);
        const { text: table } = await ask(victim.port, { path: "/api/snapshots.csv", headers });
        assert.doesNotMatch(table, /^[=+@]|,"?[=+@]/m);
        return undefined;
      }),
  },
];
