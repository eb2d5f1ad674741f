import assert from "node:assert/strict";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDirectories } from "../support/tempDirectory.ts";
import { HubStage, head, plain, second, t0 } from "./support/hubStage.ts";

describe("a hub", () => {
  const tempDirectory = tempDirectories();
  let stage: HubStage;
  beforeEach(async () => {
    stage = await HubStage.open(join(await tempDirectory(), "hosts"));
  });
  afterEach(() => stage.hub.hosts.stop());

  it("keeps what is pushed before it says so", async () => {
    const { answer, reason } = await stage.send([plain("db1", 0), plain("db1", -5), plain("db2", 0)]);
    assert.deepEqual(answer, { accepted: 3, repeated: 0, rejected: [] });
    assert.equal(reason, undefined);
    const [file = ""] = (await readdir(join(stage.directory, "db2"))).filter((name) => name.endsWith(".jsonl"));
    const [first = "", line = ""] = (await readFile(join(stage.directory, "db2", file), "utf8")).split("\n");
    assert.equal(JSON.parse(first).host.hostname, "db2");
    assert.equal(JSON.parse(line).takenAtMs, t0);
  });

  it("gives the history in its order, whatever the order in which it came", async () => {
    for (const seconds of [-60, -40, -50, -10, -30]) await stage.send(plain("db1", seconds));
    assert.deepEqual(await stage.timesOf("db1"), [-60, -50, -40, -30, -10]);
  });

  it("knows what comes again, within a batch, later, and after a restart", async () => {
    const batch = `${head("web3")}${second(-10)}${second(-5)}${second(-5)}`;
    assert.deepEqual((await stage.send(batch)).answer, { accepted: 2, repeated: 1, rejected: [] });
    assert.deepEqual((await stage.send(`${batch}${second(-3)}`)).answer, { accepted: 1, repeated: 3, rejected: [] });
    await stage.openHub();
    assert.deepEqual((await stage.send(batch)).answer, { accepted: 0, repeated: 3, rejected: [] });
    assert.deepEqual(await stage.timesOf("web3"), [-10, -5, -3]);
  });

  it("knows what comes again of ten minutes that are packed", async () => {
    await stage.send(`${head("web3")}${second(-1200)}${second(-1195)}`);
    await stage.send(`${head("web3")}${second(0)}`);
    await stage.hub.hosts.tidy();
    assert.equal((await readdir(join(stage.directory, "web3"))).filter((name) => name.endsWith("Z.jsonl.gz")).length, 1);
    await stage.openHub();
    const again = `${head("web3")}${second(-1200)}${second(-1197)}`;
    assert.deepEqual((await stage.send(again)).answer, { accepted: 1, repeated: 1, rejected: [] });
    assert.deepEqual(await stage.timesOf("web3"), [-1200, -1197, -1195, 0]);
  });

  it("loses nothing but a torn line to a sudden end", async () => {
    await stage.send(`${head("web3")}${second(-10)}${second(-5)}`);
    const folder = join(stage.directory, "web3");
    const [file = ""] = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
    await appendFile(join(folder, file), '{"takenAtMs":179525');
    await stage.openHub();
    stage.hub.hosts.start();
    await stage.send(`${head("web3")}${second(-2)}`);
    await stage.hub.hosts.tidy();
    assert.deepEqual(await stage.timesOf("web3"), [-10, -5, -2]);
    assert.equal(stage.hub.answer().hosts[0]?.version, "0.1.0");
  });

  it("tells a clock that is ahead and moves nothing; too far ahead, or too long ago, it takes nothing", async () => {
    assert.deepEqual((await stage.send(plain("db1", 40))).answer, { accepted: 1, repeated: 0, rejected: [], skewSeconds: 40 });
    assert.deepEqual(await stage.timesOf("db1"), [40]);
    const far = await stage.send(plain("db1", 61));
    assert.equal(far.reason, "clock_skew");
    assert.match(far.answer.rejected[0]?.reason ?? "", /^timestamp: 2026-11-21T10:01:01.000Z is 61 s ahead of this hub's clock/);
    assert.equal((await stage.send(plain("db1", -8 * 86_400))).reason, "too_old");
    const late = await stage.send(`${head("web3", { sentAtMs: t0 - 30_000 })}${second(-3600)}`);
    assert.equal(late.answer.skewSeconds, -30);
    assert.equal((await stage.send(`${head("web3", { sentAtMs: t0 })}${second(-3595)}`)).answer.skewSeconds, undefined);
  });

  it("says of a script's second how long it speaks for: since the one before it", async () => {
    for (const seconds of [-1000, -940, -100]) await stage.send(plain("db1", seconds));
    const history = await stage.hub.hosts.find("db1")?.lookBack.history(10);
    assert.deepEqual(
      history?.map(({ elapsedSeconds, gap }) => [elapsedSeconds, gap]),
      [
        [undefined, undefined],
        [60, undefined],
        [840, true],
      ],
    );
  });

  it("takes no more hosts than it may, and says what to set", async () => {
    await stage.openHub({ maxHosts: 1 });
    await stage.send(plain("db1", 0));
    const { reason, answer, retrySeconds } = await stage.send([plain("db2", 0), plain("db1", 5)]);
    assert.deepEqual([reason, retrySeconds, answer.accepted], ["too_many_hosts", 300, 1]);
    assert.match(answer.rejected[0]?.reason ?? "", /ingest\.maxHosts/);
  });

  it("knows a host by its name, whatever its capitals", async () => {
    await stage.send(plain("DB1", -5));
    await stage.send(plain("db1", 0));
    assert.deepEqual(await stage.timesOf("Db1"), [-5, 0]);
    assert.equal(stage.hub.answer().hosts.length, 1);
  });

  it("takes nothing for itself, nor from a token of another host", async () => {
    assert.equal((await stage.send(plain("Hub", 0))).reason, "wrong_host");
    const asking = { refusalToSendFor: (name: string) => (name === "db1" ? undefined : "no"), pace: async () => undefined };
    const { answer, reason } = await stage.hub.take(JSON.stringify([plain("db1", 0), plain("db2", 0)]), asking);
    assert.deepEqual([answer.accepted, reason, answer.rejected[0]?.host], [1, "wrong_host", "db2"]);
  });

  it("makes a host wait that sends more than it should, and lets it make up for a day", async () => {
    let taken = 0;
    for (; taken < 1000; taken++) if ((await stage.send(plain("db1", -taken))).reason !== undefined) break;
    assert.equal(taken, 300);
    await stage.clock.advance(60);
    assert.equal((await stage.send(plain("db1", 0))).reason, undefined);
    for (let batch = 0; batch < 4; batch++) {
      const lines = Array.from({ length: 4320 }, (_, at) => second(-86_400 + (batch * 4320 + at) * 5)).join("");
      assert.equal((await stage.send(`${head("web3")}${lines}`)).answer.accepted, 4320);
    }
  }).timeout(60_000);

  it("counts refusals by reason, and says one a minute of each host", async () => {
    for (let round = 0; round < 5; round++) await stage.send([plain("db1", 0, { cpu: 7 }), plain("db2", 0, { disk: 7 })]);
    assert.equal(stage.hub.refusals.counts.get("malformed"), 10);
    const said = () => stage.lines.filter(({ message }) => message.startsWith("ingest:")).map(({ fields }) => [fields.host, fields.field]);
    assert.deepEqual(said(), [
      ["db1", "cpu"],
      ["db2", "disk"],
    ]);
    await stage.clock.advance(61);
    await stage.send(plain("db1", 0, { cpu: 7 }));
    assert.equal(said().length, 3);
    assert.equal(stage.lines.at(-1)?.fields.unsaidBefore, 8);
  });

  it("refuses what the disk does not take, for it to come again", async () => {
    await writeFile(stage.directory, "a file where the folder should be");
    const { reason, retrySeconds, answer } = await stage.send(plain("db1", 0));
    assert.deepEqual([reason, retrySeconds, answer.accepted], ["unavailable", 10, 0]);
    assert.deepEqual(stage.hub.answer().hosts, []);
  });

  it("leaves a folder alone that is no host's", async () => {
    await mkdir(join(stage.directory, "notes"), { recursive: true });
    await stage.openHub();
    assert.deepEqual(stage.hub.answer().hosts, []);
    assert.deepEqual(await readdir(stage.directory), ["notes"]);
  });

  it("keeps the spikes and firings that a Culprit has judged, also over a restart", async () => {
    const spike = { id: "s1", resource: "cpu", startMs: t0 - 9000, peakMs: t0 - 8000, baseline: 0, peak: 2, unit: "cores" };
    const firing = { id: "f1", trigger: "HighCpu", metric: "cpu", instance: "", reason: "CPU above 90 %", onsetMs: t0, firedAtMs: t0 };
    const lines = [{ spike }, { firing }].map((line) => `${JSON.stringify(line)}\n`).join("");
    assert.equal((await stage.send(`${head("web3")}${second(0)}${lines}`)).answer.accepted, 3);
    await stage.openHub();
    const host = stage.hub.hosts.find("web3");
    assert.deepEqual(
      (await host?.spikes())?.list().map(({ id }) => id),
      ["s1"],
    );
    assert.deepEqual(
      host?.record.firings.map(({ trigger }) => trigger),
      ["HighCpu"],
    );
  });

  it("keeps to one budget for all: who has most gives first, and says how far back it reaches", async () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: (to - from) / 5 }, (_, at) => second(from + at * 5, `p${Math.sin(from + at)}`)).join("");
    await stage.send(`${head("much")}${lines(-6000, 0)}`);
    await stage.send(`${head("little")}${lines(-600, 0)}`);
    await stage.hub.hosts.tidy();
    const bytes = (name: string) => stage.hub.answer().hosts.find(({ host }) => host === name)?.bytes ?? 0;
    const before = bytes("much");
    const maxBytes = Math.round(before / 2 + bytes("little"));
    await stage.openHub({ maxBytes });
    await stage.hub.hosts.tidy();
    const { hosts, bytes: all } = stage.hub.answer();
    assert.ok(all <= maxBytes, `${all} of ${maxBytes}`);
    assert.ok(bytes("much") < before);
    assert.equal(hosts.find(({ host }) => host === "little")?.recordedFromMs, t0 - 600_000);
    const reaches = hosts.find(({ host }) => host === "much")?.recordedFromMs ?? 0;
    assert.ok(reaches > t0 - 6_000_000 && reaches < t0);
  }).timeout(30_000);

  it("forgets a host with all that it has sent", async () => {
    await stage.send([plain("db1", 0), plain("db2", 0)]);
    assert.equal(await stage.hub.hosts.remove("DB1"), true);
    assert.equal(await stage.hub.hosts.remove("db1"), false);
    assert.deepEqual(await readdir(stage.directory), ["db2"]);
  });
});
