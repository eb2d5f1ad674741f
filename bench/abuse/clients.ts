/** What rude clients are made of. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Whom it is done to. */
export interface Target {
  readonly port: number;
  readonly token: string;
  readonly seconds: number;
  /** The part of the clients that there are; all of them where it is not said. */
  readonly scale?: number;
}

/** The header that every request has. */
export const host = "Host: 127.0.0.1\r\n";

/** The header of the token. */
export function bearer({ token }: Target): string {
  return `Authorization: Bearer ${token}\r\n`;
}

/** A connection whose errors are nobody's concern. */
export function open({ port }: Target): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
}

/** A request whose answer is read and thrown away. */
export function ask(target: Target, path: string, headers = ""): Socket {
  const socket = open(target);
  socket.resume();
  socket.write(`GET ${path} HTTP/1.1\r\n${host}${bearer(target)}${headers}\r\n`);
  return socket;
}

/** A payload for the webhook. */
export function post(target: Target, body: string): Socket {
  const socket = open(target);
  socket.resume();
  const head = `POST /webhook HTTP/1.1\r\n${host}${bearer(target)}Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.write(head);
  socket.write(body);
  return socket;
}

/** When it takes more, or is over, or has taken nothing for a second. */
export async function drained(socket: Socket): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(socket, "drain", { signal }), once(socket, "close", { signal }), pause(1000)]).catch(() => undefined);
  over.abort();
}

function event(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve) => socket.once(name, () => resolve()));
}

/** When the connection is over, or after so long: then it is left. */
export async function closed(socket: Socket, seconds: number): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), seconds * 1000);
  if (!socket.destroyed) await event(socket, "close");
  clearTimeout(timer);
}

/** Does it again and again, so often. */
export async function every({ seconds, scale = 1 }: Target, everyMs: number, act: () => void): Promise<void> {
  const beganMs = performance.now();
  for (let count = 0; (count * everyMs) / scale < seconds * 1000; count++) {
    const aheadMs = beganMs + (count * everyMs) / scale - performance.now();
    if (aheadMs > 1) await pause(aheadMs);
    act();
  }
}

/** So many at once, each beginning anew when it has ended. */
export async function inTurns({ seconds, scale = 1 }: Target, atOnce: number, act: (index: number) => Promise<void>): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const one = async (index: number): Promise<void> => {
    while (performance.now() < until) {
      await act(index);
      await pause(1);
    }
  };
  await Promise.all(Array.from({ length: Math.ceil(atOnce * scale) }, (_, index) => one(index)));
}

/** Keeps so many connections open; those that the server closes are opened again. */
export async function holding(target: Target, count: number, begin: (socket: Socket, index: number) => void): Promise<void> {
  const sockets = new Map<number, Socket>();
  const until = performance.now() + target.seconds * 1000;
  const most = Math.ceil(count * (target.scale ?? 1));
  while (performance.now() < until) {
    for (let index = 0; index < most; index++) {
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
