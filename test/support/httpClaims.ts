/** What holds at the door of every Culprit, whatever is sent to it: the tests hold a server of their own to it, the bench a whole Culprit. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { type Answer, type Ask, ask } from "../server/client.ts";

/** A server that demands credentials, and what opens it. */
export interface Door {
  readonly port: number;
  readonly tokens: Readonly<Record<"read" | "capture" | "ingest" | "admin", string>>;
  /** There is an archive of more than a thousand bytes. */
  readonly archiveId: string;
}

/** One thing that holds. */
export interface HttpClaim {
  readonly name: string;
  hold(door: Door): Promise<void>;
}

const openPaths = ["/metrics", "/-/healthy", "/-/ready", "/login", "/assets/plain.css"];
const readPaths = [
  ...["/", "/about", "/archives", "/archives/latest.tar.gz", "/archives/none.tar.gz", "/archives/alert/none"],
  ...["/archives/alert/none.tar.gz", "/api/snapshots", "/api/snapshots.csv", "/history?limit=5", "/api/spikes", "/api/spikes/none"],
  ...["/api/triggers", "/api/log", "/api/host", "/api/processes", "/api/captures", "/api/silences", "/api/deliveries", "/api/search?q=a"],
];
/** Every route with every method that it has. */
const routes = [
  ...openPaths.flatMap((path) => [["GET", path, "open"] as const, ["HEAD", path, "open"] as const]),
  ...readPaths.flatMap((path) => [["GET", path, "read"] as const, ["HEAD", path, "read"] as const]),
  ["HEAD", "/api/live", "read"] as const,
  ["POST", "/webhook", "capture"] as const,
  ["POST", "/archives", "capture"] as const,
  ["POST", "/api/silences", "admin"] as const,
  ["DELETE", "/api/silences/none", "admin"] as const,
];

