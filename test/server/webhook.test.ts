import assert from "node:assert/strict";
import { connect } from "node:net";
import { QueueUnavailable } from "../../src/capture/contract.ts";
import type { Answer } from "./client.ts";
import { Stage } from "./support.ts";

const STARTS_AT = "2026-11-21T09:55:00.123456789Z";

function firing(name: string, more: object = {}): object {
  return {
    status: "firing",
    labels: { alertname: name, instance: "web1:9100" },
    annotations: {},
    startsAt: STARTS_AT,
    fingerprint: `f${name}`,
    ...more,
  };
}

describe("POST /webhook", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  function send(payload: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const body = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    return stage.ask("/webhook", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", ...stage.bearer("capture"), ...headers },
    });
  }

  it("answers 202 with a result and the archive's address for every alert", async () => {
    const answer = await send({ version: "4", status: "firing", alerts: [firing("One"), firing("Two")] });
    assert.equal(answer.status, 202);
    assert.deepEqual(
      resultsOf(answer).map((result) => [result.name, result.archiveUrl]),
      [
        ["One", `http://127.0.0.1:${stage.port}/archives/a-fOne.tar.gz`],
        ["Two", `http://127.0.0.1:${stage.port}/archives/a-fTwo.tar.gz`],
      ],
    );
    assert.deepEqual(stage.outcomes, ["accepted"]);
  });

  it("hands over the whole alert, its start in milliseconds and no end where Go wrote the year 1", async () => {
    await send({ alerts: [firing("One", { endsAt: "0001-01-01T00:00:00Z", annotations: { summary: "hot" }, generatorURL: "x" })] });
    assert.deepEqual(stage.received, [
      [
        {
          status: "firing",
          labels: { alertname: "One", instance: "web1:9100" },
          annotations: { summary: "hot" },
          startsAtMs: Date.UTC(2026, 10, 21, 9, 55, 0, 123),
          fingerprint: "fOne",
        },
      ],
    ]);
  });

  it("passes on how many alerts Alertmanager cut off, and says it back", async () => {
    const answer = await send({ truncatedAlerts: 7, alerts: [firing("One")] });
    assert.equal((JSON.parse(answer.text) as { truncatedAlerts?: number }).truncatedAlerts, 7);
    assert.deepEqual(stage.receptions, [{ relayed: false, truncatedAlerts: 7 }]);
    const whole = await send({ truncatedAlerts: 0, alerts: [firing("One")] });
    assert.doesNotMatch(whole.text, /truncated/);
  });

  it("does not answer before the request is kept", async () => {
    let kept = (): void => undefined;
    stage.receive = () =>
      new Promise((resolve) => {
        kept = () => resolve([]);
      });
    let answered = false;
    const answer = send({ alerts: [firing("One")] }).finally(() => {
      answered = true;
    });
    while (stage.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(answered, false);
    kept();
    assert.equal((await answer).status, 202);
  });

  it("answers 503 with Retry-After when it cannot be kept", async () => {
    stage.receive = () => Promise.reject(new QueueUnavailable("ENOSPC: /var/lib/culprit/queue"));
    const answer = await send({ alerts: [firing("One")] });
    assert.equal(answer.status, 503);
    assert.match(answer.headers["retry-after"] ?? "", /^\d+$/);
    assert.doesNotMatch(answer.text, /var\/lib/);
    assert.deepEqual(stage.outcomes, ["unavailable"]);
  });

  it("counts a failure of its own as unavailable and answers 500, which is sent again", async () => {
    stage.receive = () => Promise.reject(new Error("bug"));
    assert.equal((await send({ alerts: [firing("One")] })).status, 500);
    assert.deepEqual(stage.outcomes, ["unavailable"]);
  });

  it("answers 400 to what is not JSON, empty, or has no alerts, and says what was expected", async () => {
    for (const body of ["{ not json", "", "[]", "7", '"x"', "{}", '{"alerts": {}}', '{"alerts": 3}']) {
      const answer = await send(body);
      assert.equal(answer.status, 400, body);
      assert.match(answer.error, /expected .*Alertmanager's webhook payload/, body);
    }
    assert.deepEqual([...new Set(stage.outcomes)], ["malformed"]);
    assert.equal(stage.outcomes.length, 8);
    assert.deepEqual(stage.received, []);
    assert.ok(stage.logLines.some(({ level, message }) => level === "warn" && message.includes("refused")));
  });

  it("takes the good alerts and reports the bad ones by place and reason", async () => {
    const answer = await send({
      alerts: [firing("One"), firing("Bad", { startsAt: "yesterday" }), firing("Two"), firing("Worse", { labels: { a: 5 } }), "nonsense"],
    });
    assert.equal(answer.status, 202);
    const results = resultsOf(answer);
    assert.deepEqual(
      results.map((result) => result.result),
      ["captured", "rejected", "captured", "rejected", "rejected"],
    );
    assert.equal(results[1]?.where, "alerts[1].startsAt");
    assert.match(String(results[1]?.reason), /RFC 3339/);
    assert.equal(results[3]?.where, "alerts[3].labels.a");
    assert.match(String(results[3]?.reason), /expected string/);
    assert.equal(results[4]?.where, "alerts[4]");
    assert.equal(stage.received[0]?.length, 2);
    assert.deepEqual(stage.outcomes, ["accepted"]);
  });

  it("answers 400 when no alert can be used", async () => {
    const answer = await send({ alerts: [firing("Bad", { startsAt: undefined })] });
    assert.equal(answer.status, 400);
    assert.match(answer.error, /alerts\[0\]\.startsAt/);
    assert.deepEqual(stage.received, []);
  });

  it("answers 202 to a payload without alerts", async () => {
    const answer = await send({ alerts: [] });
    assert.deepEqual([answer.status, answer.json], [202, { results: [] }]);
    assert.deepEqual(stage.received, []);
  });

  it("answers 413 to a body over 4 MiB, announced or not, and the sender gets to read it", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 0x20);
    const announced = await send(body);
    assert.equal(announced.status, 413);
    assert.match(announced.error, /4194304/);
    const chunked = await send(body, { "Transfer-Encoding": "chunked" });
    assert.equal(chunked.status, 413);
    assert.deepEqual(stage.outcomes, ["too_large", "too_large"]);
    assert.equal((await send({ alerts: [firing("One")] })).status, 202);
  });

  it("puts a body together that comes in chunks of odd sizes", async () => {
    const alert = firing("Large", { annotations: { summary: "0123456789".repeat(360) } });
    const body = JSON.stringify({ alerts: Array(60).fill(alert) });
    const chunks = Array.from({ length: Math.ceil(body.length / 999) }, (_, at) => body.slice(at * 999, (at + 1) * 999));
    const lines = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
    const head = "POST /webhook HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n";
    const authorization = `Authorization: ${stage.bearer("capture").Authorization}\r\n`;
    const answer = await rawRequest(stage.port, `${head}${authorization}\r\n${lines}0\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 202 /);
    assert.deepEqual(
      stage.received[0]?.map(({ annotations }) => annotations.summary?.length),
      Array(60).fill(3600),
    );
  });

  it("does not ask for the body of a request that it refuses", async () => {
    const answer = await rawRequest(
      stage.port,
      `POST /webhook HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 401 /);
    assert.match(answer, /connection: close/i);
  });

  it("asks a waiting sender for the body that it wants", async () => {
    const body = JSON.stringify({ alerts: [firing("One")] });
    const head = `POST /webhook HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: ${stage.bearer("capture").Authorization}\r\nExpect: 100-continue\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const answer = await rawRequest(stage.port, head, { afterContinue: body });
    assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202 /);
  });

  it("refuses a compressed body by name", async () => {
    const answer = await send({ alerts: [] }, { "Content-Encoding": "gzip" });
    assert.equal(answer.status, 415);
    assert.match(answer.error, /gzip/);
    assert.deepEqual(stage.outcomes, ["malformed"]);
  });

  it("counts wrong tokens and wrong scopes as unauthorised, and names the scope", async () => {
    const wrong = await send({ alerts: [firing("One")] }, { Authorization: "Bearer culprit_nope" });
    assert.equal(wrong.status, 401);
    assert.match(wrong.headers["www-authenticate"] ?? "", /Bearer realm="culprit"/);
    const reader = await send({ alerts: [firing("One")] }, stage.bearer("read"));
    assert.equal(reader.status, 403);
    assert.equal(reader.json.neededScope, "capture");
    assert.deepEqual(stage.outcomes, ["unauthorised", "unauthorised"]);
    assert.deepEqual(stage.received, []);
  });

  it("minds neither an odd content type nor a byte order mark", async () => {
    assert.equal((await send({ alerts: [firing("One")] }, { "Content-Type": "text/plain" })).status, 202);
    assert.equal((await send(`\ufeff${JSON.stringify({ alerts: [firing("One")] })}`)).status, 202);
  });

  it("puts archive addresses below the external URL when there is one", async () => {
    await stage.close();
    stage = await Stage.open({ externalUrl: "https://mon.example/culprit/" });
    const answer = await send({ alerts: [firing("One")] });
    assert.equal(resultsOf(answer)[0]?.archiveUrl, "https://mon.example/culprit/archives/a-fOne.tar.gz");
  });

  it("refuses other methods without counting them", async () => {
    const answer = await stage.ask("/webhook", { headers: stage.bearer("capture") });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.allow, "POST");
    assert.deepEqual(stage.outcomes, []);
  });
});

function resultsOf(answer: Answer): readonly Readonly<Record<string, unknown>>[] {
  return answer.json.results as readonly Readonly<Record<string, unknown>>[];
}

/** Speaks HTTP by hand; resolves with everything that came back once the server has closed. */
function rawRequest(port: number, head: string, options: { readonly afterContinue?: string } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let sent = false;
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (sent || options.afterContinue === undefined || !text.startsWith("HTTP/1.1 100 ")) return;
      sent = true;
      socket.write(options.afterContinue);
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}
