import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { spikeLine } from "../../src/recorder/format/spikeLine.ts";
import { mainPath } from "../support/paths.ts";
import { requireRoot } from "../support/servers.ts";
import { SmallDisk } from "../support/smallDisk.ts";
import { Zombie } from "../support/zombie.ts";
import { freePort, type Running, TestMachine, waitFor } from "./machine.ts";

const firing = (alertname: string) =>
  JSON.stringify({ alerts: [{ status: "firing", labels: { alertname }, startsAt: new Date().toISOString() }] });

interface Named {
  readonly name: string;
  readonly joined?: readonly { readonly name: string }[];
}

describe("A storage that goes away, whole or in part,", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let url: string;
  let args: readonly string[];
  beforeEach(async () => {
    machine = new TestMachine();
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    const file = machine.write("culprit.yml", "web: { auth: always }\ncapture: { after: 1s }\n");
    args = [mainPath(), `--config.file=${file}`, `--storage.path=${storage()}`, `--web.listen-address=127.0.0.1:${port}`];
  });
  afterEach(() => machine.close());

  const storage = () => machine.path("disk", "data");

  /** Starts Culprit, and waits until it answers, ready or not. */
  async function start(): Promise<Running> {
    const running = machine.start(process.execPath, args);
    await waitFor("Culprit to answer", async () => (await fetch(`${url}-/healthy`)).ok);
    return running;
  }

  async function ready(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }> {
    const answer = await fetch(`${url}-/ready`, { headers: { accept: "application/json" } });
    return (await answer.json()) as { ready: boolean; reasons: readonly string[] };
  }

  const metric = async (name: string) =>
    new RegExp(`^${name} (.*)$`, "m").exec(await (await fetch(`${url}metrics`)).text())?.[1] ?? "absent";

  async function send(alertname: string, token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${url}webhook`, { method: "POST", headers, body: firing(alertname) });
    await answer.arrayBuffer();
    return answer.status;
  }

  it("is no reason not to start where it is full: the past is in memory, all faces say so, and with room all goes on", async function () {
    requireRoot(this);
    await mkdir(machine.path("disk"));
    const disk = new SmallDisk(machine.path("disk"));
    try {
      disk.fill();
      const culprit = await start();
      const { reasons } = await ready();
      assert.match(reasons.join(), /the storage takes nothing: .*ENOSPC/);
      assert.equal(await metric("culprit_storage_writable"), "0");
      await waitFor("a sample", async () => Number(await metric("culprit_samples_total")) > 2);
      const before = new RegExp(`token can be written to no disk; once it can, it is in ${storage()}/tokens/admin`);
      assert.match(culprit.output(), before);
      assert.match(culprit.output(), /storage: it takes nothing now/);

      disk.makeRoom();
      await waitFor("Culprit to be ready", async () => (await ready()).ready);
      assert.equal(await metric("culprit_storage_writable"), "1");
      const token = (await readFile(machine.path("disk", "data", "tokens", "admin"), "utf8")).trim();
      const headers = { authorization: `Bearer ${token}` };
      const { notes } = (await (await fetch(`${url}api/host`, { headers })).json()) as { notes: readonly string[] };
      assert.deepEqual(notes, []);
      const history = (await (await fetch(`${url}history?limit=100`, { headers })).json()) as { entries?: unknown };
      assert.ok(JSON.stringify(history).length > 500, "the seconds of the full disk are in memory");
      assert.equal(await send("Late", token), 202);
      assert.ok((await readdir(storage())).includes("running.json"), "the claim is put there as well");
      await machine.stop(culprit);
    } finally {
      disk.remove();
    }
  });

  it("is no reason not to start where it may only be read, be it new or one of before, and goes on once it may be written", async function () {
    requireRoot(this);
    await mkdir(machine.path("disk"));
    const disk = new SmallDisk(machine.path("disk"));
    try {
      for (const isNew of [true, false]) {
        disk.makeReadOnly();
        const culprit = await start();
        assert.match((await ready()).reasons.join(), /the storage takes nothing: .*EROFS/, String(isNew));
        disk.makeRoom();
        await waitFor("Culprit to be ready", async () => (await ready()).ready);
        const token = (await readFile(machine.path("disk", "data", "tokens", "admin"), "utf8")).trim();
        assert.equal(await send(`Late${isNew}`, token), 202);
        await machine.stop(culprit);
      }
    } finally {
      disk.remove();
    }
  });

  it("is made again when somebody removes it: no valid token is refused, no promise is forgotten, the next start knows both", async () => {
    let culprit = await start();
    await waitFor("Culprit to be ready", async () => (await ready()).ready);
    const token = (await readFile(machine.path("disk", "data", "tokens", "admin"), "utf8")).trim();
    assert.equal(await send("Before", token), 202);
    await rm(storage(), { recursive: true });
    for (let time = 0; time < 30; time++) assert.ok([202, 503].includes(await send("Meanwhile", token)), "never 401, which is not retried");
    await waitFor("the tokens to be back", async () => (await readdir(machine.path("disk", "data", "tokens"))).length === 2);
    await waitFor("Culprit to be ready", async () => (await ready()).ready);
    assert.equal(await send("After", token), 202);
    await machine.stop(culprit, "SIGKILL");

    culprit = await start();
    assert.equal(await send("NextStart", token), 202);
    await waitFor("all archives", async () => {
      const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
      const { archives } = (await (await fetch(`${url}archives`, { headers })).json()) as { archives: readonly Named[] };
      // on a busy machine one may be about the spike of another
      const names = archives.flatMap(({ name, joined = [] }) => [name, ...joined.map((alert) => alert.name)]);
      return ["Before", "Meanwhile", "After", "NextStart"].every((wanted) => names.includes(wanted));
    });
    await machine.stop(culprit);
  });

  it("has logins and spikes again as soon as it can be written, without waiting for the next ones", async () => {
    // spikes of the run before
    await mkdir(machine.path("disk", "data", "recording"), { recursive: true });
    const [startMs, endMs] = [Date.now() - 60_000, Date.now() - 30_000];
    const spike = { id: "before", resource: "cpu", startMs, peakMs: startMs, endMs, baseline: 0.1, peak: 2, unit: "cores" } as const;
    machine.write("disk/data/recording/spikes.jsonl", spikeLine(spike, endMs));
    const culprit = await start();
    await waitFor("Culprit to be ready", async () => (await ready()).ready);
    const token = (await readFile(machine.path("disk", "data", "tokens", "admin"), "utf8")).trim();
    const entered = await fetch(`${url}login`, { method: "POST", body: new URLSearchParams({ token }), redirect: "manual" });
    assert.equal(entered.status, 303);
    await waitFor("the login to be written", async () => (await readdir(storage())).includes("sessions.json"));
    const logins = await readFile(machine.path("disk", "data", "sessions.json"), "utf8");

    await rm(storage(), { recursive: true });
    await waitFor("both to be back", async () => {
      const there = [...(await readdir(storage())), ...(await readdir(machine.path("disk", "data", "recording")))];
      return there.includes("sessions.json") && there.includes("spikes.jsonl");
    });
    assert.equal(await readFile(machine.path("disk", "data", "sessions.json"), "utf8"), logins);
    assert.match(await readFile(machine.path("disk", "data", "recording", "spikes.jsonl"), "utf8"), /"before"/);
    await machine.stop(culprit);
  });

  it("makes Culprit unready for as long as it cannot be made again", async () => {
    const culprit = await start();
    await waitFor("Culprit to be ready", async () => (await ready()).ready);
    const token = (await readFile(machine.path("disk", "data", "tokens", "admin"), "utf8")).trim();
    await rm(storage(), { recursive: true });
    machine.write("disk/data", "in the way");
    await waitFor("Culprit to be unready", async () => !(await ready()).ready);
    assert.equal(await send("Refused", token), 503);
    await rm(storage());
    await waitFor("Culprit to be ready", async () => (await ready()).ready);
    assert.equal(await send("Taken", token), 202);
    await machine.stop(culprit);
  });

  it("is another's at once when the one before was killed and nobody has reaped it", async () => {
    const zombie = await Zombie.make(process.execPath, ...args);
    try {
      await waitFor("the first Culprit to be ready", async () => (await ready()).ready);
      await zombie.kill();
      const culprit = await start();
      await waitFor("the second Culprit to be ready", async () => (await ready()).ready);
      await machine.stop(culprit);
    } finally {
      zombie.remove();
    }
  });
});
