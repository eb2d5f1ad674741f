import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));

/** Runs what follows in a terminal of its own and copies to standard output what appears there. */
const terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";

describe("A start that a person watches in a terminal", function () {
  this.timeout(180_000);
  const tempDirectory = tempDirectories();
  const running = new Set<ChildProcess>();
  before(function () {
    requireServer(this, "python3");
  });
  afterEach(async () => {
    for (const child of running) {
      child.stdin?.write("\x03");
      await new Promise((resolve) => child.on("close", resolve));
    }
    running.clear();
  });

  /** Starts a command in a terminal; what appears in it. */
  function inTerminal(folder: string, ...command: readonly string[]): () => string {
    const child = spawn("python3", ["-c", terminal, ...command], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    running.add(child);
    let shown = "";
    child.stdout.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
    });
    return () => shown;
  }

  async function match(shown: () => string, pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(shown())?.[1];
      if (found !== undefined) return found;
      assert.equal(running.size, 1, shown());
      await sleep(50);
    }
  }

  const flagsFor = (folder: string): readonly string[] => [
    `--config.file=${join(folder, "culprit.yml")}`,
    "--web.listen-address=127.0.0.1:0",
    `--storage.path=${join(folder, "state")}`,
  ];

  const follow = (link: string, cookie = "") => fetch(link, { redirect: "manual", headers: { Accept: "text/html", Cookie: cookie } });

  async function makeFolder(text: string): Promise<string> {
    const folder = await tempDirectory();
    writeFileSync(join(folder, "culprit.yml"), text);
    return folder;
  }

  const linkPattern = /Log in: +(http:\/\/127\.0\.0\.1:\d+\/login\?once=[\w-]{32}) \(works once, within ten minutes\)/;

  it("shows a link that logs in once and stands in no file, by culprit serve", async () => {
    const folder = await makeFolder("web: { auth: always }\nlog: { file: state/culprit.log, level: debug }\n");
    const shown = inTerminal(folder, process.execPath, main, "serve", ...flagsFor(folder));
    const link = await match(shown, linkPattern);

    const first = await follow(link);
    assert.equal(first.status, 303);
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const page = await follow(new URL("/", link).href, cookie);
    assert.equal(page.status, 200);
    await page.text();
    assert.equal((await follow(link)).status, 401);

    const word = link.split("once=")[1] ?? "";
    // a file on its way to its name may be gone by the time it is read
    const files = readdirSync(join(folder, "state"), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.name.endsWith(".tmp"),
    );
    assert.ok(files.some(({ name }) => name === "culprit.log"));
    for (const { parentPath, name } of files) assert.ok(!readFileSync(join(parentPath, name)).includes(word), name);
  });

  it("shows it by npm start, which passes the terminal on", async () => {
    const folder = await makeFolder("web: { auth: always }\n");
    const shown = inTerminal(packageRoot(), "npm", "start", "--", ...flagsFor(folder));
    assert.equal((await follow(await match(shown, linkPattern))).status, 303);
  });

  it("shows it on standard error when what is printed goes into a file, and keeps it out of there", async () => {
    const folder = await makeFolder("web: { auth: always }\n");
    const shown = inTerminal(folder, "/bin/sh", "-c", `exec "$0" "$@" > printed`, process.execPath, main, ...flagsFor(folder));
    assert.equal((await follow(await match(shown, linkPattern))).status, 303);
    const printed = readFileSync(join(folder, "printed"), "utf8");
    assert.match(printed, /Log in: +http:\/\/127\.0\.0\.1:\d+\/ with the token in /);
    assert.doesNotMatch(printed, /once=/);
  });
});
