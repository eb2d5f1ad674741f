import assert from "node:assert/strict";
import { bareName } from "../../src/fleet/names.ts";
import { type KnownHost, matchAlert } from "../../src/fleet/ownership.ts";
import { aliasesOf, readOwnNames } from "../../src/fleet/ownNames.ts";

const own = { kind: "own" } as const;
const unmatched = { kind: "unmatched" } as const;

describe("whose alert it is", () => {
  const hosts: readonly KnownHost[] = [
    { address: "10.0.0.1:10054", instance: "web1" },
    { address: "10.0.0.2:10054", instance: "web2" },
    { address: "[fd00::3]:10054", instance: "db1.example.org:9100" },
    { address: "cache.example.org:10054" },
  ];
  const names = ["web1", "web1.example.org", "10.0.0.1", "127.0.0.1", "https://culprit.example.org:8443/web1/"];

  const cases: readonly [instance: string, expected: ReturnType<typeof matchAlert>][] = [
    ["web1", own],
    ["WEB1:9100", own],
    ["web1.example.org.:9100", own],
    ["10.0.0.1:9100", own],
    ["https://culprit.example.org/", own],
    ["web2", { kind: "other", host: "web2" }],
    ["web2:9100", { kind: "other", host: "web2" }],
    ["10.0.0.2:10054", { kind: "other", host: "web2" }],
    ["db1.example.org", { kind: "other", host: "db1.example.org:9100" }],
    ["[FD00:0:0::3]:9100", { kind: "other", host: "db1.example.org:9100" }],
    ["fd00::3", { kind: "other", host: "db1.example.org:9100" }],
    ["http://cache.example.org/health?x=1", { kind: "other", host: "cache.example.org:10054" }],
    ["web3:9100", unmatched],
    ["web", unmatched],
    ["", unmatched],
    [":9100", unmatched],
  ];
  for (const [instance, expected] of cases) {
    it(`says ${expected.kind} of instance ${JSON.stringify(instance)}`, () => {
      assert.deepEqual(matchAlert({ alertname: "A", instance }, hosts, names), expected);
    });
  }

  it("takes every alert for its own where there is no list of hosts", () => {
    assert.deepEqual(matchAlert({ instance: "anything:1" }, undefined, names), own);
    assert.deepEqual(matchAlert({}, undefined, []), own);
  });

  it("cannot tell without an instance label, or with an empty list", () => {
    assert.deepEqual(matchAlert({ alertname: "A", job: "web1" }, hosts, names), unmatched);
    assert.deepEqual(matchAlert({ instance: "web2" }, [], names), unmatched);
  });

  it("tells two hosts behind one address apart by their ports", () => {
    const behindOne: readonly KnownHost[] = [
      { address: "nat.example.org:10054", instance: "a" },
      { address: "nat.example.org:10055", instance: "b" },
    ];
    assert.deepEqual(matchAlert({ instance: "nat.example.org:10055" }, behindOne, ["a"]), { kind: "other", host: "b" });
    assert.deepEqual(matchAlert({ instance: "nat.example.org:10054" }, behindOne, ["a"]), own);
    assert.deepEqual(matchAlert({ instance: "nat.example.org:9100" }, behindOne, ["b"]), own, "it may be ours, so it is captured");
  });

  it("trusts an entry of another host's before a name that many machines have", () => {
    const list: readonly KnownHost[] = [{ address: "10.0.0.2:10054", instance: "localhost" }];
    assert.deepEqual(matchAlert({ instance: "localhost:9090" }, list, ["web1", "localhost"]), own);
    assert.deepEqual(matchAlert({ instance: "localhost:9090" }, list, ["web1"]), { kind: "other", host: "localhost" });
  });
});

describe("the name of a machine", () => {
  const cases: readonly [string, string][] = [
    ["Web1", "web1"],
    ["web1:9100", "web1"],
    ["web1:", "web1"],
    ["  web1.example.org.  ", "web1.example.org"],
    ["[::1]:9100", "::1"],
    ["[::1]", "::1"],
    ["::1", "::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["[::ffff:10.0.0.1]:80", "10.0.0.1"],
    ["https://user:pass@web1:8443/path:1?q#f", "web1"],
    ["tcp://[fd00::1]:22", "fd00::1"],
    ["not an address::", "not an address::"],
    [":", ""],
    ["", ""],
  ];
  for (const [text, expected] of cases) {
    it(`in ${JSON.stringify(text)} is ${JSON.stringify(expected)}`, () => assert.equal(bareName(text), expected));
  }
});

describe("our own names", () => {
  it("are what the owner says, the hostname long and short, the addresses and the external URL", () => {
    const names = readOwnNames({
      hostname: "web1.example.org",
      names: ["shop"],
      externalUrl: "http://w.example.org/",
      hostsFile: "/nonexistent",
    });
    for (const expected of ["shop", "web1.example.org", "web1", "http://w.example.org/"]) assert.ok(names.includes(expected), expected);
    assert.ok(names.includes("127.0.0.1"), "the loopback is up wherever a test runs");
  });

  it("include what /etc/hosts calls this machine besides, but never localhost", () => {
    const text =
      "127.0.0.1 localhost web1\n127.0.1.1\tWeb1.example.org web1 # ours\n# 10.0.0.9 web1.wrong web1\n10.0.0.2 web2.example.org web2\n";
    assert.deepEqual(aliasesOf("web1", text), ["web1", "web1.example.org", "web1"]);
    assert.deepEqual(aliasesOf("web", text), []);
  });
});
