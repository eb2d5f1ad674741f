import assert from "node:assert/strict";
import { canonicalName, namesOfCertificate } from "../../src/server/certificateNames.ts";

describe("the names of a client's certificate", () => {
  it("are of every kind that there is", () => {
    assert.deepEqual(
      namesOfCertificate(
        "DNS:web1.example.org, IP Address:10.0.0.1, email:ops@example.org, URI:spiffe://fleet/web1, IP Address:FE80:0:0:0:0:0:0:1",
      ),
      ["web1.example.org", "10.0.0.1", "ops@example.org", "spiffe://fleet/web1", "fe80::1"],
    );
    assert.deepEqual(namesOfCertificate(""), []);
  });

  it("are never part of another: one that holds a comma is written in quotes", () => {
    const names = namesOfCertificate('DNS:"x, DNS:prometheus.example.org, y", URI:"https://a/?b=\\"c, d"');
    assert.deepEqual(names, ["x, DNS:prometheus.example.org, y", 'https://a/?b="c, d']);
  });

  it("end where nobody can tell what is meant", () => {
    assert.deepEqual(namesOfCertificate('DNS:a, DNS:"open, DNS:prometheus.example.org'), ["a"]);
  });

  it("are compared as addresses where they are addresses", () => {
    assert.equal(canonicalName("2001:DB8::0:9"), canonicalName("2001:db8:0:0:0:0:0:9"));
  });
});
