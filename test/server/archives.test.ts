import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Stage } from "./support.ts";

const BROWSER = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

describe("GET /archives", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
    await stage.shelve("20261121-old", randomBytes(100), { process: "postgres", name: "DiskFull" });
    stage.clock.jumpWall(3600);
    await stage.shelve("20261121-new", randomBytes(2048), { name: "High <b>load</b>\u001b[31m" });
    stage.queue("20261121-soon", { fingerprint: "abc" });
  });
  afterEach(() => stage.close());

  it("is JSON for whoever asks for JSON, newest first, what is being made apart", async () => {
    const { status, json } = await stage.ask("/archives", { headers: { Accept: "application/json" } });
    assert.equal(status, 200);
    const archives = json.archives as { id: string; url: string; sizeBytes: number; process?: string; status: string }[];
    assert.deepEqual(
      archives.map(({ id, sizeBytes, process, status }) => [id, sizeBytes, process, status]),
      [
        ["20261121-new", 2048, undefined, "ready"],
        ["20261121-old", 100, "postgres", "ready"],
      ],
    );
    assert.equal(archives[0]?.url, `http://127.0.0.1:${stage.port}/archives/20261121-new.tar.gz`);
    const [pending] = json.pending as Record<string, unknown>[];
    assert.deepEqual([pending?.id, pending?.status, pending?.fingerprint], ["20261121-soon", "pending", "abc"]);
  });

  it("is an aligned table for curl, and no name can move its cursor", async () => {
    for (const headers of [{ Accept: "*/*" }, {}, { Accept: "text/plain" }]) {
      const { text, headers: received } = await stage.ask("/archives", { headers });
      assert.match(received["content-type"] ?? "", /^text\/plain/);
      const lines = text.trimEnd().split("\n");
      assert.equal(lines.length, 4);
      assert.match(lines[0] ?? "", /^CREATED +SIZE +ORIGIN +NAME +PROCESS +PATH$/);
      const column = lines[0]?.indexOf("PATH") ?? -1;
      assert.deepEqual(
        lines.slice(1).map((line) => line.slice(column)),
        ["/archives/20261121-soon.tar.gz", "/archives/20261121-new.tar.gz", "/archives/20261121-old.tar.gz"],
      );
      assert.match(lines[2] ?? "", /^2026-11-21 11:00:00Z +2\.0 kB +alert +High <b>load<\/b>\\x1b\[31m +- /);
      assert.ok(!text.includes("\u001b"));
    }
  });

  it("is a page for a browser, with every value escaped", async () => {
    const { text, headers } = await stage.ask("/archives", { headers: BROWSER });
    assert.match(headers["content-type"] ?? "", /^text\/html/);
    assert.match(text, /High &lt;b&gt;load&lt;\/b&gt;/);
    assert.doesNotMatch(text, /<b>load/);
    assert.match(text, /href="archives\/20261121-new\.tar\.gz"/);
    assert.match(headers.vary ?? "", /Accept/);
  });

  describe("of a storm of alerts", () => {
    const evil = "<i>web2</i>";
    const joined = (name: string, fingerprint: string) => ({
      ...{ name, fingerprint, labels: { alertname: name, instance: evil }, onsetMs: stage.clock.wallMs(), times: 1 },
      ...{ firstAtMs: stage.clock.wallMs(), lastAtMs: stage.clock.wallMs(), judged: "`burner` has caused it." },
    });
    beforeEach(async () => {
      // the alert that asked was sent again, which makes it no second one
      const alerts = [joined("Asked", "asked"), joined("HighLoad", "fp2"), joined("Spike", "fp3")];
      await stage.shelve("20261121-storm", randomBytes(10), { name: "Asked", fingerprint: "asked", joined: alerts });
      stage.joined.set("20261121-soon", [joined("Third", "fp4")]);
    });

    it("lists the others, each with its line, and counts them in the table for curl", async () => {
      const { text } = await stage.ask("/archives", { headers: BROWSER });
      assert.match(text, /<summary[^>]*>2 alerts joined<\/summary>/);
      for (const line of ["HighLoad (instance=&lt;i&gt;web2&lt;/i&gt;), fp2, since 2026-11-21", "Spike (instance", "Third (instance"]) {
        assert.ok(text.includes(line), line);
      }
      const table = await stage.ask("/archives", { headers: { Accept: "text/plain" } });
      assert.match(table.text, / alert +Asked \+2 /);
    });

    it("has them in JSON, and of what is being made; without them for who asks for many hosts' lists", async () => {
      const headers = { Accept: "application/json" };
      const { json } = await stage.ask("/archives", { headers });
      const names = (list: unknown) =>
        (list as { joined?: { name: string }[] }[]).flatMap(({ joined: all = [] }) => all.map(({ name }) => name));
      assert.deepEqual([names(json.archives), names(json.pending)], [["Asked", "HighLoad", "Spike"], ["Third"]]);
      const short = (await stage.ask("/archives?joined=no", { headers })).json;
      assert.deepEqual([names(short.archives), names(short.pending)], [[], []]);
      const { json: captures } = await stage.ask("/api/captures");
      assert.deepEqual(names(captures.pending), ["Third"]);
    });
  });

  it("says so when there are none", async () => {
    stage.archives.length = 0;
    stage.pending.length = 0;
    assert.match((await stage.ask("/archives")).text, /No archives yet/);
    assert.match((await stage.ask("/archives", { headers: BROWSER })).text, /No archives yet/);
  });
});

