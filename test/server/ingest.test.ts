import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeToken } from "../../src/server/auth/tokens.ts";
import { plain } from "../hub/support/hubStage.ts";
import { Stage } from "./support.ts";

describe("POST /ingest", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open({ auth: "always" });
  });
  afterEach(() => stage.close());

  const post = (
    body: string | Buffer,
    headers: Record<string, string> = stage.bearer("ingest") as Record<string, string>,
    path = "/ingest",
  ) => stage.ask(path, { method: "POST", headers, body });

  it("answers with what became of each item", async () => {
    const { status, json } = await post(JSON.stringify([plain("db1", 0), plain("db2", 0, { cpu: 7 })]));
    assert.equal(status, 200);
    assert.deepEqual(json, {
      accepted: 1,
      repeated: 0,
      rejected: [{ index: 1, host: "db2", field: "cpu", reason: "cpu: expected an object, got 7" }],
    });
  });

  it("takes a body packed with gzip", async () => {
    const packed = gzipSync(JSON.stringify(plain("db1", 0)));
    const { status, json } = await post(packed, { ...stage.bearer("ingest"), "Content-Encoding": "gzip" });
    assert.deepEqual([status, json.accepted], [200, 1]);
  });

  it("unpacks no bomb, nothing that is no gzip, and no other packing", async () => {
    for (const [body, encoding, status, words] of [
      [gzipSync(Buffer.alloc(64 * 1024 * 1024)), "gzip", 413, /unpacks to more than the 16777216 bytes/],
      [Buffer.from("{}"), "gzip", 400, /^body: expected what gzip makes/],
      [Buffer.from("{}"), "br", 415, /encoded as br; expected gzip, or none/],
    ] as const) {
      const answer = await post(body, { ...stage.bearer("ingest"), "Content-Encoding": encoding });
      assert.equal(answer.status, status);
      assert.match(answer.error, words);
    }
    assert.equal((await post(Buffer.alloc(5 * 1024 * 1024))).status, 413);
  });

  it("refuses a payload of which nothing can be used with the field and what was expected", async () => {
    const { status, error, json } = await post(JSON.stringify(plain("db1", 0, { timestamp: "now" })));
    assert.equal(status, 400);
    assert.match(error, /^timestamp: expected a time such as/);
    assert.deepEqual([json.accepted, (json.rejected as unknown[]).length], [0, 1]);
  });

  it("tells who sends too many hosts when to come again", async () => {
    const { status, headers, error } = await post(JSON.stringify([1, 2, 3, 4].map((at) => plain(`db${at}`, 0))));
    assert.deepEqual([status, headers["retry-after"]], [503, "300"]);
    assert.match(error, /ingest\.maxHosts/);
  });

  it("takes the name of the host from the address where lines have no head", async () => {
    const { status, json } = await post(JSON.stringify(plain("db1", 0, { hostname: undefined })), undefined, "/ingest?host=db9");
    assert.deepEqual([status, json.accepted], [200, 1]);
    const { status: refused, error } = await post("{}", undefined, "/ingest?host=..%3A");
    assert.equal(refused, 400);
    assert.match(error, /^host: expected the name of a host/);
  });

  it("lets a token that is bound to a host send for that host alone", async () => {
    const path = join(stage.tokenDirectory, "db1");
    await writeToken({ directory: stage.tokenDirectory, path, scopes: ["ingest"], host: "db1" }, stage.clock);
    await stage.clock.advance(2);
    const bound = { Authorization: `Bearer ${(await readFile(path, "utf8")).trim()}` };
    assert.equal((await post(JSON.stringify(plain("db1", 0)), bound)).status, 200);
    const { status, error } = await post(JSON.stringify(plain("db2", 0)), bound);
    assert.equal(status, 403);
    assert.match(error, /may send for the host db1 alone/);
    assert.equal(stage.hub?.refusals.counts.get("wrong_host"), 1);
  });

  it("counts who may not come in, and says it once a minute of each address", async () => {
    for (let round = 0; round < 3; round++) assert.equal((await post("{}", { Authorization: "Bearer wrong" })).status, 401);
    assert.equal((await post("{}", stage.bearer("read") as Record<string, string>)).status, 403);
    assert.equal(stage.hub?.refusals.counts.get("unauthorised"), 4);
    const said = stage.logLines.filter(({ message }) => message.startsWith("ingest:"));
    assert.equal(said.length, 1);
    assert.equal(said[0]?.fields.host, "127.0.0.1");
  });

  it("is no line each in the log at its usual level", async () => {
    await post(JSON.stringify(plain("db1", 0)));
    await post("{}", { Authorization: "Bearer wrong" });
    const lines = stage.logLines.filter(({ fields }) => fields.path === "/ingest");
    assert.deepEqual(
      lines.map(({ level }) => level),
      ["debug", "debug"],
    );
  });

  it("counts a payload that is refused once", async () => {
    await post(JSON.stringify(plain("db1", 0, { cpu: 7 })));
    await post(gzipSync("{}"), { ...stage.bearer("ingest"), "Content-Encoding": "br" });
    assert.equal(stage.hub?.refusals.counts.get("malformed"), 2);
  });
});

describe("GET /history of another host", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const send = (body: unknown) => stage.ask("/ingest", { method: "POST", body: JSON.stringify(body) });
  const history = async (query: string) =>
    JSON.parse((await stage.ask(`/history?${query}`)).text) as readonly { readonly timestamp: string }[];

  it("has the newest entries, the newest last", async () => {
    for (const seconds of [-20, 0, -10]) await send(plain("db1", seconds));
    assert.deepEqual(
      (await history("host=db1&limit=2")).map(({ timestamp }) => timestamp),
      ["2026-11-21T09:59:50.000Z", "2026-11-21T10:00:00.000Z"],
    );
  });

  it("is in the shape that is pushed: an entry can be sent on", async () => {
    await send(plain("db1", 0, { load1: 1, load5: 2, load15: 3 }));
    const [entry] = await history("host=db1");
    const { json } = await send({ ...entry, hostname: "db2" });
    assert.equal(json.accepted, 1, JSON.stringify(json));
    const [copy] = await history("host=db2");
    assert.deepEqual({ ...copy, hostname: "db1" }, entry);
  });

  it("says which hosts there are", async () => {
    await send(plain("db1", 0));
    const { status, error } = await stage.ask("/history?host=db7");
    assert.equal(status, 404);
    assert.match(error, /no history of "db7" here; known: web1, db1$/);
  });

  it("goes with its host", async () => {
    await send(plain("db1", 0));
    assert.equal((await stage.ask("/api/hosts/db1", { method: "DELETE" })).status, 204);
    assert.equal((await stage.ask("/history?host=db1")).status, 404);
    assert.equal((await stage.ask("/api/hosts/db1", { method: "DELETE" })).status, 404);
  });
});
