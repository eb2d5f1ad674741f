import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cameThroughProxy, isLoopback, isOwnHost, isOwnOrigin } from "../../../src/server/auth/hosts.ts";
import { Stage } from "../support.ts";

describe("a scoped route", () => {
  let stage: Stage;
  afterEach(() => stage.close());

  const status = async (headers: Record<string, string>, method = "GET"): Promise<number> =>
    (await stage.ask("/archives", { method, headers })).status;
  const basic = (user: string, password: string): Record<string, string> => ({
    Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
  });

  describe("where everybody is asked", () => {
    beforeEach(async () => {
      stage = await Stage.open({ auth: "always" });
    });

    it("answers 401 with a challenge to whoever brings nothing, as JSON", async () => {
      const answer = await stage.ask("/archives");
      assert.equal(answer.status, 401);
      assert.equal(answer.headers["www-authenticate"], 'Bearer realm="culprit"');
      assert.match(answer.error, /token with the scope read/);
    });

    it("lets pass a token as Bearer, and as the password of Basic with any user", async () => {
      const token = stage.tokens.get("read") ?? "";
      assert.equal(await status({ Authorization: `Bearer ${token}` }), 200);
      assert.equal(await status({ Authorization: `bearer   ${token} ` }), 200);
      assert.equal(await status(basic("anyone", token)), 200);
      assert.equal(await status(basic("", token)), 200);
    });

    it("answers 401 to credentials that are wrong or cannot be read", async () => {
      const token = stage.tokens.get("read") ?? "";
      for (const headers of [
        { Authorization: `Bearer ${token}x` },
        { Authorization: `Bearer ${token.slice(0, -1)}` },
        { Authorization: "Bearer" },
        { Authorization: "Digest username=x" },
        { Authorization: "Basic !!!" },
        basic(token, ""),
        basic("user", "wrong"),
      ]) {
        assert.equal(await status(headers), 401, JSON.stringify(headers));
      }
    });

    it("answers 403 and names the scope to a token with another one; admin has all", async () => {
      const answer = await stage.ask("/archives", { headers: stage.bearer("capture") });
      assert.equal(answer.status, 403);
      assert.equal(answer.json.neededScope, "read");
      assert.match(answer.error, /needs the scope read; the token capture has capture/);
      assert.equal(await status(stage.bearer("read"), "POST"), 403);
      assert.equal(await status(stage.bearer("ingest")), 403);
      assert.equal(await status(stage.bearer("admin")), 200);
      assert.equal(await status(stage.bearer("admin"), "POST"), 202);
    });

    it("accepts a token that is written later and forgets one whose entry is taken out", async () => {
      await stage.makeToken("read", ["capture"]);
      const late = stage.bearer("read");
      await stage.clock.advance(2);
      assert.equal(await status(late, "POST"), 202);
      await writeFile(join(stage.tokenDirectory, "index.json"), '{"version":1,"tokens":[]}');
      await stage.clock.advance(2);
      assert.equal(await status(late, "POST"), 401);
    });

    it("does not look at Host, for a credential is demanded", async () => {
      assert.equal(await status({ ...stage.bearer("read"), Host: "anything.example" }), 200);
    });
  });

  describe("where loopback is trusted", () => {
    beforeEach(async () => {
      stage = await Stage.open({ allowedHosts: ["culprit.lan"], externalUrl: "https://mon.example/culprit" });
    });

    it("asks nothing of this machine", async () => {
      assert.equal(await status({}), 200);
      assert.equal(await status({}, "POST"), 202);
    });

    it("still refuses a token that is wrong", async () => {
      assert.equal(await status({ Authorization: "Bearer culprit_wrong" }), 401);
    });

    it("does not trust what came through a proxy", async () => {
      for (const header of ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP"]) {
        assert.equal(await status({ [header]: "for=10.0.0.1" }), 401, header);
      }
    });

    it("answers 421 and names the setting when the Host is a stranger's, and knows its own names", async () => {
      const answer = await stage.ask("/archives", { headers: { Host: "evil.example:10054" } });
      assert.equal(answer.status, 421);
      assert.match(answer.error, /web\.allowedHosts/);
      for (const host of [
        "localhost",
        "LOCALHOST:10054",
        "127.0.0.1:1",
        "[::1]:10054",
        "web1",
        "web1:10054",
        "mon.example",
        "culprit.lan:99",
        "10.1.2.3",
      ]) {
        assert.equal(await status({ Host: host }), 200, host);
      }
      for (const host of ["localhost.evil.example", "evil.localhost", "web1.evil", "127.0.0.1.evil.example", "a b"]) {
        assert.equal(await status({ Host: host }), 421, host);
      }
    });

    it("refuses another site's Origin and accepts its own", async () => {
      for (const origin of ["http://evil.example", "null", "http://localhost:1", "nonsense"]) {
        const answer = await stage.ask("/archives", { method: "POST", headers: { Origin: origin } });
        assert.equal(answer.status, 403, origin);
        assert.match(answer.error, /Origin/);
      }
      assert.equal(await status({ Origin: `http://127.0.0.1:${stage.port}` }, "POST"), 202);
      assert.equal(await status({ Origin: "https://mon.example" }, "POST"), 202);
      assert.equal(stage.requests.length, 2);
    });

    it("refuses what another site's page fetches, but not a link that somebody follows", async () => {
      assert.equal(await status({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }), 403);
      assert.equal(await status({ "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors" }), 403);
      assert.equal(await status({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" }), 200);
      assert.equal(await status({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" }, "POST"), 403);
      assert.equal(await status({ "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors" }), 200);
      assert.equal(await status({ "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate" }), 200);
    });
  });

  it("trusts nobody while Culprit runs with more rights than the client may have", async () => {
    stage = await Stage.open({ elevated: true });
    assert.equal(await status({}), 401);
    assert.equal(await status(stage.bearer("read")), 200);
  });
});

describe("addresses and names", () => {
  it("know loopback by address", () => {
    for (const address of ["127.0.0.1", "127.255.1.9", "::1", "::ffff:127.0.0.1", "::ffff:7f01:2"])
      assert.equal(isLoopback(address), true, address);
    for (const address of ["10.0.0.1", "::", "::2", "::ffff:10.0.0.1", "::127.0.0.1", "128.0.0.1", "", "localhost"]) {
      assert.equal(isLoopback(address), false, address);
    }
  });

  it("know a proxy by its marks", () => {
    assert.equal(cameThroughProxy({ host: "x", "user-agent": "y", accept: "z" }), false);
    assert.equal(cameThroughProxy({ "x-forwarded-for": "" }), true);
  });

  it("compare hosts without port, case and final dot", () => {
    const names = { hostname: "Web1.example", allowedHosts: ["[fe80::1]:80", ""] };
    assert.equal(isOwnHost("web1.EXAMPLE.:443", names), true);
    assert.equal(isOwnHost("web1", names), false);
    assert.equal(isOwnHost("", names), false);
    assert.equal(isOwnHost("user@evil.example", names), false);
  });

  it("compare origins with the port that their scheme implies", () => {
    assert.equal(isOwnOrigin("https://mon.example", "mon.example:443", undefined), true);
    assert.equal(isOwnOrigin("http://mon.example", "mon.example:443", undefined), false);
    assert.equal(isOwnOrigin("http://mon.example:8080", "mon.example", undefined), false);
    assert.equal(isOwnOrigin("https://mon.example:8443", "127.0.0.1:10054", "https://mon.example:8443/culprit/"), true);
    assert.equal(isOwnOrigin("file://", "", undefined), false);
    assert.equal(isOwnOrigin("null", "null", undefined), false);
  });
});
