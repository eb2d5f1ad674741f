import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { closedPort, startWebServer } from "../notify/support/webServer.ts";
import type { Answer } from "./client.ts";
import { FleetStage, html, json } from "./fleetStage.ts";
import { eventually } from "./support.ts";

describe("GET /archives?fleet=1", () => {
  let fleet: FleetStage;
  beforeEach(async () => {
    fleet = await FleetStage.open();
  });
  afterEach(() => fleet.close());

  const hostsOf = ({ json: { hosts: listed } }: Answer) => listed as readonly { host: string; result: string; reason?: string }[];

  it("lists those of all hosts, the newest first, with links to where they are", async () => {
    await fleet.here.shelve("mine", randomBytes(10));
    fleet.here.clock.jumpWall(60);
    fleet.there.clock.jumpWall(60);
    await fleet.there.shelve("theirs", randomBytes(2000), { process: "dd" });
    fleet.there.queue("coming");
    const answer = await fleet.ask("/archives?fleet=1", json);
    assert.equal(answer.status, 200);
    const { archives, pending } = answer.json as { archives: Record<string, unknown>[]; pending: Record<string, unknown>[] };
    assert.deepEqual(
      archives.map(({ host, id, url, process, status }) => [host, id, url, process, status]),
      [
        ["web2", "theirs", `http://127.0.0.1:${fleet.there.port}/archives/theirs.tar.gz`, "dd", "ready"],
        ["web1", "mine", `http://127.0.0.1:${fleet.here.port}/archives/mine.tar.gz`, undefined, "ready"],
      ],
    );
    assert.deepEqual(
      pending.map(({ host, id, status }) => [host, id, status]),
      [["web2", "coming", "pending"]],
    );
    assert.deepEqual(hostsOf(answer), [
      { host: "web1", result: "ok", archives: 1, pending: 0 },
      { host: "web2", address: `127.0.0.1:${fleet.there.port}`, result: "ok", archives: 1, pending: 1 },
    ]);
  });

  it("is a table for curl and a page for a browser, and the page of one host leads there", async () => {
    await fleet.there.shelve("theirs", randomBytes(2048), { name: "High<b>Load", process: "dd" });
    const text = (await fleet.ask("/archives?fleet=1")).text;
    assert.match(text, /^HOST +CREATED +SIZE +ORIGIN +NAME +PROCESS +URL\n/);
    assert.match(text, /^web2 .* 2\.0 kB +alert +High<b>Load +dd +http:\/\/127\.0\.0\.1:\d+\/archives\/theirs\.tar\.gz$/m);
    const page = await fleet.ask("/archives?fleet=1", html);
    assert.match(page.text, /High&lt;b&gt;Load/);
    assert.match(page.text, new RegExp(`<a href="http://127\\.0\\.0\\.1:${fleet.there.port}/archives/theirs\\.tar\\.gz">theirs</a>`));
    assert.match((await fleet.ask("/archives", html)).text, /href="archives\?fleet=1"/);
  });

  it("asks for as many of each host as are wanted", async () => {
    for (const id of ["a", "b", "c"]) {
      await fleet.there.shelve(id);
      await fleet.here.shelve(`own-${id}`);
    }
    const answer = await fleet.ask("/archives?fleet=1&limit=2", json);
    assert.deepEqual((answer.json.archives as { id: string }[]).map(({ id }) => id).sort(), ["b", "c", "own-b", "own-c"]);
    assert.equal(((await fleet.ask("/archives?limit=1", json)).json.archives as unknown[]).length, 1);
    assert.match((await fleet.ask("/archives?limit=0", json)).error, /limit: expected a whole number from 1/);
    assert.match((await fleet.ask("/archives?fleet=yes", json)).error, /fleet: expected 1/);
  });

  it("names every host that did not answer, with the reason, and shows the others all the same", async () => {
    fleet.web = await startWebServer();
    fleet.hosts.push({ address: `127.0.0.1:${await closedPort()}`, instance: "down" });
    fleet.hosts.push({ address: `127.0.0.1:${fleet.web.port}`, instance: "odd" });
    fleet.hosts.push({ address: "a/b", instance: "misspelt" });
    await fleet.there.shelve("theirs");
    const answer = await fleet.ask("/archives?fleet=1", json);
    assert.equal((answer.json.archives as unknown[]).length, 1);
    const reasons = new Map(hostsOf(answer).map(({ host, reason }) => [host, reason ?? ""]));
    assert.match(reasons.get("down") ?? "", /refused the connection/);
    assert.match(reasons.get("odd") ?? "", /something that is no list of archives/);
    assert.match(reasons.get("misspelt") ?? "", /is no address; expected HOST:PORT/);
    assert.match((await fleet.ask("/archives?fleet=1")).text, /^down \(127\.0\.0\.1:\d+\) is missing: .*refused the connection/m);
    assert.match((await fleet.ask("/archives?fleet=1", html)).text, /<li>odd \(127\.0\.0\.1:\d+\) is missing: /);
    fleet.web.answer = (_, response) => response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end();
    assert.match(
      hostsOf(await fleet.ask("/archives?fleet=1", json)).find(({ host }) => host === "odd")?.reason ?? "",
      /redirect .* not followed/,
    );
  });

  it("does not wait for a host that hangs", async () => {
    fleet.web = await startWebServer();
    fleet.web.answer = () => undefined;
    fleet.hosts.push({ address: `127.0.0.1:${fleet.web.port}`, instance: "hung" });
    const answer = fleet.ask("/archives?fleet=1", json);
    await eventually(() => fleet.web?.received.length === 1);
    await fleet.here.clock.advance(3);
    assert.match(hostsOf(await answer).find(({ host }) => host === "hung")?.reason ?? "", /did not answer in time \(3 s\)/);
  });

  it("says which scope a token lacks, and never makes a link of what a browser would run", async () => {
    await fleet.make("capture");
    const refused = hostsOf(await fleet.ask("/archives?fleet=1", json)).find(({ host }) => host === "web2")?.reason;
    assert.match(refused ?? "", /it answered 403: this needs the scope read.*relay\.tokenFile or relay\.tokens needs the scope read/);
    fleet.web = await startWebServer();
    const one = { id: "x", origin: "alert", name: "n", createdAtMs: 1, sizeBytes: 1, sha256: "0", url: "javascript:alert(1)" };
    fleet.web.answer = (_, response) => response.end(JSON.stringify({ pending: [], archives: [one] }));
    fleet.hosts = [{ address: `127.0.0.1:${fleet.web.port}`, instance: "evil" }];
    const page = await fleet.ask("/archives?fleet=1", html);
    assert.match(page.text, new RegExp(`href="http://127\\.0\\.0\\.1:${fleet.web.port}/archives/x\\.tar\\.gz"`));
    assert.doesNotMatch(page.text, /javascript:/);
  });

  it("is nothing where no list of hosts is configured", async () => {
    const answer = await fleet.there.ask("/archives?fleet=1", { headers: fleet.there.bearer("read") });
    assert.equal(answer.status, 404);
    assert.match(answer.error, /hosts\.files/);
  });
});
