import assert from "node:assert/strict";
import { createRemoteWrite } from "../../src/push/kinds/remoteWrite.ts";
import type { SeriesFamily } from "../../src/push/series.ts";
import { readWriteRequest } from "./support/readWriteRequest.ts";
import { describeSink } from "./support/sinkContract.ts";

const staleBits = "7ff0000000000002";

describeSink({
  name: "remoteWrite",
  plan: { type: "remoteWrite" },
  samplesPerBatch: 2,
  momentsIn: ({ body, headers }) => {
    assert.equal(headers["content-encoding"], "snappy");
    assert.equal(headers["x-prometheus-remote-write-version"], "0.1.0");
    const made = readWriteRequest(body).series.filter(({ labels }) =>
      labels.some(([name, value]) => name === "__name__" && value === "made"),
    );
    return made.flatMap(({ samples }) => samples.map(({ timestampMs }) => timestampMs));
  },
});

describe("Remote write", () => {
  const cpu = (points: readonly { labels: Record<string, string>; value: number }[]): SeriesFamily => ({
    ...{ name: "culprit_process_cpu_cores", help: "Cores — “mean”.", type: "gauge", points },
  });
  const setup = (labels: Readonly<Record<string, string>> = { job: "culprit", instance: "web1" }) => {
    let families: readonly SeriesFamily[] = [];
    let nowMs = 1_800_000_000_123;
    const kind = createRemoteWrite({ families: async () => families, labels, wallMs: () => nowMs, nextTurn: async () => undefined });
    return async (...now: readonly SeriesFamily[]) => {
      families = now;
      nowMs += 15_000;
      const batch = await kind.next();
      assert.ok(batch !== undefined);
      return { batch, kind, ...readWriteRequest(kind.request([batch.payload]).body) };
    };
  };

  it("writes labels sorted, without empty ones, the external ones among them, and one's own before those", async () => {
    const next = setup({ job: "culprit", instance: "web1", user: "external", zone: "eu" });
    const { series } = await next(cpu([{ labels: { process: "näme", user: "root", container: "" }, value: 1.5 }]));
    assert.deepEqual(series[0]?.labels, [
      ["__name__", "culprit_process_cpu_cores"],
      ["instance", "web1"],
      ["job", "culprit"],
      ["process", "näme"],
      ["user", "root"],
      ["zone", "eu"],
    ]);
    assert.deepEqual(
      series[0]?.samples.map(({ value, timestampMs }) => [value, timestampMs]),
      [[1.5, 1_800_000_015_123]],
    );
  });

  it("keeps every value: not a number, infinity, and numbers below zero", async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, -0.5, 2 ** 60];
    const { series } = await setup()(cpu(values.map((value, index) => ({ labels: { process: String(index) }, value }))));
    assert.deepEqual(
      series.map(({ samples }) => samples[0]?.value),
      values,
    );
    assert.ok(series.every(({ samples }) => samples[0]?.bits !== staleBits));
  });

  it("says once that a series has ended, by the stale marker", async () => {
    const next = setup();
    const [one, two] = [
      { labels: { process: "one" }, value: 1 },
      { labels: { process: "two" }, value: 2 },
    ];
    await next(cpu([one, two]));
    const { series, batch } = await next(cpu([two]));
    const stale = series.filter(({ samples }) => samples[0]?.bits === staleBits);
    assert.deepEqual(
      stale.map(({ labels }) => new Map(labels).get("process")),
      ["one"],
    );
    assert.equal(batch.samples, 2);
    const after = await next(cpu([two]));
    assert.equal(after.series.length, 1);
  });

  it("sends HELP and TYPE along, and not with every batch", async () => {
    const next = setup();
    const families = [
      cpu([{ labels: {}, value: 1 }]),
      { name: "c_total", help: "C.", type: "counter", points: [] },
      { name: "u", help: "U.", type: "untyped", points: [] },
    ];
    const { metadata } = await next(...families);
    assert.deepEqual(metadata, [
      { type: 2, name: "culprit_process_cpu_cores", help: "Cores — “mean”." },
      { type: 1, name: "c_total", help: "C." },
      { type: 0, name: "u", help: "U." },
    ]);
    assert.deepEqual((await next(...families)).metadata, []);
  });

  it("puts several batches into one request, oldest first", async () => {
    const next = setup();
    const first = await next(cpu([{ labels: {}, value: 1 }]));
    const second = await next(cpu([{ labels: {}, value: 2 }]));
    const { series } = readWriteRequest(first.kind.request([first.batch.payload, second.batch.payload]).body);
    assert.deepEqual(
      series.map(({ samples }) => samples[0]?.value),
      [1, 2],
    );
  });

  it("writes a series that was given twice once", async () => {
    const { series } = await setup()(cpu([1, 2].map((value) => ({ labels: { process: "same" }, value }))));
    assert.equal(series.length, 1);
  });
});
