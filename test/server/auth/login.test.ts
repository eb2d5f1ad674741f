import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "../client.ts";
import { Stage } from "../support.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const BROWSER = { Accept: "text/html,*/*;q=0.8" };

describe("logging in with a browser", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  const own = (): string => `http://127.0.0.1:${stage.port}`;
  const token = (): string => stage.tokens.get("admin") ?? "";
  const goesTo = (answer: Answer, from = "/login"): string => new URL(answer.headers.location ?? "", `${own()}${from}`).href;
  const cookieOf = (answer: Answer): string => (answer.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
  const logIn = (): Promise<Answer> => stage.ask(`/login?token=${token()}`);

  it("begins where a page was asked for, and ends there", async () => {
    const refused = await stage.ask("/archives/alert/abc?wait=3", { headers: BROWSER });
    assert.equal(refused.status, 303);
    const login = goesTo(refused, "/archives/alert/abc?wait=3");
    assert.equal(login, `${own()}/login?next=${encodeURIComponent("/archives/alert/abc?wait=3")}`);
    assert.equal(goesTo(await stage.ask("/", { headers: BROWSER }), "/"), `${own()}/login`);
    const form = await stage.ask(new URL(login).pathname + new URL(login).search, { headers: BROWSER });
    assert.match(form.text, /name="next" value="\/archives\/alert\/abc\?wait=3"/);
    const done = await stage.ask("/login", {
      method: "POST",
      headers: { ...FORM, ...BROWSER },
      body: `token=${token()}&next=%2Farchives%2Falert%2Fabc`,
    });
    assert.equal(done.status, 303);
    assert.equal(goesTo(done), `${own()}/archives/alert/abc`);
  });

  it("is not where a program is led", async () => {
    for (const headers of [{}, { Accept: "application/json" }, { ...BROWSER, Authorization: "Bearer wrong" }]) {
      assert.equal((await stage.ask("/archives", { headers })).status, 401);
    }
    assert.equal((await stage.ask("/archives", { method: "POST", headers: BROWSER })).status, 401);
  });

  it("works by a link with the token in it", async () => {
    const answer = await logIn();
    assert.equal(answer.status, 303);
    assert.equal(goesTo(answer), `${own()}/`);
    const cookie = answer.headers["set-cookie"]?.[0] ?? "";
    assert.match(cookie, new RegExp(`^culprit_${stage.port}=[A-Za-z0-9_-]{43}; `));
    assert.match(cookie, /; httponly/i);
    assert.match(cookie, /; samesite=lax/i);
    assert.match(cookie, /; path=\/;/i);
    assert.doesNotMatch(cookie, /secure/i);
    assert.ok(!cookie.includes(token()));
    assert.equal((await stage.ask("/", { headers: { ...BROWSER, Cookie: cookieOf(answer) } })).status, 200);
  });

  it("leads nowhere but to this server", async () => {
    for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1", "", "/", "evil"]) {
      const answer = await stage.ask(`/login?token=${token()}&next=${encodeURIComponent(next)}`);
      assert.equal(goesTo(answer), `${own()}/`, next);
    }
  });

  it("says that a token is wrong, on the page and as JSON, and never repeats it", async () => {
    const page = await stage.ask("/login", {
      method: "POST",
      headers: { ...FORM, ...BROWSER },
      body: "token=culprit_wrong&next=%2Farchives",
    });
    assert.equal(page.status, 401);
    assert.match(page.text, /not valid/);
    assert.match(page.text, /value="\/archives"/);
    assert.doesNotMatch(page.text, /culprit_wrong/);
    assert.equal(page.headers["set-cookie"], undefined);
    const json = await stage.ask("/login?token=culprit_wrong");
    assert.deepEqual([json.status, json.error === ""], [401, false]);
    assert.equal((await stage.ask("/login", { method: "POST", headers: FORM, body: "" })).status, 401);
    assert.equal((await stage.ask("/login", { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } })).status, 415);
  });

  it("cannot be done to somebody by another site's form", async () => {
    const answer = await stage.ask("/login", {
      method: "POST",
      headers: { ...FORM, Origin: "http://evil.example" },
      body: `token=${token()}`,
    });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers["set-cookie"], undefined);
  });

  it("opens what the token may, for requests of our own pages only", async () => {
    const cookie = { Cookie: cookieOf(await logIn()) };
    const status = async (headers: Record<string, string>, method = "GET") =>
      (await stage.ask("/archives", { method, headers: { ...cookie, ...headers } })).status;
    assert.equal(await status({}), 200);
    assert.equal(await status({ Origin: own() }), 200);
    assert.equal(await status({ Origin: "http://evil.example" }), 403);
    assert.equal(await status({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }), 403);
    assert.equal(await status({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" }), 200);
    assert.equal(await status({}, "POST"), 403);
    assert.equal(await status({ Origin: "http://evil.example" }, "POST"), 403);
    assert.equal(await status({ Origin: "null" }, "POST"), 403);
    assert.equal(await status({ Origin: own() }, "POST"), 202);
    assert.equal(stage.requests.length, 1);
  });

  it("has no more rights than the token", async () => {
    const answer = await stage.ask(`/login?token=${stage.tokens.get("read") ?? ""}`);
    const headers = { Cookie: cookieOf(answer), Origin: own() };
    assert.equal((await stage.ask("/archives", { headers })).status, 200);
    assert.equal((await stage.ask("/archives", { method: "POST", headers })).status, 403);
  });

  it("ends after seven days, with a log-out, or with the token", async () => {
    const first = { Cookie: cookieOf(await logIn()) };
    await stage.clock.advance(7 * 24 * 3600 - 60);
    assert.equal((await stage.ask("/archives", { headers: first })).status, 200);
    await stage.clock.advance(120);
    assert.equal((await stage.ask("/archives", { headers: first })).status, 401);

    const second = { Cookie: cookieOf(await logIn()) };
    assert.equal((await stage.ask("/logout", { method: "POST", headers: second })).status, 403);
    assert.equal((await stage.ask("/logout", { method: "POST", headers: { ...second, Origin: "http://evil.example" } })).status, 403);
    assert.equal((await stage.ask("/archives", { headers: second })).status, 200);
    const out = await stage.ask("/logout", { method: "POST", headers: { ...second, Origin: own() } });
    assert.equal(out.status, 303);
    assert.match(out.headers["set-cookie"]?.[0] ?? "", /expires=Thu, 01 Jan 1970/i);
    assert.equal((await stage.ask("/archives", { headers: second })).status, 401);

    const third = { Cookie: cookieOf(await logIn()) };
    await writeFile(join(stage.tokenDirectory, "index.json"), '{"version":1,"tokens":[]}');
    await stage.clock.advance(2);
    assert.equal((await stage.ask("/archives", { headers: third })).status, 401);
  });

  it("forgets the oldest of very many logins", async () => {
    const first = { Cookie: cookieOf(await logIn()) };
    for (let count = 0; count < 999; count++) await logIn();
    assert.equal((await stage.ask("/archives", { headers: first })).status, 200);
    await logIn();
    assert.equal((await stage.ask("/archives", { headers: first })).status, 401);
  }).timeout(60_000);

  describe("by the link that a terminal shows", () => {
    const link = (name: "admin" | "read" = "admin"): string => `/${stage.server?.loginLink(stage.tokens.get(name) ?? "") ?? ""}`;
    const isIn = async (cookie: string): Promise<boolean> => (await stage.ask("/archives", { headers: { Cookie: cookie } })).status === 200;

    it("works once, with the rights of the token and without the token in it", async () => {
      const path = link("read");
      assert.ok(!path.includes(stage.tokens.get("read") ?? ""));
      const answer = await stage.ask(path);
      assert.deepEqual([answer.status, goesTo(answer)], [303, `${own()}/`]);
      assert.ok(await isIn(cookieOf(answer)));
      const headers = { Cookie: cookieOf(answer), Origin: own() };
      assert.equal((await stage.ask("/archives", { method: "POST", headers })).status, 403);

      const again = await stage.ask(path, { headers: BROWSER });
      assert.equal(again.status, 401);
      assert.match(again.text, /This link was used, or is older than ten minutes/);
      assert.equal(again.headers["set-cookie"], undefined);
      assert.equal(
        (await stage.ask(path)).error,
        "This link was used, or is older than ten minutes. Culprit prints a new one when it is started in a terminal.",
      );
    });

    it("leads whoever is in already to the page, however often it is followed", async () => {
      const path = link();
      const cookie = cookieOf(await stage.ask(path));
      const again = await stage.ask(path, { headers: { ...BROWSER, Cookie: cookie } });
      assert.deepEqual([again.status, again.headers["set-cookie"]], [303, undefined]);
    });

    it("works within ten minutes and not after, whatever the clock on the wall does", async () => {
      const [early, late] = [link(), link()];
      await stage.clock.advance(599);
      assert.equal((await stage.ask(early)).status, 303);
      await stage.clock.advance(2);
      assert.equal((await stage.ask(late)).status, 401);
    });

    it("is worth nothing once the token is revoked", async () => {
      const path = link();
      await writeFile(join(stage.tokenDirectory, "index.json"), '{"version":1,"tokens":[]}');
      await stage.clock.advance(2);
      assert.equal((await stage.ask(path)).status, 401);
    });

    it("is not used up by a preview, and reaches no log", async () => {
      const path = link();
      assert.equal((await stage.ask(path, { method: "HEAD" })).headers["set-cookie"], undefined);
      assert.equal((await stage.ask(path)).status, 303);
      const word = path.split("once=")[1] ?? "";
      assert.ok(word.length >= 32);
      assert.ok(!JSON.stringify(stage.logLines).includes(word));
    });

    it("is refused when it is none of ours", async () => {
      for (const word of ["", "x", "a".repeat(32)]) assert.equal((await stage.ask(`/login?once=${word}`)).status, 401, word);
    });
  });

  it("does not open a session for a link preview", async () => {
    const answer = await stage.ask(`/login?token=${token()}`, { method: "HEAD" });
    assert.equal(answer.headers["set-cookie"], undefined);
  });
});
