import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readPayload } from "../../src/hub/items.ts";
import { packageRoot } from "../support/paths.ts";
import { head, plain, second, t0 } from "./support/hubStage.ts";

const read = (body: unknown, host?: string) =>
  readPayload(typeof body === "string" ? body : JSON.stringify(body), host, async () => undefined);

async function refusalOf(body: unknown): Promise<string> {
  const { refusals } = await read(body);
  return refusals[0]?.reason ?? "nothing was refused";
}

async function hostOf(body: unknown) {
  const { items, refusals } = await read(body);
  const [first] = items;
  assert.equal(first?.item.kind, "second", JSON.stringify(refusals));
  return first?.item.kind === "second" ? first.item.snapshot : assert.fail();
}

describe("what is pushed to a hub", () => {
  it("is understood as an object, a list, and an object a line", async () => {
    const all = [plain("db1", 0), plain("db2", 5)];
    for (const body of [
      all,
      all.map((one) => JSON.stringify(one)).join("\n"),
      `\n${all.map((one) => JSON.stringify(one)).join("\r\n")}\n`,
    ]) {
      const { items, refusals } = await read(body);
      assert.deepEqual(refusals, []);
      assert.deepEqual(
        items.map(({ item }) => item.host),
        ["db1", "db2"],
      );
    }
    assert.equal((await read(JSON.stringify(all[0], null, 2))).items.length, 1);
  });

  it("tells of CPU, memory and disk, each as a recording has it", async () => {
    const { takenAtMs, host } = await hostOf(plain("db1", 7));
    assert.equal(takenAtMs, t0 + 7000);
    assert.deepEqual(host.cpu, {
      cores: 2,
      busyCores: 0.5,
      busySeconds: 0,
      usageRatio: 0.25,
      coreUsageRatios: [
        { cpu: 0, ratio: 0.5 },
        { cpu: 1, ratio: 0 },
      ],
    });
    assert.deepEqual(host.memory, { totalBytes: 1000, availableBytes: 600, usageRatio: 0.4 });
    assert.deepEqual(host.filesystems?.[0]?.size, { sizeBytes: 2000, freeBytes: 1500, availableBytes: 1500 });
  });

  it("leaves unknown what a script does not tell", async () => {
    const { host, groups } = await hostOf({ hostname: "db1", timestamp: t0 / 1000, cpu: { percent: 3 } });
    assert.deepEqual(Object.keys(host), ["cpu"]);
    assert.deepEqual(groups, []);
  });

  it("takes the time as ISO 8601 with a zone, as seconds and as milliseconds", async () => {
    for (const timestamp of ["2026-11-21T10:00:00Z", "2026-11-21 11:00:00 +01:00", t0 / 1000, t0])
      assert.equal((await hostOf({ ...plain("db1", 0), timestamp })).takenAtMs, t0, String(timestamp));
  });

  it("goes by how full a memory is where free counts no caches", async () => {
    const { host } = await hostOf(plain("db1", 0, { memory: { total: 1000, used: 300, free: 100, percent: 30 } }));
    assert.deepEqual(host.memory, { totalBytes: 1000, availableBytes: 700, usageRatio: 0.3 });
  });

  it("is told which field was wrong and what was expected", async () => {
    for (const [more, reason] of [
      [{ hostname: "../etc" }, /^hostname: expected the name of a host: .*, got "\.\.\/etc"$/],
      [{ hostname: undefined }, /^hostname: expected the name of a host: .*, got nothing$/],
      [{ timestamp: "yesterday" }, /^timestamp: expected a time such as 2026-11-21T10:00:00Z/],
      [{ timestamp: "2026-11-21T10:00:00" }, /^timestamp: expected a time such as/],
      [{ cpu: { percent: 101 } }, /^cpu\.percent: expected a number from 0 to 100, got 101$/],
      [{ cpu: { percent: "25" } }, /^cpu\.percent: expected a number from 0 to 100, got "25"$/],
      [{ cpu: { percent: 5, per_core: [1, null] } }, /^cpu\.per_core\[1\]: expected a number/],
      [{ cpu: [] }, /^cpu: expected an object, got a list$/],
      [{ memory: { used: 5 } }, /^memory\.total: expected a number of bytes, got nothing$/],
      [{ memory: { total: 5, used: 6 } }, /^memory\.used: expected a number from 0 to 5, got 6$/],
      [{ disk: { total: 5 } }, /^disk\.percent: expected one of disk\.used, disk\.free and disk\.percent$/],
      [{ load1: -1 }, /^load1: expected a number of at least 0/],
    ] as const)
      assert.match(await refusalOf(plain("db1", 0, more)), reason);
    assert.match(await refusalOf({ hostname: "db1", timestamp: t0 }), /^cpu: expected at least one of cpu, memory, disk and load1$/);
    for (const body of ["", "{", "7", "hello\nworld", "[1"]) assert.match(await refusalOf(body), /^(?:body|item): expected/, body);
  });

  it("costs itself only where one of many is wrong", async () => {
    const good = JSON.stringify(plain("db1", 0));
    for (const [body, at] of [
      [`${good}\n{broken\n${good}`, 1],
      [`{broken\n${good}\n${good}`, 0],
      [[plain("db1", 0), 7, plain("db1", 5)], 1],
      [[plain("db1", 0), plain("db1", 5), plain("db1", 5, { cpu: 7 })], 2],
    ] as const) {
      const { items, refusals } = await read(body);
      assert.equal(items.length, 2);
      assert.deepEqual(
        refusals.map(({ index }) => index),
        [at],
      );
    }
  });

  it("says whose item was wrong", async () => {
    const { refusals } = await read(plain("db1", 0, { cpu: 7 }));
    assert.deepEqual(refusals, [{ index: 0, host: "db1", field: "cpu", reason: "cpu: expected an object, got 7" }]);
  });

  it("may be the lines of a Culprit, as a segment of a recording has them", async () => {
    const { items, refusals } = await read(`${head("web3", { intervalSeconds: 5, tellsPeople: true })}${second(0)}${second(5)}`);
    assert.deepEqual(refusals, []);
    assert.deepEqual(
      items.map(({ item }) => [item.kind, item.host]),
      [
        ["sender", "web3"],
        ["second", "web3"],
        ["second", "web3"],
      ],
    );
    const [sender] = items;
    assert.deepEqual(sender?.item.kind === "sender" && [sender.item.sender.intervalSeconds, sender.item.sender.tellsPeople], [5, true]);
  });

  it("needs a head, or a name in the address, for a Culprit's lines", async () => {
    assert.match(await refusalOf(second(0)), /^hostname: expected the name of a host/);
    assert.equal((await read(second(0), "web4")).items[0]?.item.host, "web4");
  });

  it("may be what culprit once --json prints", async () => {
    const { items, refusals } = await read(readFileSync(join(packageRoot(), "test/golden/once.json"), "utf8"));
    assert.deepEqual(refusals, []);
    const [first] = items;
    const snapshot = first?.item.kind === "second" ? first.item.snapshot : assert.fail();
    assert.equal(first?.item.host, "web1");
    assert.equal(snapshot.host.cpu?.usageRatio, 0.97);
    assert.equal(snapshot.host.memory?.usageRatio, 0.795);
    assert.equal(snapshot.groups[0]?.process, "pg_dump");
    assert.equal(snapshot.groups[0]?.usage.cpuCores, 0.42);
    // it tells how full the fullest file system is, and no size: none is made up
    assert.equal(snapshot.host.filesystems, undefined);
    assert.ok(items.some(({ item }) => item.kind === "spike"));
  });

  it("is refused from a newer Culprit, with words", async () => {
    assert.match(
      await refusalOf(head("web3").replace('"schemaVersion":1', '"schemaVersion":2')),
      /^schemaVersion: expected .* newer Culprit/,
    );
  });

  it("may not be nested a million times, nor one document of megabytes", async () => {
    assert.match(await refusalOf("[".repeat(1e6)), /^body: expected JSON/);
    assert.match(await refusalOf(`[${"1,".repeat(1e6)}1]`), /send an object a line/);
  });
});