describe("POST /archives", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  function post(body: string | undefined, type: string | undefined, scope: "capture" | "read" = "capture") {
    return stage.ask("/archives", {
      method: "POST",
      headers: { ...stage.bearer(scope), ...(type === undefined ? {} : { "Content-Type": type }) },
      ...(body === undefined ? {} : { body }),
    });
  }

  it("answers 202 with the archive's address to come", async () => {
    const answer = await post(undefined, undefined);
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.location, "/archives/manual-1.tar.gz");
    assert.deepEqual(answer.json, { id: "manual-1", status: "pending", url: `http://127.0.0.1:${stage.port}/archives/manual-1.tar.gz` });
    assert.deepEqual(stage.requests, [{}]);
  });

  it("takes a reason as JSON and as a form, redacted", async () => {
    await post('{"reason": "slow, hunter2"}', "application/json");
    await post("reason=it+is+slow", "application/x-www-form-urlencoded");
    // what curl -d sends
    await post('{"reason": "it is slow"}', "application/x-www-form-urlencoded");
    await post('{"reason": "  "}', "application/json; charset=utf-8");
    assert.deepEqual(stage.requests, [{ reason: "slow, ***" }, { reason: "it is slow" }, { reason: "it is slow" }, {}]);
  });

  it("refuses what it does not understand and says what it expected", async () => {
    const refused: [string, string, number][] = [
      ['{"reason": 3}', "application/json", 400],
      ['{"lookback": "1h"}', "application/json", 400],
      ["[]", "application/json", 400],
      ["{", "application/json", 400],
      [JSON.stringify({ reason: "x".repeat(1001) }), "application/json", 400],
      ["why not", "text/plain", 415],
      ["x".repeat(65 * 1024), "text/plain", 413],
    ];
    for (const [body, type, status] of refused) {
      const answer = await post(body, type);
      assert.equal(answer.status, status, body.slice(0, 40));
      assert.notEqual(answer.error, "");
    }
    assert.match((await post('{"lookback": "1h"}', "application/json")).error, /lookback/);
    assert.deepEqual(stage.requests, []);
  });

  it("needs the scope capture", async () => {
    assert.equal((await post(undefined, undefined, "read")).status, 403);
    assert.equal((await stage.ask("/archives", { method: "POST" })).status, 401);
    assert.deepEqual(stage.requests, []);
  });

  it("leads a browser's form on to the archive, so that a reload does not ask again", async () => {
    const answer = await stage.ask("/archives", {
      method: "POST",
      headers: { ...stage.bearer("capture"), ...BROWSER, "Content-Type": "application/x-www-form-urlencoded" },
      body: "reason=",
    });
    assert.equal(answer.status, 303);
    assert.equal(new URL(answer.headers.location ?? "", "http://host/archives").pathname, "/archives/manual-1.tar.gz");
    assert.deepEqual(stage.requests, [{}]);
  });
});
