/** A client that says exactly what a test wants said. */
import http from "node:http";

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The JSON object of the answer; empty when it is something else. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The sentence of a refusal, or "". */
  readonly error: string;
}

/** A request as a test writes it; `path` goes out as it is. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** Sends one request over a connection of its own. */
export function ask(port: number, { method = "GET", path, headers = {}, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const isPlain = response.headers["content-encoding"] === undefined;
        const isJson = isPlain && response.headers["content-type"]?.startsWith("application/json") === true && text !== "";
        const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
        const error = typeof json.error === "string" ? json.error : "";
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text, json, error });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}
