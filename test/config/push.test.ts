import assert from "node:assert/strict";
import { load, loadText, problemsOf } from "./support.ts";

describe("push", () => {
  const files = { token: "t", "ca.pem": "c" };
  const push = (text: string) => load({ "culprit.yml": text, ...files }).push;
  const problems = (text: string) => problemsOf(() => push(text));

  it("is nothing where nothing is said", () => {
    assert.deepEqual(loadText("").push, []);
    assert.deepEqual(loadText("push:\n").push, []);
  });

  it("has usual values for what a sink does not say, and paths that begin at the folder of the file", () => {
    const text =
      "push: [{ type: remoteWrite, url: 'https://m.example.org/api/v1/write', bearerTokenFile: token, tls: { caFile: ca.pem } }]";
    assert.deepEqual(push(text), [
      {
        type: "remoteWrite",
        name: "remotewrite",
        target: {
          url: "https://m.example.org/api/v1/write",
          timeoutSeconds: 10,
          bearerTokenFile: "/etc/culprit/token",
          headers: {},
          caFile: "/etc/culprit/ca.pem",
        },
        intervalSeconds: 15,
        labels: {},
        collect: [],
        maxBytes: 64 * 1024 ** 2,
      },
    ]);
  });

  it("takes InfluxDB of both versions", () => {
    const [one, two] = push(`
push:
  - { type: influxdb, name: old, url: "http://i:8086", version: 1, database: ops, retentionPolicy: week }
  - { type: influxdb, url: "http://i:8086", org: ops, bucket: culprit, interval: 1m, labels: { rack: 7 } }
`);
    assert.deepEqual(one?.type === "influxdb" && one.influx, { version: 1, database: "ops", retentionPolicy: "week" });
    assert.deepEqual(two?.type === "influxdb" && two.influx, { version: 2, org: "ops", bucket: "culprit" });
    assert.deepEqual([one?.target.tokenScheme, two?.target.tokenScheme], [undefined, "Token"], "InfluxDB 2 knows no Bearer");
    assert.deepEqual(two?.labels, { rack: "7" });
  });

  it("says of every mistake where it is and what was expected", () => {
    assert.deepEqual(problems("push:\n  - { type: remoteWrite, url: 'ftp://x' }"), [
      'culprit.yml:2:31: push[0].url: expected an http or https URL without user and password, such as https://metrics.example.org/api/v1/write, got "ftp://x"',
    ]);
    const wrong = (keys: string) => problems(`push: [{ type: remoteWrite, url: "http://x/", ${keys} }]`).join("\n");
    assert.match(wrong("intervall: 5s"), /push\[0\]\.intervall: unknown key; did you mean interval\?/);
    assert.match(wrong("bucket: b"), /push\[0\]\.bucket: expected it not to be there: remoteWrite has no bucket/);
    assert.match(wrong("labels: { 1a: x }"), /push\[0\]\.labels\.1a: expected a label name/);
    assert.match(
      wrong("headers: { Authorization: x }"),
      /push\[0\]\.headers\.Authorization: expected a header that Culprit does not write itself/,
    );
    assert.match(wrong("bearerTokenFile: absent"), /push\[0\]\.bearerTokenFile: expected the path of a file that can be read/);
    assert.match(wrong("tls: { certFile: ca.pem }"), /push\[0\]\.tls\.keyFile: missing .*expected it beside certFile/);
    assert.match(wrong("bearerTokenFile: token, basic: { user: u, passwordFile: token }"), /expected either bearerTokenFile or basic/);
    assert.match(problems("push: [{ type: influxdb, url: 'http://x' }]").join("\n"), /push\[0\].*expected org, for version 2 of influxdb/);
    const two = "push: [{ type: remoteWrite, url: 'http://x' }, { type: remoteWrite, url: 'http://y' }]";
    assert.match(problems(two).join("\n"), /push\[1\]\.type: expected a name beside it that no sink before it has; remotewrite is taken/);
  });
});
