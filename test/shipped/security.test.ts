import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ask } from "../server/client.ts";
import { Stage } from "../server/support.ts";
import { packageRoot } from "../support/paths.ts";
import { registeredRoutes } from "./support/routes.ts";

/** The table's columns: what a request shows. */
const columns = ["none", "wrong token", "read", "capture", "ingest", "admin", "foreign cookie", "forwarded"] as const;

const text = readFileSync(join(packageRoot(), "docs", "security.md"), "utf8");
/** `| GET /archives | 401 | ...`: a route and its statuses. */
const rows = [...text.matchAll(/^\| `((?:GET|POST|DELETE) \/\S*)` \| (.*) \|$/gm)].map(([, route = "", cells = ""]) => ({
  route,
  statuses: cells.split(" | "),
}));

describe("docs/security.md", function () {
  this.timeout(60_000);
  let always: Stage;
  let trusting: Stage;
  let cookie: string;
  before(async () => {
    always = await Stage.open({ auth: "always" });
    // to its own user it would open everything
    trusting = await Stage.open({ auth: "auto" });
    const login = await always.ask(`/login?token=${always.tokens.get("admin")}`);
    cookie = String(login.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
  });
  after(async () => {
    await always.close();
    await trusting.close();
  });

  const shown: Readonly<Record<(typeof columns)[number], () => Ask["headers"]>> = {
    none: () => ({}),
    "wrong token": () => ({ Authorization: "Bearer culprit_wrong" }),
    read: () => always.bearer("read"),
    capture: () => always.bearer("capture"),
    ingest: () => always.bearer("ingest"),
    admin: () => always.bearer("admin"),
    "foreign cookie": () => ({ Cookie: cookie, Origin: "https://evil.example.org" }),
    forwarded: () => ({ "X-Forwarded-For": "127.0.0.1" }),
  };

  /** The statuses that a route really has. */
  async function statusesOf(route: string): Promise<readonly string[]> {
    const [method = "", pattern = ""] = route.split(" ");
    const path = pattern.replaceAll(/<\w+>/g, "none");
    const statuses: string[] = [];
    for (const column of columns) {
      const stage = column === "forwarded" ? trusting : always;
      // a feed does not end: its head says as much
      const asked = path === "/api/live" ? "HEAD" : method;
      statuses.push(String((await stage.ask(path, { method: asked, headers: shown[column]() ?? {} })).status));
    }
    return statuses;
  }

  it("has a line for every route that there is, and for no other", () => {
    const asRegistered = rows.map(({ route }) => route.replaceAll(/<\w+>/g, "*"));
    assert.deepEqual([...new Set(asRegistered)].sort(), [...new Set(registeredRoutes())].sort());
  });

  it("says of every route what it answers to whom", async () => {
    const wrong: string[] = [];
    for (const { route, statuses } of rows) {
      const really = await statusesOf(route);
      if (really.join() !== statuses.join()) wrong.push(`| \`${route}\` | ${really.join(" | ")} |`);
    }
    assert.deepEqual(wrong, []);
  });
});
