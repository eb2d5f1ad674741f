import assert from "node:assert/strict";
import { hashSync } from "bcryptjs";
import { createDoorway } from "../../src/server/auth/doorway.ts";
import { Stage } from "./support.ts";

const basic = (user: string, password: string) => ({ Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` });

describe("users of the web configuration", function () {
  this.timeout(30_000);
  let stage: Stage;
  let users: Map<string, string>;
  let close: () => void;
  beforeEach(async () => {
    stage = await Stage.prepare();
    users = new Map([
      ["prometheus", hashSync("word of the scraper", 4)],
      ["ops", hashSync("word of ops", 4)],
    ]);
    const doorway = createDoorway(
      () => ({ headers: { "X-Frame-Options": "deny" }, users, files: [] }),
      new Map([["ops", ["admin"]]]),
      stage.clock,
    );
    close = () => doorway.close();
    await stage.start({ ...doorway.settings, auth: "always", userHeader: "x-forwarded-user", trustedProxies: ["127.0.0.0/8"] });
  });
  afterEach(async () => {
    await stage.close();
    close();
  });

  const status = async (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
    (await stage.ask(path, { headers, method })).status;

  it("leave nothing open but the login, and let in who knows the password", async () => {
    for (const path of ["/metrics", "/-/healthy", "/-/ready", "/archives", "/"]) {
      const refused = await stage.ask(path);
      assert.deepEqual(
        [path, refused.status, refused.headers["www-authenticate"]],
        [path, 401, 'Basic realm="culprit", charset="UTF-8", Bearer realm="culprit"'],
      );
      assert.equal(await status(path, basic("prometheus", "word of the scraper")), 200, path);
    }
    assert.equal(await status("/login"), 200);
    assert.equal(await status("/metrics", basic("prometheus", "word of ops")), 401);
    assert.equal(await status("/metrics", basic("nobody", "word of ops")), 401);
  });

  it("read when nothing is said of them, and do what web.users gives them", async () => {
    assert.equal(await status("/archives", basic("prometheus", "word of the scraper"), "POST"), 403);
    assert.equal(await status("/archives", basic("ops", "word of ops"), "POST"), 202);
    const { error } = await stage.ask("/archives", { method: "POST", headers: basic("prometheus", "word of the scraper") });
    assert.equal(error, "this needs the scope capture; the user prometheus has read");
  });

  it("stand beside tokens, in either header", async () => {
    assert.equal(await status("/archives", stage.bearer("read")), 200);
    assert.equal(await status("/archives", basic("x", stage.tokens.get("read") ?? "")), 200);
  });

  it("are those of the file as it is now: a password that is changed or taken out is refused at once", async () => {
    assert.equal(await status("/metrics", basic("ops", "word of ops")), 200);
    users.set("ops", hashSync("another word", 4));
    assert.equal(await status("/metrics", basic("ops", "word of ops")), 401);
    assert.equal(await status("/metrics", basic("ops", "another word")), 200);
    users.delete("ops");
    assert.equal(await status("/metrics", basic("ops", "another word")), 401);
  });

  it("cannot be guessed at length from one address, and whoever is right is let in meanwhile", async () => {
    assert.equal(await status("/metrics", basic("prometheus", "word of the scraper")), 200);
    for (let guess = 0; guess < 10; guess++) assert.equal(await status("/metrics", basic("prometheus", `guess ${guess}`)), 401);
    const refused = await stage.ask("/metrics", { headers: basic("ops", "word of ops") });
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "60"]);
    assert.match(refused.error, /^this address has shown too much that was wrong/);
    assert.equal(await status("/metrics", basic("prometheus", "word of the scraper")), 200);
    assert.equal(await status("/archives", stage.bearer("read")), 200);
    await stage.clock.advance(60);
    assert.equal(await status("/metrics", basic("ops", "word of ops")), 200);
  });

  it("are not borrowed by a page of another site", async () => {
    const cross = { ...basic("ops", "word of ops"), "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" };
    assert.equal(await status("/archives", cross), 403);
    assert.equal(await status("/archives", { ...basic("ops", "word of ops"), Origin: "https://evil.example.org" }, "POST"), 403);
  });

  it("may be named by a proxy that is listed", async () => {
    assert.equal(await status("/archives", { "X-Forwarded-User": "ops" }), 200);
    assert.equal(await status("/archives", { "X-Forwarded-User": "ops" }, "POST"), 403);
    assert.equal(await status("/archives", { "X-Forwarded-User": "ops", Origin: `http://127.0.0.1:${stage.port}` }, "POST"), 202);
  });

  it("get the headers of the file with every answer", async () => {
    assert.equal((await stage.ask("/login")).headers["x-frame-options"], "deny");
    assert.equal((await stage.ask("/none")).headers["x-frame-options"], "deny");
  });
});

describe("a user's name in a header", () => {
  it("is not believed of a client that is not listed", async () => {
    const stage = await Stage.prepare();
    const doorway = createDoorway(() => undefined, new Map([["ops", ["admin"]]]), stage.clock);
    try {
      await stage.start({ ...doorway.settings, auth: "always", userHeader: "x-forwarded-user", trustedProxies: ["10.0.0.0/8"] });
      assert.equal((await stage.ask("/archives", { headers: { "X-Forwarded-User": "ops" } })).status, 401);
    } finally {
      await stage.close();
      doorway.close();
    }
  });
});
