/** What rude clients do. Each goes on for some seconds, and all of them only against this machine's own loopback. */
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Whom it is done to. */
export interface Target {
  readonly port: number;
  readonly token: string;
  readonly seconds: number;
}

/** One kind of rudeness, and what it is in a few words. */
export interface Attack {
  readonly what: string;
  run(target: Target): Promise<void>;
}

const dayMs = 86_400_000;
const host = "Host: 127.0.0.1\r\n";

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
          if (!goesOn) await Promise.race([event(socket, "drain"), event(socket, "close"), pause(1000)]);
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

function bearer({ token }: Target): string {
  return `Authorization: Bearer ${token}\r\n`;
}

function open({ port }: Target): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
}

function ask(target: Target, path: string, headers = ""): Socket {
  const socket = open(target);
  socket.resume();
  socket.write(`GET ${path} HTTP/1.1\r\n${host}${bearer(target)}${headers}\r\n`);
  return socket;
}

function post(target: Target, body: string): Socket {
  const socket = open(target);
  socket.resume();
  const head = `POST /webhook HTTP/1.1\r\n${host}${bearer(target)}Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.write(head);
  socket.write(body);
  return socket;
}

function event(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve) => socket.once(name, () => resolve()));
}

/** When the connection is over, or after so long: then it is left. */
async function closed(socket: Socket, seconds: number): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), seconds * 1000);
  if (!socket.destroyed) await event(socket, "close");
  clearTimeout(timer);
}

async function every({ seconds }: Target, everyMs: number, act: () => void): Promise<void> {
  const beganMs = performance.now();
  for (let count = 0; count * everyMs < seconds * 1000; count++) {
    const aheadMs = beganMs + count * everyMs - performance.now();
    if (aheadMs > 1) await pause(aheadMs);
    act();
  }
}

/** So many at once, each beginning anew when it has ended. */
async function inTurns({ seconds }: Target, atOnce: number, act: (index: number) => Promise<void>): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const one = async (index: number): Promise<void> => {
    while (performance.now() < until) {
      await act(index);
      await pause(1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => one(index)));
}

/** Keeps so many connections open; those that the server closes are opened again. */
async function holding(target: Target, count: number, begin: (socket: Socket, index: number) => void): Promise<void> {
  const sockets = new Map<number, Socket>();
  const until = performance.now() + target.seconds * 1000;
  while (performance.now() < until) {
    for (let index = 0; index < count; index++) {
      const known = sockets.get(index);
      if (known !== undefined && !known.destroyed) continue;
      const socket = open(target);
      sockets.set(index, socket);
      socket.once("end", () => socket.destroy());
      begin(socket, index);
      if (index % 50 === 49) await pause(1);
    }
    await pause(200);
  }
  for (const socket of sockets.values()) socket.destroy();
}
