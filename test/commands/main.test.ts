import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeStart } from "../../src/commands/serve.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once the output has this in it; fails when the program ends first. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

describe("The program", function () {
  this.timeout(180_000);
  const tempDirectory = tempDirectories();
  const running: Running[] = [];

  afterEach(() => {
    for (const one of running.splice(0)) one.kill("SIGKILL");
  });

  function start(cwd: string, ...args: string[]): Running {
    const { PATH, NODE_V8_COVERAGE } = process.env;
    const env = { PATH, ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }) };
    const child = spawn(process.execPath, [main, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    const watchers = new Set<() => void>();
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      for (const watcher of watchers) watcher();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
    const one: Running = {
      ended,
      kill: (signal) => void child.kill(signal),
      printed: (pattern) =>
        new Promise((resolve, reject) => {
          const look = () => {
            const match = pattern.exec(out);
            if (match !== null) resolve(match);
          };
          watchers.add(look);
          look();
          ended.then((end) => reject(new Error(`it ended before it printed ${pattern}: ${end.out}${end.err}`)));
        }),
    };
    running.push(one);
    return one;
  }

  it("ends with 2 and one line on a flag that it does not know", async () => {
    const { code, out, err } = await start(await tempDirectory(), "--web.listen-adress=:1").ended;
    assert.deepEqual([code, out, err], [2, "", "culprit: --web.listen-adress: unknown flag; did you mean --web.listen-address?\n"]);
  });

  it("ends with 2 on a bad configuration, with a line for every problem", async () => {
    const folder = await tempDirectory();
    await writeFile(join(folder, "culprit.yml"), "web:\n  auth: maybe\nwebhok: {}\nlog:\n  level:\n");
    const { code, out, err } = await start(folder).ended;
    assert.deepEqual([code, out], [2, ""]);
    assert.deepEqual(err.trimEnd().split("\n"), [
      'culprit: culprit.yml:2:9: web.auth: expected one of auto, always, got "maybe"',
      "culprit: culprit.yml:3:1: webhok: unknown key; did you mean webhook?",
      "culprit: culprit.yml:5:3: log.level: expected one of error, warn, info, debug, got nothing",
    ]);
  });

  it("reads variables from its environment and from .env", async () => {
    const folder = await tempDirectory();
    await writeFile(join(folder, "culprit.yml"), "archives:\n  maxCount: $" + "{COUNT}\n  path: $" + "{PATH}\n");
    const missing = await start(folder, "check-config").ended;
    assert.equal(missing.code, 1);
    assert.match(missing.err, /^culprit\.yml:2:13: archives\.maxCount: the variable COUNT is not set;/);
    await writeFile(join(folder, ".env"), "COUNT=7\n");
    assert.deepEqual(await start(folder, "check-config").ended, { code: 0, out: "OK: culprit.yml\n", err: "" });
  });

  it("prints help and version", async () => {
    const folder = await tempDirectory();
    const [help, version] = await Promise.all([start(folder, "--help").ended, start(folder, "--version").ended]);
    assert.match(help.out, /^Culprit names the process behind every spike/);
    assert.match(version.out, /^culprit, version \d+\.\d+\.\d+ /);
    assert.deepEqual([help.code, version.code, help.err, version.err], [0, 0, "", ""]);
  });

  it("serves, says where, shows no token to a pipe, and ends with 0 on SIGTERM and on SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const folder = await tempDirectory();
      const culprit = start(folder, "--web.listen-address=127.0.0.1:0", `--storage.path=${folder}/state`);
      const [, url = ""] = await culprit.printed(/(http:\/\/127\.0\.0\.1:\d+\/)\s/);
      const answer = await fetch(`${url}-/healthy`);
      await answer.arrayBuffer();
      assert.equal(answer.status, 200);
      culprit.kill(signal);
      const { code, out, err } = await culprit.ended;
      assert.equal(code, 0, err);
      assert.doesNotMatch(out + err, /culprit_[A-Za-z0-9_-]{43}|[?]once=/);
      await assert.rejects(fetch(`${url}-/healthy`), "the port is free again");
    }
  });

  it("ends with 1 and names the address when the port is in use", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
    });
    try {
      const folder = await tempDirectory();
      const { code, out, err } = await start(
        folder,
        `--web.listen-address=127.0.0.1:${port}`,
        `--storage.path=${folder}`,
        "--log.level=error",
      ).ended;
      assert.deepEqual([code, out], [1, ""]);
      const holder =
        process.platform === "linux" ? `by [^\\n]*mocha[^\\n]* \\(pid ${process.pid}, user \\S+\\)` : "by whom cannot be known here";
      assert.match(err, new RegExp(`^culprit: cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use ${holder};[^\\n]*\n$`));
    } finally {
      server.close();
    }
  });

  it("ends with 1 and a sentence, and with no trace of its inside, where it may have too few files open", async () => {
    for (const most of [24, 64, 128]) {
      const argv = ["-c", `ulimit -n ${most}; exec "$0" "$@"`, process.execPath, main, "serve"];
      const child = spawn("sh", argv, { cwd: await tempDirectory(), stdio: ["ignore", "ignore", "pipe"] });
      let err = "";
      child.stderr.on("data", (chunk) => (err += String(chunk)));
      const code = await new Promise((resolve) => child.on("close", resolve));
      assert.deepEqual(
        [code, err],
        [1, `culprit: only ${most} files may be open at once (ulimit -n); expected at least 256, better 1024\n`],
      );
    }
  });

  it("ends with 1 and names the path when it cannot store anything", async () => {
    const folder = await tempDirectory();
    const file = join(folder, "not-a-folder");
    await writeFile(file, "");
    const { code, out, err } = await start(folder, "--web.listen-address=127.0.0.1:0", `--storage.path=${file}/state`, "--log.level=error")
      .ended;
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^culprit: [^\n]*not-a-folder\/state[^\n]*\n$/);
  });
});

describe("What Culprit prints when it has started", () => {
  const started = {
    urls: ["http://127.0.0.1:10054/"],
    adminTokenPath: "data/tokens/admin",
    loginLink: () => "http://127.0.0.1:10054/login?once=secret",
    curlExample: 'curl -H "Authorization: Bearer $(cat data/tokens/admin)" http://127.0.0.1:10054/archives',
  };

  it("has a link that logs in for a terminal", () => {
    assert.equal(
      describeStart(started, true),
      "Culprit is running: http://127.0.0.1:10054/\nLog in:   http://127.0.0.1:10054/login?once=secret (works once, within ten minutes)\n" +
        `Archives: ${started.curlExample}\n`,
    );
  });

  it("names the file of the token to everything else, for that is kept", () => {
    const text = describeStart({ ...started, loginLink: () => assert.fail("no link is made for what is kept") }, false);
    assert.match(text, /^Log in: {3}http:\/\/127\.0\.0\.1:10054\/ with the token in data\/tokens\/admin$/m);
  });

  it("says nothing of logging in where nobody must", () => {
    assert.equal(
      describeStart({ urls: ["http://a/", "http://b/"], curlExample: "curl http://a/archives" }, true),
      "Culprit is running: http://a/ http://b/\nArchives: curl http://a/archives\n",
    );
  });
});
