/** Answers to what never became a request, or to one that is not read to its end: told past Koa, and the connection ends with them. */
import { STATUS_CODES } from "node:http";

/** Of every refusal. */
export const jsonType = "application/json; charset=utf-8";

/** Said of a head of more bytes. */
export const headTooLarge = "the request's headers are larger than 16 KiB";

/** All of an answer of HTTP/1.1, as it goes over the wire. */
export function lastAnswer(status: number, reason: string, more: Readonly<Record<string, string>>): string {
  const body = `${JSON.stringify({ error: reason })}\n`;
  const headers = { Connection: "close", "Content-Type": jsonType, "Content-Length": String(Buffer.byteLength(body)), ...more };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`;
}

/** What is said to bytes that Node could not read, by its code for them. */
export function unreadableReason(code: string | undefined): readonly [number, string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [431, headTooLarge];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "the request took too long to arrive"];
    default:
      return [400, "this is not a readable HTTP/1.1 request"];
  }
}
