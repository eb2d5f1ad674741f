import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { shippedText } from "../shipped/support/rules.ts";
import { mainPath } from "../support/paths.ts";
import { requireRoot, requireServer } from "../support/servers.ts";
import { freePort, type Running, TestMachine, waitFor } from "./machine.ts";

/** Users that nothing on the machine runs as. */
const [culpritUser, proxyUser] = [54_321, 54_322];

/** As an ordinary user, with nothing that root has. */
const as = (user: number) => [`--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--no-new-privs", "--bounding-set=-all"];

describe("A proxy on the same host", function () {
  this.timeout(60_000);
  let machine: TestMachine;
  let port: number;

  before(function () {
    requireRoot(this);
    requireServer(this, "setpriv", "nginx", "curl");
  });
  beforeEach(async () => {
    machine = new TestMachine();
    chmodSync(machine.directory, 0o755);
    port = await freePort();
  });
  afterEach(() => machine.close());

  async function startCulprit(yaml: string): Promise<void> {
    const data = machine.path("data");
    assert.equal(spawnSync("install", ["--directory", `--owner=${culpritUser}`, `--group=${culpritUser}`, data]).status, 0);
    const config = machine.write("culprit.yml", yaml);
    const args = [mainPath(), `--config.file=${config}`, `--storage.path=${data}`, `--web.listen-address=127.0.0.1:${port}`];
    const culprit = machine.start("setpriv", [...as(culpritUser), process.execPath, ...args]);
    await answering(culprit, `http://127.0.0.1:${port}/-/ready`);
  }

  async function startNginx(server: string): Promise<void> {
    for (const folder of ["nginx", "nginx/temp"])
      assert.equal(spawnSync("install", ["--directory", `--owner=${proxyUser}`, machine.path(folder)]).status, 0);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path temp/${kind};`).join("\n");
    const config = machine.write(
      "nginx/nginx.conf",
      `daemon off;\nmaster_process off;\npid nginx.pid;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${server}\n}\n`,
    );
    const args = [...as(proxyUser), "nginx", "-p", machine.path("nginx"), "-c", config, "-e", "stderr"];
    await waitFor("nginx", async () => {
      const checked = spawnSync("setpriv", [...args, "-t"], { encoding: "utf8" });
      assert.equal(checked.status, 0, checked.stderr);
      return true;
    });
    machine.start("setpriv", args);
  }

  async function answering({ child, output }: Running, url: string): Promise<void> {
    await waitFor(
      url,
      async () => {
        if (child.exitCode !== null) throw new Error(output());
        return (await fetch(url)).ok;
      },
      30,
    );
  }

  /** The status that a user's own curl gets. */
  function statusFor(user: number, url: string): number {
    const curl = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", url];
    return Number(spawnSync("setpriv", [...as(user), ...curl], { encoding: "utf8" }).stdout);
  }

  it("that says nothing of its clients gives them no rights, while Culprit's own user needs no token", async () => {
    await startCulprit("web: { auth: auto }\n");
    const proxyPort = await freePort();
    await startNginx(`server { listen 127.0.0.1:${proxyPort}; location / { proxy_pass http://127.0.0.1:${port}; } }`);
    const proxy = `http://127.0.0.1:${proxyPort}`;
    await waitFor("the proxy", async () => (await fetch(`${proxy}/-/healthy`)).ok);

    assert.equal(statusFor(culpritUser, `http://127.0.0.1:${port}/archives`), 200);
    for (const path of ["/archives", "/api/snapshots", "/api/log", "/history"])
      assert.equal((await fetch(`${proxy}${path}`)).status, 401, path);
    for (const path of ["/archives", "/webhook"]) assert.equal((await fetch(`${proxy}${path}`, { method: "POST" })).status, 401, path);
    // whoever else is on the machine, root too
    assert.equal(statusFor(proxyUser, `http://127.0.0.1:${port}/archives`), 401);
    assert.equal((await fetch(`http://127.0.0.1:${port}/archives`)).status, 401);

    const headers = { Authorization: `Bearer ${readFileSync(machine.path("data", "tokens", "admin"), "utf8").trim()}` };
    assert.equal((await fetch(`${proxy}/archives`, { headers })).status, 200);
  });

  it("as docs/deploy.md sets it up leads to the page: login, archives, the live feed", async () => {
    const documented = /```nginx\n([\s\S]*?)```/.exec(shippedText("docs/deploy.md"))?.[1] ?? "";
    assert.match(documented, /proxy_pass http:\/\/127\.0\.0\.1:10054;/);
    const proxyPort = await freePort();
    const name = "culprit.example.org";
    // what needs a certificate, and a port below 1024, cannot be had here
    const server = documented
      .replace("listen 443 ssl;", `listen 127.0.0.1:${proxyPort};`)
      .replace(/^\s*ssl_.*$/gm, "")
      .replaceAll("127.0.0.1:10054", `127.0.0.1:${port}`);
    await startCulprit(`web: { auth: always, externalUrl: "http://${name}:${proxyPort}/" }\n`);
    await startNginx(server);
    const proxy = `http://127.0.0.1:${proxyPort}`;
    const headers = { Host: `${name}:${proxyPort}` };
    await waitFor("the proxy", async () => (await fetch(`${proxy}/-/healthy`)).ok);

    const token = readFileSync(machine.path("data", "tokens", "admin"), "utf8").trim();
    const login = await ask(proxyPort, `/login?token=${token}`, headers);
    assert.equal(login.status, 303);
    const cookie = String(login.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
    assert.equal((await ask(proxyPort, "/", { ...headers, Cookie: cookie, Accept: "text/html" })).status, 200);
    assert.equal((await ask(proxyPort, "/archives", headers)).status, 401);
    const archives = await ask(proxyPort, "/archives", { ...headers, Cookie: cookie, Accept: "application/json" });
    assert.equal(archives.status, 200);
    assert.match(await firstOfStream(proxyPort, "/api/live", { ...headers, Cookie: cookie }), /event: second/);
  });
});

interface Told {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** fetch() sets Host itself. */
function ask(port: number, path: string, headers: Readonly<Record<string, string>>): Promise<Told> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on("error", reject);
  });
}

/** What comes of an answer that never ends, until there is a whole event. */
function firstOfStream(port: number, path: string, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (!text.includes("event: second")) return;
        request.destroy();
        resolve(text);
      });
      response.on("end", () => reject(new Error(`it ended: ${response.statusCode} ${text}`)));
    });
    request.on("error", reject);
    request.setTimeout(20_000, () => request.destroy(new Error("no second came")));
  });
}
