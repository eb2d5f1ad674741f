import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Relay } from "../../src/fleet/relay.ts";
import { closedPort, startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { alertOf, RelayStage } from "./support/fleet.ts";

describe("the relay", () => {
  const tempDirectory = tempDirectories();
  let web: WebServer;
  let stage: RelayStage;
  let directory: string;
  beforeEach(async () => {
    directory = await tempDirectory();
    web = await startWebServer();
    take();
    stage = new RelayStage(directory, [{ address: `127.0.0.1:${web.port}`, instance: "web2" }]);
  });
  afterEach(async () => {
    await stage.close();
    await web.close();
  });

  /** The other host takes everything, as a Culprit does. */
  function take(): void {
    answer(202);
  }

  function answer(status: number, body = "", headers: Record<string, string> = {}): void {
    web.answer = (_, response) => response.writeHead(status, headers).end(body);
  }

  async function send(relay: Relay, ...names: readonly string[]): Promise<void> {
    await relay.keep(names.map((name) => ({ host: "web2", alert: alertOf(name) })));
    relay.lanes.start();
    await relay.lanes.idle();
  }

  const received = () =>
    web.received.map(({ body }) => (JSON.parse(body) as { alerts: { labels: { alertname: string }; status: string }[] }).alerts);
  const namesReceived = () => received().map((alerts) => alerts.map(({ labels, status }) => `${labels.alertname} ${status}`).join());
  const tokenFile = async (name: string, text: string) => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };

  it("posts each alert by itself to the webhook of the host's target, says that it was relayed, and is done at 202", async () => {
    const relay = await stage.open({ tokenFile: await tokenFile("token", "culprit_abc\n"), tokens: [] });
    await send(relay, "One", "Two");
    assert.deepEqual(
      web.received.map(({ method, path, headers }) => [method, path, headers["culprit-relayed"], headers.authorization]),
      [
        ["POST", "/webhook", "1", "Bearer culprit_abc"],
        ["POST", "/webhook", "1", "Bearer culprit_abc"],
      ],
    );
    assert.deepEqual(received()[0], [
      {
        status: "firing",
        labels: { alertname: "One", instance: "web2" },
        annotations: { summary: "hot" },
        startsAt: "2026-11-21T09:55:00.000Z",
        fingerprint: "fOne",
      },
    ]);
    assert.deepEqual(stage.results(), ["One firing web2 ok", "Two firing web2 ok"]);
    assert.deepEqual(relay.lanes.figures(), { length: 0, dropped: 0 });
  });

  it("sends a host the token that is its own, the usual one to all others, and none where there is none", async () => {
    const own = { host: "web2", tokenFile: await tokenFile("own", "own") };
    const usual = await tokenFile("usual", "usual");
    const address = `127.0.0.1:${web.port}`;
    stage.hosts = [
      { address, instance: "web2" },
      { address, instance: "web3" },
    ];
    const sent = async (tokens: Parameters<RelayStage["open"]>[0], host: string) => {
      const peers = stage.peers(tokens);
      const { signal } = new AbortController();
      await peers.ask(await peers.named(host), { method: "GET", path: "x", timeoutSeconds: 5, signal });
      return web.received.at(-1)?.headers.authorization;
    };
    assert.equal(await sent({ tokenFile: usual, tokens: [own] }, "web2"), "Bearer own");
    assert.equal(await sent({ tokenFile: usual, tokens: [own] }, "web3"), "Bearer usual");
    assert.equal(await sent({ tokens: [{ ...own, host: address }] }, "web3"), "Bearer own");
    assert.equal(await sent({ tokens: [own] }, "web3"), undefined);
    await assert.rejects(sent({ tokenFile: join(directory, "absent"), tokens: [] }, "web3"), /token for web3 cannot be read .*ENOENT/);
    await assert.rejects(sent({ tokenFile: await tokenFile("two", "a\nb\n"), tokens: [] }, "web3"), /two holds no token/);
  });

  it("tries a host that is down again, ever more seldom, and keeps the order: firing before resolved", async () => {
    stage.hosts = [{ address: `127.0.0.1:${await closedPort()}`, instance: "web2" }];
    const relay = await stage.open();
    await relay.keep([{ host: "web2", alert: alertOf("One") }]);
    await relay.keep([{ host: "web2", alert: alertOf("One", { status: "resolved", endsAtMs: Date.UTC(2026, 10, 21, 9, 58) }) }]);
    relay.lanes.start();
    await relay.lanes.idle();
    assert.match(relay.lanes.troubleOf("web2") ?? "", /refused the connection/);
    const tries = () => stage.recorded.lines().filter(({ message }) => /takes no alerts/.test(String(message)));
    assert.deepEqual(
      tries().map(({ inSeconds }) => inSeconds),
      [1],
    );
    for (const seconds of [1, 2, 4]) {
      await stage.clock.advance(seconds);
      await relay.lanes.idle();
    }
    assert.deepEqual(
      tries().map(({ level, inSeconds }) => [level, inSeconds]),
      [
        ["warn", 1],
        ["debug", 2],
        ["debug", 4],
        ["debug", 8],
      ],
    );
    assert.deepEqual(stage.ends, []);

    stage.hosts = [{ address: `127.0.0.1:${web.port}`, instance: "web2" }];
    await stage.clock.advance(8);
    await relay.lanes.idle();
    assert.deepEqual(namesReceived(), ["One firing", "One resolved"]);
    assert.deepEqual(stage.results(), ["One firing web2 ok", "One resolved web2 ok"]);
    assert.equal(relay.lanes.troubleOf("web2"), undefined);
  });

  it("gives an alert up when its host was down for as long as it is kept, says so once, and goes on with newer ones", async () => {
    stage.hosts = [{ address: `127.0.0.1:${await closedPort()}`, instance: "web2" }];
    const relay = await stage.open({ tokens: [] }, 60);
    await send(relay, "Old");
    for (let seconds = 0; seconds < 59; seconds++) {
      await stage.clock.advance(1);
      await relay.lanes.idle();
    }
    assert.equal(stage.ends.length, 0);
    await relay.keep([{ host: "web2", alert: alertOf("New") }]);
    await stage.clock.advance(1.5);
    await relay.lanes.idle();
    assert.deepEqual(stage.results(), ["Old firing web2 expired"]);
    assert.match(stage.ends[0]?.reason ?? "", /refused the connection/);
    assert.equal(stage.recorded.lines().filter(({ level }) => level === "error").length, 1);
    assert.deepEqual(relay.lanes.figures(), { length: 1, dropped: 0 });
  });

  it("is not held up by a host that hangs", async () => {
    const other = await startWebServer();
    try {
      other.answer = () => undefined;
      stage.hosts = [
        { address: `127.0.0.1:${other.port}`, instance: "web3" },
        { address: `127.0.0.1:${web.port}`, instance: "web2" },
      ];
      const relay = await stage.open();
      await relay.keep([
        { host: "web3", alert: alertOf("Hung") },
        { host: "web2", alert: alertOf("One") },
      ]);
      relay.lanes.start();
      while (stage.ends.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(stage.results(), ["One firing web2 ok"]);
      await stage.clock.advance(10);
      await relay.lanes.idle();
      assert.match(relay.lanes.troubleOf("web3") ?? "", /did not answer in time \(10 s\)/);
    } finally {
      await other.close();
    }
  });

  it("gives up at once what is refused for good, and keeps what may be taken later", async () => {
    const relay = await stage.open();
    answer(400, JSON.stringify({ error: "no alert of the payload can be used" }));
    await send(relay, "Bad");
    assert.deepEqual(stage.results(), ["Bad firing web2 failed"]);
    assert.match(stage.ends[0]?.reason ?? "", /^it answered 400: no alert of the payload can be used$/);
    for (const status of [401, 403, 404, 405, 429, 500, 503]) {
      answer(status, JSON.stringify({ error: "not now" }));
      await relay.keep([{ host: "web2", alert: alertOf(`S${status}`) }]);
      await relay.lanes.idle();
      assert.match(relay.lanes.troubleOf("web2") ?? "", new RegExp(`it answered ${status}: not now`), String(status));
      take();
      await stage.clock.advance(2);
      await relay.lanes.idle();
    }
    assert.equal(stage.ends.filter(({ result }) => result === "ok").length, 7);
  });

  it("takes nothing but a 202 for a promise", async () => {
    const relay = await stage.open();
    answer(200, "<html>It works!</html>");
    await send(relay, "One");
    assert.deepEqual(stage.ends, []);
    assert.match(relay.lanes.troubleOf("web2") ?? "", /it answered 200 where a Culprit says 202/);
  });

  it("follows no redirect: neither the alert nor the token goes anywhere else", async () => {
    const elsewhere = await startWebServer();
    try {
      const relay = await stage.open({ tokenFile: await tokenFile("token", "secret"), tokens: [] });
      for (const status of [301, 302, 307, 308]) {
        answer(status, "", { Location: `http://127.0.0.1:${elsewhere.port}/webhook` });
        await send(relay, `R${status}`);
        await stage.clock.advance(60);
        await relay.lanes.idle();
      }
      assert.deepEqual(elsewhere.received, []);
      assert.ok(web.received.length >= 4);
      assert.deepEqual(stage.ends, []);
      assert.match(relay.lanes.troubleOf("web2") ?? "", /a redirect to http:\/\/127\.0\.0\.1:\d+ that is not followed/);
    } finally {
      await elsewhere.close();
    }
  });

  it("asks nobody who is not on the list any more, and nobody whose target is no address", async () => {
    const relay = await stage.open({ tokens: [] }, 60);
    stage.hosts = [];
    await send(relay, "One");
    assert.match(relay.lanes.troubleOf("web2") ?? "", /no longer in the list of hosts/);
    for (const address of [
      "127.0.0.1/../x",
      `user@127.0.0.1:${web.port}`,
      `127.0.0.1:${web.port}?x`,
      "a b",
      "[::1",
      `127.0.0.1:${web.port}#x`,
    ]) {
      stage.hosts = [{ address, instance: "web2" }];
      await stage.clock.advance(2);
      await relay.lanes.idle();
      assert.match(relay.lanes.troubleOf("web2") ?? stage.ends.at(-1)?.reason ?? "", /is no address; expected HOST:PORT/, address);
    }
    assert.deepEqual(web.received, []);
  });

  it("leaves a host alone for as long as it asks", async () => {
    const relay = await stage.open();
    answer(503, "", { "Retry-After": "30" });
    await send(relay, "One");
    await stage.clock.advance(29);
    await relay.lanes.idle();
    assert.equal(web.received.length, 1);
    take();
    await stage.clock.advance(1);
    await relay.lanes.idle();
    assert.deepEqual(stage.results(), ["One firing web2 ok"]);
  });

  it("sends after a restart what waited, but not what was kept too long", async () => {
    const down = [{ address: `127.0.0.1:${await closedPort()}`, instance: "web2" }];
    stage.hosts = down;
    const first = await stage.open();
    await send(first, "Old");
    await stage.clock.advance(590);
    await first.keep([{ host: "web2", alert: alertOf("New") }]);
    await first.lanes.idle();
    await first.lanes.stop(0);

    const later = new RelayStage(directory, [{ address: `127.0.0.1:${web.port}`, instance: "web2" }], stage.clock);
    stage.clock.jumpWall(20);
    const second = await later.open();
    assert.deepEqual(second.lanes.figures(), { length: 2, dropped: 0 });
    second.lanes.start();
    while (second.lanes.figures().length > 0) await second.lanes.idle();
    await later.close();
    assert.deepEqual(later.results(), ["Old firing web2 expired", "New firing web2 ok"]);
    assert.deepEqual(namesReceived(), ["New firing"]);
  });

  it("keeps a re-send of what waits already only once, but its end and its next firing as well", async () => {
    const relay = await stage.open();
    const alert = alertOf("One");
    const resolved = alertOf("One", { status: "resolved" });
    const again = alertOf("One", { startsAtMs: alert.startsAtMs + 1000 });
    for (const one of [alert, alert, resolved, resolved, again]) await relay.keep([{ host: "web2", alert: one }]);
    assert.equal(relay.lanes.figures().length, 3);
    assert.deepEqual(
      relay.lanes.items().map((item) => [item.alert.status, item.alert.startsAtMs === again.startsAtMs]),
      [
        ["firing", false],
        ["resolved", false],
        ["firing", true],
      ],
    );
  });
});