function bearer(token: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/** Sends bytes as they are; what came back until the connection was closed or half a second had passed in silence. */
function raw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(500, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
}

function statusesIn(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** All of them. */
export const httpClaims: readonly HttpClaim[] = [
  {
    name: `${routes.length} routes and methods ask for their scope, whichever of 7 credentials comes`,
    async hold({ port, tokens }) {
      const credentials = { none: {}, wrong: bearer("culprit_wrong"), unreadable: { Authorization: "Digest x" } };
      for (const [method, path, needed] of routes) {
        const status = async (headers: Ask["headers"]) => (await ask(port, { method, path, headers: headers ?? {} })).status;
        for (const [name, headers] of Object.entries(credentials)) {
          const got = await status(headers);
          if (needed === "open") assert.ok(got !== 401 && got < 500, `${method} ${path} with ${name}: ${got}`);
          else assert.equal(got, 401, `${method} ${path} with ${name}`);
        }
        for (const [scope, token] of Object.entries(tokens)) {
          const got = await status(bearer(token));
          const may = needed === "open" || scope === "admin" || scope === needed;
          if (may) assert.ok(got !== 401 && got !== 403 && got < 500, `${method} ${path} with ${scope}: ${got}`);
          else assert.equal(got, 403, `${method} ${path} with ${scope}`);
        }
      }
    },
  },
  {
    name: "methods that no route has do nothing",
    async hold({ port, tokens }) {
      for (const method of ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"]) {
        for (const path of ["/archives", "/webhook", "/metrics", "/-/healthy", "/"]) {
          const { status } = await ask(port, { method, path, headers: bearer(tokens.admin) });
          assert.ok(status === 405 || status === 501, `${method} ${path}: ${status}`);
        }
      }
      const { status } = await ask(port, { path: "/archives", headers: { "X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST" } });
      assert.equal(status, 401);
    },
  },
  {
    name: "another site's Origin changes nothing, whatever credential it has; a Host of any shape breaks nothing",
    async hold({ port, tokens }) {
      for (const origin of ["http://evil.example", "null", "file://", "http://127.0.0.1:1", `http://localhost:${port}.evil.example`]) {
        for (const path of ["/archives", "/webhook", "/login"]) {
          const { status } = await ask(port, { method: "POST", path, headers: { ...bearer(tokens.admin), Origin: origin } });
          assert.equal(status, 403, `${path} from ${origin}`);
        }
      }
      for (const host of ["evil.example", "a b", "[::1", "x".repeat(5000), "127.0.0.1:99999", "%00", "a,b", "é"]) {
        const text = await raw(port, Buffer.from(`GET /-/healthy HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, "latin1"));
        assert.deepEqual(statusesIn(text), [200], host.slice(0, 20));
      }
      assert.deepEqual(statusesIn(await raw(port, "GET /-/healthy HTTP/1.1\r\nConnection: close\r\n\r\n")), [400]);
    },
  },
  {
    name: "a login changes something only for its own pages",
    async hold({ port, tokens }) {
      const login = await ask(port, { path: `/login?token=${tokens.admin}` });
      const cookie = String(login.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
      assert.match(String(login.headers["set-cookie"]), /httponly/i);
      const post = (headers: Ask["headers"]) => ask(port, { method: "POST", path: "/archives", headers: { Cookie: cookie, ...headers } });
      assert.equal((await ask(port, { path: "/archives", headers: { Cookie: cookie } })).status, 200);
      assert.equal((await post({})).status, 403);
      assert.equal((await post({ Origin: "http://evil.example" })).status, 403);
      assert.equal((await post({ Origin: `http://127.0.0.1:${port}`, "Sec-Fetch-Site": "cross-site" })).status, 403);
      const out = await ask(port, { method: "POST", path: "/logout", headers: { Cookie: cookie, Origin: `http://127.0.0.1:${port}` } });
      assert.equal(out.status, 303);
      assert.equal((await ask(port, { path: "/archives", headers: { Cookie: cookie } })).status, 401);
    },
  },
  {
    name: "no path leads out of what is served",
    async hold({ port, tokens }) {
      const ways = ["..", "%2e%2e", "..%2f..", "%2e%2e%2f", "..%5c", "....//", "%252e%252e", "%c0%ae%c0%ae", ".%00.", "..;"];
      for (const start of ["/", "/archives/", "/assets/", "/archives/alert/", "/api/spikes/"]) {
        for (const way of ways) {
          for (const end of ["/etc/passwd", "/tokens/admin", "/tokens/index.json", "/tokens/admin.tar.gz"]) {
            const { status, text } = await ask(port, { path: `${start}${way}${end}`, headers: bearer(tokens.read) });
            assert.ok(status === 400 || status === 404, `${start}${way}${end}: ${status}`);
            assert.doesNotMatch(text, /root:|culprit_[A-Za-z0-9_-]{43}/);
          }
        }
      }
    },
  },
  {
    name: "a Range of any shape gives what it says, or the whole, or 416",
    async hold({ port, tokens, archiveId }) {
      const path = `/archives/${archiveId}.tar.gz`;
      const get = (range: string): Promise<Answer> => ask(port, { path, headers: { ...bearer(tokens.read), Range: range } });
      const whole = (await ask(port, { path, headers: bearer(tokens.read) })).bytes;
      for (const [range, from, to] of [
        ["bytes=0-0", 0, 1],
        ["bytes=-1", whole.length - 1, whole.length],
        [`bytes=${whole.length - 5}-`, whole.length - 5, whole.length],
        ["bytes=10-99999999999999999999", 10, whole.length],
        ["bytes=-99999999999", 0, whole.length],
      ] as const) {
        const { status, bytes } = await get(range);
        assert.equal(status, 206, range);
        assert.ok(bytes.equals(whole.subarray(from, to)), range);
      }
      for (const range of [`bytes=${whole.length}-`, "bytes=-0", "bytes=99999999999999999999-"])
        assert.equal((await get(range)).status, 416, range);
      const many = `bytes=${Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(",")}`;
      for (const range of ["bytes=5-3", "bytes=a-b", "lines=1-2", "bytes=0-0,2-3", "bytes=", "bytes=--1", "bytes=1e3-", many]) {
        const { status, bytes } = await get(range);
        assert.deepEqual([status, bytes.length], [200, whole.length], range.slice(0, 30));
      }
    },
  },
  {
    name: "no request is smuggled in the body of another, and odd headers are refused or mean nothing",
    async hold({ port }) {
      const hidden = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
      const start = "POST /webhook HTTP/1.1\r\nHost: a\r\n";
      const tricks = [
        `${start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
        `${start}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
        `${start}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello${hidden}`,
        `${start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
        `${start}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
        `${start}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
        `${start}Content-Length: -5\r\n\r\n${hidden}`,
        `${start}Content-Length: +5\r\n\r\nhello${hidden}`,
        `${start}Content-Length: 0x5\r\n\r\nhello${hidden}`,
        `${start}X: a\r\n b\r\nContent-Length : 0\r\n\r\n${hidden}`,
        `${start}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${hidden}`,
        `${start}Transfer-Encoding: chunked\r\n\r\n5;${"x".repeat(20_000)}\r\nhello\r\n0\r\n\r\n${hidden}`,
      ];
      for (const trick of tricks) {
        const statuses = statusesIn(await raw(port, trick));
        assert.ok(!statuses.includes(200), `${JSON.stringify(trick.slice(0, 90))}: ${statuses.join()}`);
      }
      for (const [head, status] of [
        ["X: a\0b", 400],
        [`X: ${"y".repeat(20_000)}`, 431],
        ["X\r\n Y: z", 400],
        ["Forwarded: for=127.0.0.1\r\nX-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Original-URL: /metrics", 401],
      ] as const) {
        const text = await raw(port, `GET /archives HTTP/1.1\r\nHost: a\r\n${head}\r\nConnection: close\r\n\r\n`);
        assert.deepEqual(statusesIn(text), [status], head.slice(0, 30));
      }
      assert.deepEqual(
        statusesIn(await raw(port, "GET http://evil.example/archives HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")),
        [401],
      );
    },
  },
  {
    name: "odd payloads of the webhook are refused with a sentence, and never end in an error of the server",
    async hold({ port, tokens }) {
      const good = { status: "firing", labels: { alertname: "Odd" }, startsAt: "2026-11-21T10:00:00Z" };
      const payloads = [
        ...[
          "",
          "null",
          "[]",
          "1",
          '"x"',
          "{}",
          "{",
          '{"alerts":1}',
          '{"alerts":{}}',
          '{"alerts":[null]}',
          '{"alerts":[[]]}',
          "\ufeff",
          "\0",
        ],
        ...["[".repeat(1e6), `{"alerts":${"[".repeat(1e5)}`, `{"alerts":[${"0,".repeat(3e5)}0]}`],
        JSON.stringify({ alerts: [{ ...good, labels: { a: 1 } }] }),
        JSON.stringify({ alerts: [{ ...good, labels: null }] }),
        JSON.stringify({ alerts: [{ ...good, startsAt: "soon" }] }),
        JSON.stringify({ alerts: [{ ...good, status: "FIRING" }] }),
      ];
      for (const body of payloads) {
        const { status, error } = await ask(port, { method: "POST", path: "/webhook", headers: bearer(tokens.capture), body });
        assert.equal(status, 400, body.slice(0, 40));
        assert.notEqual(error, "");
      }
      const packed = await ask(port, {
        method: "POST",
        path: "/webhook",
        headers: { ...bearer(tokens.capture), "Content-Encoding": "gzip" },
        body: "x",
      });
      assert.equal(packed.status, 415);
      const large = await ask(port, { method: "POST", path: "/webhook", headers: bearer(tokens.capture), body: Buffer.alloc(5e6, " ") });
      assert.equal(large.status, 413);
      const nothing = await ask(port, { method: "POST", path: "/webhook", headers: bearer(tokens.capture), body: '{"alerts":[]}' });
      assert.equal(nothing.status, 202);
    },
  },
];
