import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { Stage } from "./support.ts";

describe("the telemetry path", () => {
  let stage: Stage;
  afterEach(() => stage.close());

  it("serves what the registry renders, with its content type", async () => {
    stage = await Stage.open();
    const answer = await stage.ask("/metrics");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(answer.text, "# TYPE up gauge\nup 1\n");
  });

  it("answers HEAD without a body and with the length", async () => {
    stage = await Stage.open();
    const answer = await stage.ask("/metrics", { method: "HEAD" });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["content-length"], String(Buffer.byteLength(stage.metricsText)));
    assert.equal(answer.text, "");
  });

  it("packs a long answer for whoever accepts gzip, and nobody else", async () => {
    stage = await Stage.open();
    stage.metricsText = "up 1\n".repeat(1000);
    const packed = await stage.ask("/metrics", { headers: { "Accept-Encoding": "gzip" } });
    assert.equal(packed.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(packed.bytes).toString(), stage.metricsText);
    assert.ok(packed.bytes.length < 1000);
    for (const accepted of [{}, { "Accept-Encoding": "identity" }, { "Accept-Encoding": "gzip;q=0, identity" }]) {
      const plain = await stage.ask("/metrics", { headers: accepted });
      assert.equal(plain.headers["content-encoding"], undefined);
      assert.equal(plain.text, stage.metricsText);
      assert.match(plain.headers.vary ?? "", /Accept-Encoding/);
    }
  });

  it("leaves a short answer unpacked", async () => {
    stage = await Stage.open();
    assert.equal((await stage.ask("/metrics", { headers: { "Accept-Encoding": "gzip" } })).headers["content-encoding"], undefined);
  });

  it("is open without credentials, whatever the Host and however strict the rest", async () => {
    stage = await Stage.open({ auth: "always", elevated: true });
    assert.equal((await stage.ask("/metrics", { headers: { Host: "evil.example" } })).status, 200);
    assert.equal((await stage.ask("/archives", { headers: { Host: "evil.example" } })).status, 401);
  });

  it("tells who scraped", async () => {
    stage = await Stage.open();
    await stage.ask("/metrics");
    await stage.ask("/-/healthy");
    assert.deepEqual(stage.scrapes, ["127.0.0.1"]);
  });

  it("takes a configured path literally", async () => {
    stage = await Stage.open({ telemetryPath: "/probe(1)/:x.metrics" });
    assert.equal((await stage.ask("/probe(1)/:x.metrics")).status, 200);
    assert.equal((await stage.ask("/probe(1)/y.metrics")).status, 404);
    assert.equal((await stage.ask("/metrics")).status, 404);
  });

  it("refuses other methods and names the possible ones", async () => {
    stage = await Stage.open();
    const answer = await stage.ask("/metrics", { method: "POST" });
    assert.equal(answer.status, 405);
    assert.deepEqual(answer.headers.allow?.split(", ").sort(), ["GET", "HEAD"]);
    assert.match(answer.error, /POST/);
  });

  it("answers 500 without internals when rendering fails, and logs why", async () => {
    stage = await Stage.open();
    stage.render = () => Promise.reject(new Error("secret detail"));
    const answer = await stage.ask("/metrics");
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.text, /secret detail/);
    assert.notEqual(answer.error, "");
    const line = stage.logLines.find(({ level }) => level === "error");
    assert.match(String(line?.fields.reason), /secret detail[\s\S]*at /);
  });
});

describe("the health routes", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  it("are open and say that Culprit is healthy and ready", async () => {
    const healthy = await stage.ask("/-/healthy", { headers: { Host: "evil.example" } });
    assert.deepEqual([healthy.status, healthy.text], [200, "Culprit is healthy.\n"]);
    const ready = await stage.ask("/-/ready");
    assert.deepEqual([ready.status, ready.text], [200, "Culprit is ready.\n"]);
  });

  it("answer 503 with every reason while it is not ready, in text and in JSON", async () => {
    stage.readinessNow = { ready: false, reasons: ["no sample for 9 s", "the queue cannot be written"] };
    const text = await stage.ask("/-/ready");
    assert.deepEqual([text.status, text.text], [503, "Culprit is not ready: no sample for 9 s; the queue cannot be written\n"]);
    const json = await stage.ask("/-/ready", { headers: { Accept: "application/json" } });
    assert.equal(json.status, 503);
    assert.deepEqual(json.json.reasons, stage.readinessNow.reasons);
    assert.equal((await stage.ask("/-/healthy")).status, 200);
  });
});
