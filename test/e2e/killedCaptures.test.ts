import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { mainPath } from "../support/paths.ts";
import { freePort, type Running, TestMachine, untarFile, waitFor } from "./machine.ts";

/** What is asked of a manifest here. */
interface Manifest {
  readonly size: string;
  readonly late: { readonly attemptsBefore: number };
  readonly notes: readonly string[];
  readonly parts: readonly { readonly part: string; readonly result: string }[];
  readonly missing: readonly { readonly part: string; readonly reason: string }[];
}

/** A Culprit that is started again and again on the same storage, and has promised one archive. */
class Lives {
  readonly #machine: TestMachine;
  readonly #url: string;
  readonly #args: readonly string[];
  #id = "";

  private constructor(machine: TestMachine, port: number, afterSeconds: number) {
    this.#machine = machine;
    this.#url = `http://127.0.0.1:${port}/`;
    const file = machine.write("culprit.yml", `web: { auth: always }\ncapture:\n  after: ${afterSeconds}s\ntriggers: []\n`);
    this.#args = [mainPath(), `--config.file=${file}`, `--storage.path=${machine.path("data")}`, `--web.listen-address=127.0.0.1:${port}`];
  }

  static async on(machine: TestMachine, afterSeconds: number): Promise<Lives> {
    return new Lives(machine, await freePort(), afterSeconds);
  }

  async begin(): Promise<Running> {
    const running = this.#machine.start(process.execPath, this.#args);
    await waitFor("Culprit to answer", async () => (await fetch(`${this.#url}-/healthy`)).ok);
    return running;
  }

  async promise(alertname: string): Promise<void> {
    const alert = { status: "firing", labels: { alertname }, startsAt: new Date().toISOString() };
    const answer = await fetch(`${this.#url}webhook`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.#machine.adminToken}` },
      body: JSON.stringify({ alerts: [alert] }),
    });
    assert.equal(answer.status, 202);
    this.#id = ((await answer.json()) as { results: readonly { archiveId: string }[] }).results[0]?.archiveId ?? "";
  }

  /** Ends it by SIGKILL in the middle of this attempt. What nothing is waited for any more may be made before that. */
  async killIn(attempt: number, doomed: Running): Promise<void> {
    const isBegun = async () => (await this.#queued()).some((text) => text.includes(`"attempts":${attempt}`)) || existsSync(this.#path);
    await waitFor(`attempt ${attempt} to begin`, isBegun);
    await this.#machine.stop(doomed, "SIGKILL");
  }

  get hasArchive(): boolean {
    return existsSync(this.#path);
  }

  async archive(): Promise<{ readonly files: ReadonlyMap<string, string>; readonly manifest: Manifest }> {
    const files = await waitFor("the archive", () => untarFile(this.#path), 60);
    return { files, manifest: JSON.parse(files.get("manifest.json") ?? "{}") as Manifest };
  }

  get #path(): string {
    return this.#machine.path("data", "archives", `${this.#id}.tar.gz`);
  }

  async #queued(): Promise<readonly string[]> {
    const names = (await readdir(this.#machine.path("data", "captures"))).filter((name) => name.endsWith(".json"));
    return Promise.all(names.map((name) => readFile(this.#machine.path("data", "captures", name), "utf8")));
  }
}

describe("A Culprit that is killed in the middle of a capture", function () {
  this.timeout(180_000);

  it("makes the archive at its next start of its own parts only, and says so", async () => {
    const machine = new TestMachine();
    try {
      const lives = await Lives.on(machine, 5);
      const doomed = await lives.begin();
      await lives.promise("KilledOnce");
      await lives.killIn(1, doomed);
      assert.equal(lives.hasArchive, false, "the first attempt was over before it was killed");
      const second = await lives.begin();
      const { files, manifest } = await lives.archive();
      assert.equal(manifest.late.attemptsBefore, 1);
      assert.match(manifest.notes.join("\n"), /^of Culprit's own parts only: it was begun once before and did not come to its end;/m);
      assert.match(files.get("summary.txt") ?? "", /of Culprit's own parts only: it was begun once before/);
      // nothing was started for it, and everything that needs nobody else is there
      assert.equal(manifest.size, "full");
      assert.deepEqual(
        [...files.keys()].filter((name) => name.startsWith("commands/")),
        [],
      );
      const left = manifest.missing.find(({ part }) => part === "commands");
      assert.match(left?.reason ?? "", /^left out: it was begun once before/);
      for (const name of ["alert.json", "processes.txt", "proc/loadavg", "culprits/culprits.json", "report.html"]) {
        assert.ok(files.has(name), `${name} is not among ${[...files.keys()].join(", ")}`);
      }
      assert.match(files.get("alert.json") ?? "", /KilledOnce/);
      assert.deepEqual(
        manifest.parts.filter(({ part, result }) => part.startsWith("commands") && result !== "missing"),
        [],
      );
      await machine.stop(second);
    } finally {
      await machine.close();
    }
  });

  it("makes the archive that it promised all the same, the fifth time it is started", async () => {
    const machine = new TestMachine();
    try {
      const lives = await Lives.on(machine, 60);
      for (let life = 1; life <= 4; life++) {
        const doomed = await lives.begin();
        if (life === 1) await lives.promise("Killer");
        await lives.killIn(life, doomed);
      }
      const last = await lives.begin();
      const { files, manifest } = await lives.archive();
      assert.ok(manifest.late.attemptsBefore >= 2, String(manifest.late.attemptsBefore));
      assert.match(manifest.notes.join("\n"), /it was begun \d times before and did not come to its end/);
      assert.match(files.get("alert.json") ?? "", /Killer/);
      await machine.stop(last);
    } finally {
      await machine.close();
    }
  });
});
