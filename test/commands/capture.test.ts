import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeCapture } from "../../src/commands/capture.ts";
import { claimStorage } from "../../src/wiring/storageClaim.ts";
import { freePort, untarFile } from "../e2e/machine.ts";
import { startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { program } from "./support/program.ts";

describe("culprit capture where no Culprit runs", function () {
  this.timeout(240_000);
  const culprit = program();
  const tempDirectory = tempDirectories();

  it("makes the archive by itself, with the seconds before, and cuts secrets out of the reason", async () => {
    const folder = await tempDirectory();
    const port = await freePort();
    const { code, out, err } = await culprit(folder, [
      ...["capture", "--reason=it is slow, --password hunter22", "--storage.path=s", `--web.listen-address=127.0.0.1:${port}`],
    ]);
    assert.deepEqual([code, err], [0, ""]);
    const [, id = "", path = ""] = /^Archive: (\S+)\nFile: {4}(\S+) \(\d+ kB\)\nVerdict: .+\n$/.exec(out) ?? [];
    assert.equal(path, join(folder, "s", "archives", `${id}.tar.gz`));
    const files = await untarFile(path);
    assert.match(files.get("summary.txt") ?? "", /^Reason {2}it is slow, --password \*\*\*$/m);
    assert.ok((files.get("snapshots.jsonl") ?? "").trimEnd().split("\n").length >= 5, "five seconds at least");
    assert.match(files.get("processes.txt") ?? "", /culprit/);
    assert.deepEqual(
      (await readdir(join(folder, "s"))).sort(),
      ["archives", "audit.jsonl", "captures", "recording"],
      "no claim is left behind",
    );
    const { event, result, id: audited, machine } = JSON.parse(await readFile(join(folder, "s", "audit.jsonl"), "utf8"));
    assert.deepEqual([event, result, audited, typeof machine.cpuRatio], ["capture", "ok", id, "number"]);
  });

  it("leaves no archive and ends with 130 when Ctrl-C comes while it looks", async () => {
    const folder = await tempDirectory();
    const port = await freePort();
    const looks = async () => (await readdir(join(folder, "s")).catch((): string[] => [])).includes("running.json");
    const args = ["capture", "--storage.path=s", `--web.listen-address=127.0.0.1:${port}`];
    assert.deepEqual(await culprit(folder, args, looks), { code: 130, out: "", err: "culprit: interrupted; nothing was captured\n" });
    assert.deepEqual(await readdir(join(folder, "s")), []);
  });

  it("waits for another that captures, and both have their archive", async () => {
    const folder = await tempDirectory();
    const port = await freePort();
    const args = ["capture", "--storage.path=s", `--web.listen-address=127.0.0.1:${port}`];
    const both = await Promise.all([culprit(folder, args), culprit(folder, args)]);
    assert.deepEqual(
      both.map(({ code, err }) => [code, err]),
      [
        [0, ""],
        [0, ""],
      ],
    );
    const archives = (await readdir(join(folder, "s", "archives"))).filter((name) => name.endsWith(".tar.gz"));
    assert.equal(archives.length, 2);
  });

  it("does not write into the storage of a Culprit that runs and cannot be reached", async () => {
    const folder = await tempDirectory();
    const port = await freePort();
    const claim = await claimStorage(join(folder, "s"), "serve");
    await claim.announce([`http://127.0.0.1:${port}/`]);
    try {
      const { code, out, err } = await culprit(folder, ["capture", "--storage.path=s", `--web.listen-address=127.0.0.1:${port}`]);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, /^culprit: a Culprit \(pid \d+\) works in \S+\/s and does not answer at http:\/\/127\.0\.0\.1:\d+\/; try again\n$/);
      assert.deepEqual(await readdir(join(folder, "s")), ["running.json"]);
    } finally {
      await claim.release();
    }
  });

  for (const [args, message] of [
    [[`--reason=${"a".repeat(1001)}`], /^culprit: --reason: expected at most 1000 characters, got 1001\n$/],
    [["--reason="], /^culprit: --reason: expected a value: --reason=TEXT\n$/],
    [["--seconds=5"], /^culprit: --seconds: culprit capture does not take it; it belongs to culprit once, culprit record\n$/],
    [["now"], /^culprit: unexpected "now"; expected culprit capture /],
  ] as const) {
    it(`refuses ${args.join(" ").slice(0, 20)}`, async () => {
      const { code, out, err } = await culprit(await tempDirectory(), ["capture", ...args]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});

describe("culprit capture where somebody answers", function () {
  this.timeout(60_000);
  const culprit = program();
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());
  const tempDirectory = tempDirectories();

  /** Answers to POST and then to each HEAD; the last one again and again. */
  function answerWith(...answers: readonly (readonly [status: number, body?: unknown])[]): void {
    let next = 0;
    web.answer = (_, response) => {
      const [status, body] = answers[Math.min(next++, answers.length - 1)] ?? [500];
      response.statusCode = status;
      response.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
    };
  }

  async function capture(token?: string) {
    const folder = await tempDirectory();
    if (token !== undefined) {
      await mkdir(join(folder, "s", "tokens"), { recursive: true });
      await writeFile(join(folder, "s", "tokens", "admin"), `${token}\n`);
    }
    const ended = await culprit(folder, ["capture", "--reason=why", "--storage.path=s", `--web.listen-address=127.0.0.1:${web.port}`]);
    return { ...ended, err: ended.err.replaceAll(folder, "FOLDER").replaceAll(String(web.port), "PORT"), folder };
  }

  const promised = [202, { id: "20261121T100000Z-manual", status: "pending", url: "http://web1/archives/x.tar.gz" }] as const;

  it("sends the token and the reason, waits, and prints where the archive is", async () => {
    answerWith(promised, [202], [200]);
    const { code, out, err } = await capture("culprit_abc");
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(out, "Archive: 20261121T100000Z-manual\nURL:     http://web1/archives/x.tar.gz\n");
    const [post, ...heads] = web.received;
    assert.deepEqual([post?.method, post?.path, post?.body], ["POST", "/archives", '{"reason":"why"}']);
    assert.deepEqual(
      heads.map(({ method, path }) => `${method} ${path}`),
      Array.from({ length: 2 }, () => "HEAD /archives/20261121T100000Z-manual.tar.gz?wait=60"),
    );
    for (const { headers } of web.received) assert.equal(headers.authorization, "Bearer culprit_abc");
  });

  for (const [what, token, answers, message] of [
    [
      "a token that is not valid",
      "culprit_abc",
      [[401, { error: "the token is not valid" }]],
      "the Culprit at http://127.0.0.1:PORT refused (401): the token is not valid. The token of FOLDER/s/tokens/admin was sent; expected the --storage.path of that Culprit",
    ],
    [
      "no token where one is needed",
      undefined,
      [[401, { error: "this needs a token" }]],
      "the Culprit at http://127.0.0.1:PORT refused (401): this needs a token. The token is read from FOLDER/s/tokens/admin: there is no such file",
    ],
    [
      "a file that holds no token",
      "a b\u0007",
      [[401, { error: "this needs a token" }]],
      "the Culprit at http://127.0.0.1:PORT refused (401): this needs a token. The token is read from FOLDER/s/tokens/admin: it holds no token",
    ],
    [
      "a full disk",
      "culprit_abc",
      [[503, { error: "the request could not be written to disk" }]],
      "the Culprit at http://127.0.0.1:PORT refused (503): the request could not be written to disk",
    ],
    [
      "another program",
      undefined,
      [[200, "<html>"]],
      "http://127.0.0.1:PORT answered 200, and not as Culprit does; expected a Culprit there (--web.listen-address says where it listens)",
    ],
    [
      "an archive that came to nothing",
      "culprit_abc",
      [promised, [404]],
      "the archive 20261121T100000Z-manual could not be made, or is deleted already; Culprit's log says why",
    ],
  ] as const) {
    it(`tells of ${what} and ends with 1`, async () => {
      answerWith(...answers);
      const { code, out, err, folder } = await capture(token);
      assert.deepEqual([code, out, err], [1, "", `culprit: ${message}\n`]);
      assert.ok(!(await readdir(folder, { recursive: true })).some((name) => name.includes("archives")), "nothing is made beside it");
    });
  }

  it("tells where the archive will be when Ctrl-C ends the waiting", async () => {
    const folder = await tempDirectory();
    web.answer = ({ method }, response) => {
      if (method !== "POST") return;
      response.statusCode = 202;
      response.end(JSON.stringify(promised[1]));
    };
    const args = ["capture", "--storage.path=s", `--web.listen-address=127.0.0.1:${web.port}`];
    const { code, out, err } = await culprit(folder, args, async () => web.received.some(({ method }) => method === "HEAD"));
    assert.deepEqual([code, out], [130, ""]);
    assert.equal(err, "culprit: interrupted; the archive is still being made, and will be at http://web1/archives/x.tar.gz\n");
  });
});

describe("What culprit capture prints", () => {
  it("has a line for each fact that is known", () => {
    assert.equal(describeCapture({ id: "a" }), "Archive: a\n");
    assert.equal(
      describeCapture({ id: "a", path: "/x/a.tar.gz", url: "http://h/a", sizeBytes: 42_400, verdict: "It was me." }),
      "Archive: a\nFile:    /x/a.tar.gz (42 kB)\nURL:     http://h/a\nVerdict: It was me.\n",
    );
  });
});
