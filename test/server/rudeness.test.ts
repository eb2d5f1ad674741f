import assert from "node:assert/strict";
import type { Downsampled } from "../../src/recorder/ranges/downsample.ts";
import { RudeClient } from "./rudeClient.ts";
import { eventually, Stage } from "./support.ts";

const range = "/api/snapshots?from=1790000000000&to=1790000600000";

describe("rude clients", () => {
  let stage: Stage;
  let clients: RudeClient[];
  beforeEach(async () => {
    clients = [];
    stage = await Stage.prepare();
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.destroy();
    await stage.close();
  });

  function client(port = stage.port): RudeClient {
    const made = new RudeClient(port);
    clients.push(made);
    return made;
  }

  describe("that pipeline", () => {
    let working: number;
    let most: number;
    let renders: number;
    beforeEach(async () => {
      [working, most, renders] = [0, 0, 0];
      stage.render = async () => {
        most = Math.max(most, ++working);
        renders++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        working--;
        return { contentType: "text/plain", body: `answer ${renders}.\n` };
      };
      await stage.start();
    });

    it("get their answers, one after the other and in order", async () => {
      const polite = client();
      polite.socket.write(scrape.repeat(300));
      await eventually(() => polite.text().includes("answer 300."));
      const answers = [...polite.text().matchAll(/answer (\d+)\./g)].map(([, number]) => Number(number));
      assert.deepEqual(
        answers,
        Array.from({ length: 300 }, (_, index) => index + 1),
      );
      assert.equal(most, 1);
    });

    it("and leave have nothing more done for them", async () => {
      for (let number = 0; number < 5; number++) client().socket.write(scrape.repeat(5000));
      await eventually(() => renders >= 5);
      for (const { socket } of clients) socket.destroy();
      await eventually(() => working === 0);
      const before = renders;
      assert.equal((await stage.ask("/-/healthy")).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(renders <= before + 5, `${renders - before} more after everybody had left`);
      assert.ok(renders < 1000, `${renders} for clients that left at once`);
    });

    it("more than is answered are not read from", async () => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      stage.render = () => released.then(() => ({ contentType: "text/plain", body: "" }));
      const greedy = client();
      const sentBytes = 64 * 2 ** 20;
      greedy.socket.write(Buffer.alloc(sentBytes, scrape));
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(greedy.socket.writableLength > sentBytes / 2, `all but ${greedy.socket.writableLength} bytes were taken`);
      assert.equal((await stage.ask("/-/healthy")).status, 200);
      greedy.socket.destroy();
      release();
    });

    it("a body and the next request behind it get both answers", async () => {
      const body = JSON.stringify({ alerts: [{ status: "firing", labels: { a: "x".repeat(100_000) }, startsAt: "2026-11-21T09:00:00Z" }] });
      const polite = client();
      const post = `POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      polite.socket.write(`${post}${post}GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await eventually(() => polite.text().includes("healthy."));
      assert.deepEqual(polite.statuses(), [202, 202, 200]);
    });
  });

  describe("that want ranges", () => {
    let begun: AbortSignal[];
    let finish: (() => void)[];
    beforeEach(async () => {
      [begun, finish] = [[], []];
      stage.lookBack = {
        downsampled: (_, signal) => {
          if (signal !== undefined) begun.push(signal);
          return new Promise((resolve, reject) => {
            finish.push(() => resolve(nothing));
            signal?.addEventListener("abort", () => reject(signal.reason));
          });
        },
        table: stage.recorder.lookBack.table,
        history: stage.recorder.lookBack.history,
        search: stage.recorder.lookBack.search,
      };
      await stage.start();
    });

    it("have two in work and eight waiting; the others are told when to come again", async () => {
      const waiting = Array.from({ length: 10 }, () => stage.ask(range));
      await eventually(() => begun.length === 2);
      await stage.ask("/-/healthy");
      const refused = await stage.ask(range);
      assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "5"]);
      assert.match(refused.error, /ranges of the recording.*8 wait/);
      for (let number = 0; number < 10; number++) {
        await eventually(() => finish.length > number);
        assert.ok(finish.length - number <= 2);
        finish[number]?.();
      }
      assert.deepEqual(
        (await Promise.all(waiting)).map(({ status }) => status),
        Array(10).fill(200),
      );
    });

    it("and leave stop what is worked on for them, and give their places back", async () => {
      for (let number = 0; number < 8; number++) client().socket.write(`GET ${range} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await eventually(() => begun.length === 2);
      for (const { socket } of clients) socket.destroy();
      await eventually(() => begun.every(({ aborted }) => aborted));
      const next = stage.ask(range);
      await eventually(() => begun.filter(({ aborted }) => !aborted).length === 1);
      for (const end of finish) end();
      assert.equal((await next).status, 200);
    });
  });

  it("with large bodies share what there is for those, and the others are told when to come again", async () => {
    await stage.start();
    const bytes = 4_000_000;
    const post = `POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`;
    for (let number = 0; number < 4; number++) {
      client().socket.write(post);
      clients[number]?.socket.write(Buffer.alloc(bytes - 1, " "));
    }
    await eventually(async () => {
      const refused = await stage.ask("/webhook", { method: "POST", body: Buffer.alloc(1_000_000, " ") });
      return refused.status === 503 && refused.headers["retry-after"] === "5" && /large bodies/.test(refused.error);
    });
    for (const { socket } of clients) socket.destroy();
    const body = JSON.stringify({ alerts: [{ status: "firing", labels: {}, startsAt: "2026-11-21T09:00:00Z", note: "x".repeat(3e6) }] });
    await eventually(async () => (await stage.ask("/webhook", { method: "POST", body })).status === 202);
  });

  it("with large bodies that stop leave room for small ones, and one that was begun is read to its end", async () => {
    await stage.start();
    const bytes = 4_000_000;
    const post = `POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`;
    for (let number = 0; number < 4; number++) {
      client().socket.write(post);
      clients[number]?.socket.write(Buffer.alloc(bytes - 1, " "));
    }
    await eventually(async () => {
      const refused = await stage.ask("/webhook", { method: "POST", body: Buffer.alloc(1_000_000, " ") });
      return refused.status === 503 && /large bodies/.test(refused.error);
    });
    assert.equal((await stage.ask("/webhook", { method: "POST", body: " ".repeat(1000) })).status, 400, "it was read, and is no JSON");
    for (const { socket } of clients.slice(0, 4)) socket.write(" ");
    await eventually(() => clients.slice(0, 4).filter((one) => one.statuses()[0] === 400).length === 3);
  });

  it("with more large bodies than are taken at once read why, are not read from, and keep nobody out", async () => {
    await stage.start();
    const bytes = 1_000_000;
    const post = `POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`;
    const taken = Array.from({ length: 32 }, () => client());
    for (const { socket } of taken) socket.write(post);
    const sentBytes = 32 * 2 ** 20;
    const refused = Array.from({ length: 8 }, () => client());
    await eventually(async () => {
      const probe = client();
      probe.socket.write(post);
      await eventually(() => probe.isOpen);
      assert.equal((await stage.ask("/-/healthy")).status, 200);
      return probe.statuses()[0] === 503;
    });
    for (const { socket } of refused) socket.write(Buffer.concat([Buffer.from(post), Buffer.alloc(sentBytes, " ")]));
    await eventually(() => refused.every((one) => one.statuses()[0] === 503 && one.text().includes("Retry-After: 5")));
    assert.ok(refused.every(({ socket, isOpen }) => isOpen && socket.writableLength > sentBytes / 2));
    taken[0]?.socket.destroy();
    await eventually(async () => (await stage.ask("/webhook", { method: "POST", body: Buffer.alloc(200_000, " ") })).status === 400);
    await stage.clock.advance(1);
    await eventually(() => refused.every(({ isOpen }) => !isOpen));
  });

  it("that take all the places for something else leave some for the health and the metrics", async () => {
    await stage.start({ mostConnections: 8 });
    stage.queue("coming");
    const held = Array.from({ length: 6 }, () => stage.ask("/archives/coming.tar.gz?wait=60"));
    await eventually(() => stage.changeListeners.size === 6);
    const refused = await stage.ask("/archives");
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "5"]);
    assert.match(refused.error, /places of their own/);
    assert.equal((await stage.ask("/metrics")).status, 200);
    assert.equal((await stage.ask("/-/healthy")).status, 200);
    await stage.finish();
    for (const { status } of await Promise.all(held)) assert.equal(status, 200);
    assert.equal((await stage.ask("/archives")).status, 200);
  });

  it("with a flood of alerts are told which of them were kept, and to send it again", async () => {
    await stage.start();
    stage.receive = async (alerts) =>
      alerts.map((alert) => ({ alert, match: { kind: "own" }, result: Number(alert.labels.number) < 50 ? "captured" : "refused" }));
    const alerts = Array.from({ length: 10_000 }, (_, number) => ({
      status: "firing",
      labels: { alertname: "Flood", number: String(number) },
      startsAt: "2026-11-21T09:00:00Z",
    }));
    const answer = await stage.ask("/webhook", { method: "POST", body: JSON.stringify({ alerts }) });
    assert.deepEqual([answer.status, answer.headers["retry-after"]], [503, "60"]);
    assert.match(answer.error, /9950 of 10000 alerts were not kept/);
    const results = (answer.json.results as { result: string }[]).map(({ result }) => result);
    assert.equal(results.filter((result) => result === "captured").length, 50);
    assert.equal(results.filter((result) => result === "refused").length, 9950);
    assert.deepEqual(stage.outcomes, ["unavailable"]);
  });
});

const scrape = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
const nothing: Downsampled = { seconds: [], gaps: [], figures: {}, groups: [], mounts: [] };
