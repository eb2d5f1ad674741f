import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { InfluxSettings } from "../../src/model/push.ts";
import { createInflux } from "../../src/push/kinds/influx.ts";
import { describeSink } from "./support/sinkContract.ts";

const version2: InfluxSettings = { version: 2, org: "our ops", bucket: "culprit" };

describeSink({
  name: "influxdb",
  samplesPerBatch: 1,
  tokenScheme: "Token",
  plan: { type: "influxdb", influx: version2 },
  momentsIn: ({ body, path }) => {
    assert.equal(path, "/in/api/v2/write?org=our+ops&bucket=culprit&precision=ms");
    return gunzipSync(body)
      .toString()
      .trim()
      .split("\n")
      .map((line) => Number(/ (\d+)$/.exec(line)?.[1]));
  },
});

describe("InfluxDB's line protocol", () => {
  const linesOf = async (labels: Readonly<Record<string, string>>, value: number, settings: InfluxSettings = version2) => {
    const kind = createInflux(
      {
        families: async () => [{ name: "culprit_process_cpu_cores", help: "", type: "gauge", points: [{ labels, value }] }],
        ...{ labels: { job: "culprit", instance: "web1" }, wallMs: () => 1_800_000_000_000, nextTurn: async () => undefined },
      },
      settings,
    );
    const batch = await kind.next();
    if (batch === undefined) return undefined;
    const { body, path, query } = kind.request([batch.payload]);
    return { text: gunzipSync(body).toString(), path, query };
  };

  it("names the measurement as the metric, the tags as its labels, and the field value", async () => {
    assert.equal(
      (await linesOf({ process: "pg dump,1=x", container: "" }, 1.5))?.text,
      "culprit_process_cpu_cores,instance=web1,job=culprit,process=pg\\ dump\\,1\\=x value=1.5 1800000000000\n",
    );
  });

  it("keeps a tag that ends in a backslash from swallowing what comes behind it", async () => {
    const text = (await linesOf({ user: "DOMAIN\\" }, 1))?.text ?? "";
    assert.match(text, /value=1 1800000000000\n$/);
    assert.ok(text.includes(",user=DOMAIN\\"));
    assert.ok(!text.includes("DOMAIN\\ value"), text);
  });

  it("leaves out what the line protocol has no word for", async () => {
    assert.equal(await linesOf({}, Number.NaN), undefined);
    assert.equal(await linesOf({}, Number.POSITIVE_INFINITY), undefined);
  });

  it("asks version 1 for its database and retention policy", async () => {
    const { path, query } = (await linesOf({}, 1, { version: 1, database: "ops", retentionPolicy: "week" })) ?? {};
    assert.deepEqual({ path, query }, { path: "/write", query: { db: "ops", precision: "ms", rp: "week" } });
  });
});
