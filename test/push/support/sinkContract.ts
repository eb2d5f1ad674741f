import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OutgoingTarget } from "../../../src/http/target.ts";
import { defined } from "../../../src/model/defined.ts";
import { openSink, type SinkPlan } from "../../../src/push/openSink.ts";
import type { Sink } from "../../../src/push/sink.ts";
import { selfSignedCertificate } from "../../notify/support/certificate.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { recordedLog } from "../../support/recordedLog.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";
import { type Arrived, SinkServer } from "./sinkServer.ts";

/** How a suite makes a sink of its kind. */
export interface SinkSetup {
  readonly name: string;
  /** What the settings say beside the target. */
  readonly plan: Pick<SinkPlan, "type" | "influx">;
  /** The moments of the batches that a request carries, in its order: read from the bytes alone. */
  momentsIn(request: Arrived): readonly number[];
  /** One, and what its kind adds of its own. */
  readonly samplesPerBatch: number;
  /** What its server calls a token; Bearer unless it is named. */
  readonly tokenScheme?: "Token";
}

const intervalSeconds = 15;
const secret = "s3cr3t-token-of-the-sink";

/** The one suite for all sinks: whatever the server does, each batch arrives once and in order, or is counted as given up. */
export function describeSink({ name, plan, momentsIn, samplesPerBatch, tokenScheme }: SinkSetup): void {
  describe(`A sink of type ${name}`, function () {
    this.timeout(20_000);
    const makeDirectory = tempDirectories();
    const certificate = selfSignedCertificate();
    const sinks: Sink[] = [];
    const servers: SinkServer[] = [];
    let clock: ManualClock;
    let directory: string;
    let made: number[];

    beforeEach(async () => {
      clock = new ManualClock();
      directory = await makeDirectory();
      made = [];
    });
    afterEach(async () => {
      for (const sink of sinks.splice(0)) await sink.stop(0);
      for (const server of servers.splice(0)) await server.close();
    });

    async function startServer(tls = false): Promise<SinkServer> {
      const server = await SinkServer.start(tls ? certificate : undefined);
      servers.push(server);
      return server;
    }

    async function open(url: string, more: { readonly target?: Partial<OutgoingTarget>; readonly maxBytes?: number } = {}): Promise<Sink> {
      const sink = await openSink(
        {
          ...{ name: "there", intervalSeconds, labels: {}, collect: [], maxBytes: more.maxBytes ?? 1024 ** 2, ...plan },
          target: defined({ url, timeoutSeconds: 10, headers: {}, tokenScheme, ...more.target }),
        },
        {
          ...{ directory, server: "web1", clock, log: recordedLog().log, random: () => 0.5 },
          families: async () => [
            { name: "made", help: "Made.", type: "gauge", points: [{ labels: {}, value: made.push(clock.wallMs()) }] },
          ],
        },
      );
      sinks.push(sink);
      sink.start();
      return sink;
    }

    /** Winds the clock, second by second, until it is so. */
    async function until(what: string, isSo: () => boolean, seconds = 900): Promise<void> {
      for (let second = 0; second < seconds; second++) {
        for (let turn = 0; turn < 3 && !isSo(); turn++) await sleep(1);
        if (isSo()) return;
        await clock.advance(1);
      }
      assert.fail(`never came: ${what}`);
    }

    const arrived = (server: SinkServer) => server.taken.flatMap(momentsIn);
    const madeAtLeast = (count: number) => until(`${count} batches`, () => made.length >= count);
    const allArrived = (server: SinkServer, sink: Sink) =>
      until("all to have arrived", () => made.length > 0 && sink.figures().pendingBatches === 0 && arrived(server).at(-1) === made.at(-1));
    const nothingLost = (server: SinkServer) => {
      const there = arrived(server);
      assert.deepEqual(there, made.slice(0, there.length));
      assert.ok(there.length > 0);
    };

    it("sends every batch once and in order, and says how it fares", async () => {
      const server = await startServer();
      const sink = await open(server.url);
      await madeAtLeast(4);
      await allArrived(server, sink);
      nothingLost(server);
      const { sentBatches, sentSamples, lagSeconds, failedAttempts, lastSuccessMs } = sink.figures();
      assert.deepEqual(
        { sentBatches, sentSamples, lagSeconds, failedAttempts },
        { sentBatches: made.length, sentSamples: made.length * samplesPerBatch, lagSeconds: 0, failedAttempts: 0 },
      );
      assert.ok((lastSuccessMs ?? 0) >= (made.at(-1) ?? 0));
    });

    it("says who it is: a token, a user, headers from files, read anew for each request", async () => {
      const server = await startServer();
      const file = (text: string) => {
        const path = join(mkdtempSync(join(directory, "secret-")), "secret");
        writeFileSync(path, `${text}\n`);
        return path;
      };
      const tokenFile = file(secret);
      await open(server.url, {
        target: { bearerTokenFile: tokenFile, headers: { "x-scope-orgid": { text: "ours" }, "x-key": { file: file("k1") } } },
      });
      await until("one", () => server.taken.length === 1);
      writeFileSync(tokenFile, "another\n");
      await until("two", () => server.taken.length === 2);
      const seen = server.taken.map(({ headers }) => [headers.authorization, headers["x-scope-orgid"], headers["x-key"]]);
      assert.deepEqual(seen, [
        [`${tokenScheme ?? "Bearer"} ${secret}`, "ours", "k1"],
        [`${tokenScheme ?? "Bearer"} another`, "ours", "k1"],
      ]);
    });

    it("keeps what a server in trouble does not take, and sends it many together when it is well again", async () => {
      const server = await startServer();
      server.mood = (_, response) => void response.writeHead(503).end("later");
      const sink = await open(server.url);
      await madeAtLeast(8);
      assert.ok(sink.figures().pendingBatches >= 7 && sink.figures().lagSeconds >= 7 * intervalSeconds);
      server.mood = undefined;
      await allArrived(server, sink);
      nothingLost(server);
      assert.ok(server.taken.length < arrived(server).length, "several went in one request");
      assert.ok(sink.figures().failedAttempts > 0);
    });

    it("gives up waiting for a server that never answers, and tries again", async () => {
      const server = await startServer();
      server.mood = () => undefined;
      const sink = await open(server.url);
      await until("two attempts", () => server.asked.length >= 2);
      server.mood = undefined;
      await allArrived(server, sink);
      nothingLost(server);
    });

    it("waits for a slow server within the time limit", async () => {
      const server = await startServer();
      server.mood = (request, response) => {
        clock.after(8, () => {
          server.taken.push(request);
          response.writeHead(200).end();
        });
      };
      const sink = await open(server.url);
      await until("three", () => server.taken.length >= 3);
      nothingLost(server);
      assert.equal(sink.figures().failedAttempts, 0);
    });

    it("reads the beginning of a huge answer and no more", async () => {
      const server = await startServer();
      let sentBytes = 0;
      server.mood = (request, response) => {
        server.taken.push(request);
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 120))) sentBytes += 65_536;
        };
        response.on("drain", more);
        more();
      };
      const sink = await open(server.url);
      await until("two", () => server.taken.length >= 2);
      await until("two counted", () => sink.figures().sentBatches >= 2);
      nothingLost(server);
      assert.ok(sentBytes / server.taken.length < 32 * 1024 ** 2, `${sentBytes} bytes`);
    });

    it("follows no redirect, so that nobody else sees its batches and its token", async () => {
      const [server, other] = [await startServer(), await startServer()];
      server.mood = (_, response) => void response.writeHead(307, { location: other.url }).end();
      writeFileSync(join(directory, "token"), secret);
      const sink = await open(server.url, { target: { bearerTokenFile: join(directory, "token") } });
      await until("three attempts", () => server.asked.length >= 3);
      assert.deepEqual(other.asked, []);
      server.mood = undefined;
      await allArrived(server, sink);
      nothingLost(server);
    });

    it("sends nothing to a server whose certificate nobody vouches for, and all of it once its authority is named", async () => {
      const server = await startServer(true);
      const stranger = await open(server.url);
      await madeAtLeast(3);
      await until("a failure", () => stranger.figures().failedAttempts > 0);
      assert.deepEqual(server.asked, []);
      await stranger.stop(0);
      writeFileSync(join(directory, "ca.pem"), certificate.cert);
      const sink = await open(server.url, { target: { caFile: join(directory, "ca.pem") } });
      await allArrived(server, sink);
      nothingLost(server);
    });

    it("leaves a server alone for as long as it asks", async () => {
      const server = await startServer();
      server.mood = (_, response) => void response.writeHead(429, { "retry-after": "120" }).end();
      await open(server.url);
      await until("one attempt", () => server.asked.length === 1);
      const fromSeconds = clock.monotonicSeconds();
      server.mood = undefined;
      await until("another attempt", () => server.asked.length === 2);
      const waitedSeconds = clock.monotonicSeconds() - fromSeconds;
      // the clock is wound while the answer is on its way
      assert.ok(waitedSeconds >= 119 && waitedSeconds <= 240, `${waitedSeconds} s`);
      nothingLost(server);
    });

    it("gives up what is refused for good, counts it, and sends the rest, be it that they went together", async () => {
      const server = await startServer();
      server.mood = (_, response) => void response.writeHead(503).end();
      const sink = await open(server.url);
      await madeAtLeast(5);
      const bad = made[2] ?? 0;
      server.mood = (request, response) => {
        if (momentsIn(request).includes(bad)) return void response.writeHead(400).end("out of order");
        server.taken.push(request);
        response.writeHead(204).end();
      };
      await allArrived(server, sink);
      assert.deepEqual(
        arrived(server),
        made.filter((moment) => moment !== bad),
      );
      assert.equal(sink.figures().refusedBatches, 1);
      assert.equal(sink.figures().sentBatches, made.length - 1);
    });

    it("goes on after a restart with what had not arrived, and with nothing twice", async () => {
      const server = await startServer();
      const before = await open(server.url);
      await until("two", () => server.taken.length === 2);
      server.mood = (_, response) => void response.writeHead(500).end();
      await madeAtLeast(6);
      await before.stop(0);
      server.mood = undefined;
      const sink = await open(server.url);
      await allArrived(server, sink);
      nothingLost(server);
      await sink.stop(0);
      await until("no file to be left", () => readdirSync(join(directory, `${plan.type}-there`, "payloads")).length === 0);
    });

    it("drops the oldest when more waits than it may keep, and counts that", async () => {
      const server = await startServer();
      server.mood = (_, response) => void response.writeHead(503).end();
      const sink = await open(server.url, { maxBytes: 500 });
      await madeAtLeast(15);
      // what is on its way is not given up meanwhile
      await until("the rest to be dropped", () => sink.figures().droppedBatches > 0 && sink.figures().pendingBytes <= 500);
      server.mood = undefined;
      await allArrived(server, sink);
      const there = arrived(server);
      // one that was on its way when others were dropped has arrived, and is older than they were
      assert.deepEqual(
        there,
        made.filter((moment) => there.includes(moment)),
      );
      assert.deepEqual(there.slice(-3), made.slice(-3), "the newest are kept");
      assert.equal(there.length + sink.figures().droppedBatches, made.length);
    });
  });
}
