import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../../src/log.ts";
import { readIndex, TokenProblem } from "../../../src/server/auth/tokenIndex.ts";
import { addToken, loadTokens, writeToken } from "../../../src/server/auth/tokens.ts";
import { type AddRoutes, type CulpritServer, createServerOf } from "../../../src/server/server.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { ask } from "../client.ts";

describe("a token that is bound to a host", () => {
  const clock = new ManualClock();
  let directory: string;
  let server: CulpritServer | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "culprit-tokens-"));
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  const write = async (name: string, host?: string) => {
    const { path } = await writeToken({ directory, path: join(directory, name), scopes: ["ingest"], host }, clock);
    return (await readFile(path, "utf8")).trim();
  };

  /** A server that takes what hosts send, and nothing else. */
  async function listen(): Promise<number> {
    const take: AddRoutes<object> = (router, { guard }) => {
      router.post("/sent", guard.require("ingest"), (ctx) => {
        const refusal = guard.refusalToSendFor(ctx, ctx.get("From-Host"));
        ctx.status = refusal === undefined ? 200 : 403;
        ctx.body = { error: refusal ?? "" };
      });
    };
    server = createServerOf(
      [take],
      { redact: (text: string) => text },
      {
        listenAddresses: [{ host: "127.0.0.1", port: 0 }],
        telemetryPath: "/metrics",
        auth: "always",
        allowedHosts: [],
        elevated: false,
        mostConnections: 100,
        isOwnUser: async () => false,
        hostname: "hub",
        tokens: await loadTokens(directory, clock, silentLog),
      },
      silentLog,
      clock,
    );
    return (await server.listen())[0]?.port ?? 0;
  }

  it("may send for that host, however it is written, and for no other; one that is bound to none may for all", async () => {
    const [bound, free] = [await write("web1", "web1"), await write("fleet")];
    const port = await listen();
    const send = (token: string, host: string) =>
      ask(port, { path: "/sent", method: "POST", headers: { Authorization: `Bearer ${token}`, "From-Host": host } });
    assert.equal((await send(bound, "web1")).status, 200);
    assert.equal((await send(bound, "WEB1")).status, 200);
    const refused = await send(bound, "web2");
    assert.deepEqual([refused.status, refused.error], [403, 'the token web1 may send for the host web1 alone, and this is from "web2"']);
    assert.equal((await send(bound, "")).status, 403);
    assert.equal((await send(free, "web2")).status, 200);
  });

  it("is bound in the index, also when a file brought it, and stays so when another is written", async () => {
    const shared = join(directory, "shared");
    await write("shared");
    await addToken({ directory, path: shared, scopes: ["ingest"], host: "db.example.org" }, clock);
    await write("web1", "web1");
    const bound = (await readIndex(directory))?.tokens.map(({ name, host }) => [name, host]);
    assert.deepEqual(bound, [
      ["admin", undefined],
      ["shared", "db.example.org"],
      ["web1", "web1"],
    ]);
  });

  it("cannot do more than send, and its host needs a name", async () => {
    const order = { directory, path: join(directory, "x"), scopes: ["ingest", "capture"] as const, host: "web1" };
    await assert.rejects(writeToken(order, clock), (error) => error instanceof TokenProblem && /scope ingest alone/.test(error.message));
    await assert.rejects(addToken(order, clock), TokenProblem);
    await assert.rejects(write("y", "web 1"), /"web 1" is no name of a host/);
  });
});
