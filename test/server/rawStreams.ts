/** HTTP/2 as no library would speak it: frames, byte by byte. */
import { connect, type TLSSocket } from "node:tls";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/** `GET / https x`, in HPACK. */
const head = Buffer.from([0x82, 0x84, 0x87, 0x41, 0x01, 0x78]);

export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, continuation: 9 } as const;
const endStream = 1;
const endHeaders = 4;

/** One frame. */
export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const start = Buffer.alloc(9);
  start.writeUIntBE(payload.length, 0, 3);
  start.writeUInt8(type, 3);
  start.writeUInt8(flags, 4);
  start.writeUInt32BE(stream, 5);
  return Buffer.concat([start, payload]);
}

/** Streams that are begun and reset at once; `from` is the number of the first, and odd. */
export function resetStreams(from: number, count: number): Buffer {
  const frames = Array.from({ length: count }, (_, index) => {
    const stream = from + 2 * index;
    return Buffer.concat([
      frame(frameTypes.headers, endStream | endHeaders, stream, head),
      frame(frameTypes.reset, 0, stream, Buffer.from([0, 0, 0, 8])),
    ]);
  });
  return Buffer.concat(frames);
}

/** Streams that are begun all at once. */
export function openStreams(count: number): Buffer {
  const frames = Array.from({ length: count }, (_, index) => frame(frameTypes.headers, endStream | endHeaders, 1 + 2 * index, head));
  return Buffer.concat(frames);
}

/** A request whose head never ends: it goes on in so many frames. */
export function endlessHead(stream: number, frames: number): Buffer {
  const rest = Array.from({ length: frames }, () => frame(frameTypes.continuation, 0, stream, Buffer.from([0x00, 0x01, 0x61, 0x01, 0x61])));
  return Buffer.concat([frame(frameTypes.headers, endStream, stream, head), ...rest]);
}

/** A connection that has said that it speaks HTTP/2, and nothing else. */
export function openRaw(port: number, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ca, ALPNProtocols: ["h2"] }, () => {
      socket.write(Buffer.concat([Buffer.from(preface), frame(frameTypes.settings, 0, 0)]));
      socket.off("error", reject).on("error", () => undefined);
      socket.resume();
      resolve(socket);
    }).once("error", reject);
  });
}
