import assert from "node:assert/strict";
import { parseListenAddress } from "../../src/config/listenAddress.ts";
import { nearest } from "../../src/config/nearest.ts";
import { formatSize, parseSizeBytes } from "../../src/config/size.ts";
import { parseDurationSeconds } from "../../src/model/duration.ts";
import { writtenDuration } from "../../src/text.ts";

function each<T>(cases: readonly (readonly [string, T | undefined])[], parse: (text: string) => T | undefined): void {
  for (const [text, expected] of cases) {
    it(`${expected === undefined ? "refuses" : "reads"} ${JSON.stringify(text)}`, () => assert.deepEqual(parse(text), expected));
  }
}

describe("A duration", () => {
  each(
    [
      ["30s", 30],
      ["5m", 300],
      ["1h30m", 5400],
      ["1d", 86_400],
      ["2w", 1_209_600],
      ["1y", 31_536_000],
      ["250ms", 0.25],
      ["1s500ms", 1.5],
      ["1d12h5m3s4ms", 129_903.004],
      ["0", 0],
      ["0s", 0],
      ["", undefined],
      ["30", undefined],
      ["1.5h", undefined],
      ["30m1h", undefined],
      ["-5m", undefined],
      ["5 m", undefined],
      ["5min", undefined],
      ["99999999999999999y", undefined],
    ],
    parseDurationSeconds,
  );

  it("is written so that it can be read again", () => {
    for (const seconds of [0, 0.1, 1, 59, 60, 5400, 86_400, 90_061.5, 2_592_000]) {
      assert.equal(parseDurationSeconds(writtenDuration(seconds)), seconds);
    }
    assert.equal(writtenDuration(5400), "1h30m");
  });
});

describe("A size", () => {
  each(
    [
      ["512MiB", 536_870_912],
      ["2GiB", 2_147_483_648],
      ["1.5KiB", 1536],
      ["100MB", 100_000_000],
      ["100 kB", 100_000],
      ["1Ti", 1_099_511_627_776],
      ["4096", 4096],
      ["4096B", 4096],
      ["2gib", 2_147_483_648],
      ["", undefined],
      ["-1", undefined],
      ["12 bananas", undefined],
      ["1iB", undefined],
      ["GiB", undefined],
      ["99999999999TiB", undefined],
    ],
    parseSizeBytes,
  );

  it("is written so that it can be read again", () => {
    for (const bytes of [1, 1000, 1024, 1_048_576, 2_147_483_648]) assert.equal(parseSizeBytes(formatSize(bytes)), bytes);
    assert.equal(formatSize(2_147_483_648), "2GiB");
  });
});

describe("A listen address", () => {
  each(
    [
      ["127.0.0.1:10054", { host: "127.0.0.1", port: 10_054 }],
      [":10054", { host: "", port: 10_054 }],
      ["[::1]:10054", { host: "::1", port: 10_054 }],
      ["[fe80::1%eth0]:1", { host: "fe80::1%eth0", port: 1 }],
      ["localhost:0", { host: "localhost", port: 0 }],
      ["10054", undefined],
      ["::1:10054", undefined],
      ["localhost", undefined],
      ["localhost:", undefined],
      ["localhost:65536", undefined],
      ["http://localhost:1", undefined],
      ["a b:1", undefined],
    ],
    parseListenAddress,
  );
});

describe("The nearest word", () => {
  const known = ["listenAddress", "telemetryPath", "auth"];

  it("is found over a slip, swapped letters and another way to write it", () => {
    assert.equal(nearest("listenAdress", known), "listenAddress");
    assert.equal(nearest("listenaddress", known), "listenAddress");
    assert.equal(nearest("listen_address", known), "listenAddress");
    assert.equal(nearest("telemetyrPath", known), "telemetryPath");
    assert.equal(nearest("atuh", known), "auth");
  });

  it("is not given when nothing is near", () => assert.equal(nearest("cooldown", known), undefined));
});
