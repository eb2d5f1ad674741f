/** What rude clients do. Each goes on for some seconds, and all of them only against this machine's own loopback. */
import { setTimeout as pause } from "node:timers/promises";
import { ask, bearer, closed, drained, every, holding, host, inTurns, open, post, type Target } from "./clients.ts";

/** One kind of rudeness, and what it is in a few words. */
export interface Attack {
  readonly what: string;
  run(target: Target): Promise<void>;
}

const dayMs = 86_400_000;

/** All of them, by name. */
export const attacks: Readonly<Record<string, Attack>> = {
  pipelining: {
    what: "10 connections with 5000 pipelined requests to /metrics each, which leave, again and again",
    async run(target) {
      const requests = `GET /metrics HTTP/1.1\r\n${host}\r\n`.repeat(5000);
      await inTurns(target, 10, async () => {
        const socket = open(target);
        socket.write(requests);
        await pause(200);
        socket.destroy();
      });
    },
  },
  patientPipelining: {
    what: "30 connections that pipeline 5000 requests each and read the answers",
    async run(target) {
      const requests = `GET /metrics HTTP/1.1\r\n${host}\r\n`.repeat(5000);
      await holding(target, 30, (socket) => {
        socket.resume();
        socket.write(requests);
      });
    },
  },
  tinyPipelining: {
    what: "200 connections that send 64 KiB of the shortest requests there are",
    async run(target) {
      const requests = "GET /x HTTP/1.0\r\n\r\n".replace("1.0", "1.1").replace("\r\n\r\n", `\r\n${host}\r\n`).repeat(2000);
      await holding(target, 200, (socket) => {
        socket.resume();
        socket.write(requests);
      });
    },
  },
  abortedRanges: {
    what: "300 requests a second for seven days of /api/snapshots, each left after 40 ms",
    async run(target) {
      await every(target, 1000 / 300, () => {
        const now = Date.now();
        const socket = ask(target, `/api/snapshots?from=${now - 7 * dayMs}&to=${now}`);
        setTimeout(() => socket.destroy(), 40);
      });
    },
  },
  ranges: {
    what: "30 clients that ask for seven days of /api/snapshots and for tables, and read them",
    async run(target) {
      await inTurns(target, 30, async () => {
        const now = Date.now();
        const path = Math.random() < 0.5 ? "snapshots" : "snapshots.csv";
        await closed(ask(target, `/api/${path}?from=${now - 7 * dayMs}&to=${now}`, "Connection: close\r\n"), target.seconds);
      });
    },
  },
  silence: {
    what: "1000 connections that say nothing, opened again as they are closed",
    run: (target) => holding(target, 1000, () => undefined),
  },
  slowHeads: {
    what: "900 connections that send a byte of their request a second",
    run: (target) =>
      holding(target, 900, (socket) => {
        socket.write("GET /metrics HTTP/1.1\r\nX-Slow: ");
        const timer = setInterval(() => socket.write("a"), 1000);
        socket.once("close", () => clearInterval(timer));
      }),
  },
  slowBodies: {
    what: "500 bodies of 4 MB to /webhook, which stop before their end",
    async run(target) {
      const part = Buffer.alloc(64 * 1024, " ");
      await holding(target, 500, (socket) => {
        socket.resume();
        socket.write(`POST /webhook HTTP/1.1\r\n${host}${bearer(target)}Content-Length: 4000000\r\n\r\n`);
        for (let sent = 0; sent < 3_900_000; sent += part.length) socket.write(part);
      });
    },
  },
  largeBodies: {
    what: "bodies of 20 MB, of a known length and in chunks, with and without a token",
    async run(target) {
      const part = Buffer.alloc(256 * 1024, " ");
      await inTurns(target, 20, async (index) => {
        const who = index % 2 === 0 ? bearer(target) : "";
        const isChunked = index % 4 < 2;
        const socket = open(target);
        socket.resume();
        const length = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${80 * part.length}`;
        socket.write(`POST /webhook HTTP/1.1\r\n${host}${who}Connection: close\r\n${length}\r\n\r\n`);
        for (let sent = 0; sent < 80 && !socket.destroyed; sent++) {
          if (isChunked) socket.write(`${part.length.toString(16)}\r\n`);
          const goesOn = socket.write(part);
          if (isChunked) socket.write("\r\n");
          if (!goesOn) await drained(socket);
        }
        if (isChunked) socket.write("0\r\n\r\n");
        await closed(socket, 2);
      });
    },
  },
  oddJson: {
    what: "JSON of 3.8 MB to /webhook: deep, wide, of a million labels",
    async run(target) {
      const bodies = [
        `{"alerts":${"[".repeat(1.9e6)}${"]".repeat(1.9e6)}}`,
        `{"alerts":[${"1,".repeat(1.9e6)}1]}`,
        JSON.stringify({
          alerts: [{ ...alert(0), labels: Object.fromEntries(Array.from({ length: 180_000 }, (_, at) => [`label${at}`, "v"])) }],
        }),
        `{"alerts":[${'{"a":'.repeat(7e5)}`,
      ];
      await inTurns(target, 4, (index) => closed(post(target, bodies[index % bodies.length] ?? ""), 20));
    },
  },
  alertFlood: {
    what: "10 000 alerts in one payload, again and again",
    async run(target) {
      let round = 0;
      await inTurns(target, 1, async () => {
        round++;
        const alerts = Array.from({ length: 10_000 }, (_, at) => alert(round * 10_000 + at));
        await closed(post(target, JSON.stringify({ version: "4", alerts })), 30);
      });
    },
  },
  scrapes: {
    what: "a flood of /metrics on 200 connections",
    run: (target) => inTurns(target, 200, () => closed(ask(target, "/metrics", "Connection: close\r\nAccept-Encoding: gzip\r\n"), 10)),
  },
  neverReading: {
    what: "300 clients that ask for /metrics, ranges, tables, the log and the live feed, and read nothing",
    async run(target) {
      const now = Date.now();
      const paths = [
        "/metrics",
        `/api/snapshots?from=${now - 7 * dayMs}`,
        `/api/snapshots.csv?from=${now - 7 * dayMs}`,
        "/api/log",
        "/api/live",
      ];
      await holding(target, 300, (socket, index) => {
        socket.pause();
        socket.write(`GET ${paths[index % paths.length]} HTTP/1.1\r\n${host}${bearer(target)}\r\n`.repeat(20));
      });
    },
  },
};

function alert(number: number): Readonly<Record<string, unknown>> {
  return {
    status: "firing",
    labels: { alertname: `Flood${number}`, instance: "web1:9100", severity: "critical", job: "node" },
    annotations: { summary: `something is wrong with ${number}`, description: "and has been for a while" },
    startsAt: new Date().toISOString(),
  };
}
