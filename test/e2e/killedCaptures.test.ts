import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { mainPath } from "../support/paths.ts";
import { freePort, TestMachine, untarFile, waitFor } from "./machine.ts";

describe("A Culprit that is killed in the middle of each of its captures", function () {
  this.timeout(180_000);

  it("makes the archive that it promised all the same, the fifth time it is started", async () => {
    const machine = new TestMachine();
    try {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}/`;
      const file = machine.write("culprit.yml", "web: { auth: always }\ncapture:\n  after: 60s\ntriggers: []\n");
      const args = [
        mainPath(),
        `--config.file=${file}`,
        `--storage.path=${machine.path("data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
      const queued = async () => {
        const names = await readdir(machine.path("data", "captures"));
        return Promise.all(
          names.filter((name) => name.endsWith(".json")).map((name) => readFile(machine.path("data", "captures", name), "utf8")),
        );
      };
      let id = "";
      const path = () => machine.path("data", "archives", `${id}.tar.gz`);
      for (let life = 1; life <= 4; life++) {
        const doomed = machine.start(process.execPath, args);
        await waitFor("Culprit to answer", async () => (await fetch(`${url}-/healthy`)).ok);
        if (life === 1) {
          const alert = { status: "firing", labels: { alertname: "Killer" }, startsAt: new Date().toISOString() };
          const answer = await fetch(`${url}webhook`, {
            method: "POST",
            headers: { authorization: `Bearer ${machine.adminToken}` },
            body: JSON.stringify({ alerts: [alert] }),
          });
          assert.equal(answer.status, 202);
          id = ((await answer.json()) as { results: readonly { archiveId: string }[] }).results[0]?.archiveId ?? "";
        }
        // what nothing is waited for any more may be made before it can be killed
        const isBegun = async () => (await queued()).some((text) => text.includes(`"attempts":${life}`)) || existsSync(path());
        await waitFor(`attempt ${life} to begin`, isBegun);
        await machine.stop(doomed, "SIGKILL");
      }
      const last = machine.start(process.execPath, args);
      const files = await waitFor("the archive", () => untarFile(path()), 60);
      const { late, notes } = JSON.parse(files.get("manifest.json") ?? "{}") as {
        late: { attemptsBefore: number };
        notes: readonly string[];
      };
      assert.ok(late.attemptsBefore >= 2, String(late.attemptsBefore));
      assert.match(notes.join("\n"), /it was begun \d times before and did not come to its end/);
      assert.match(files.get("alert.json") ?? "", /Killer/);
      await machine.stop(last);
    } finally {
      await machine.close();
    }
  });
});
