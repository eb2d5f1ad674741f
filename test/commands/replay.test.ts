import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { freePort, type Running, TestMachine, untarFile, waitFor } from "../e2e/machine.ts";
import { manifest as archiveManifest, archiveOf, contentsOf, partsOf, recordedLines } from "../replay/support.ts";
import { fixturePath, mainPath } from "../support/paths.ts";

const recording = fixturePath("recording-v1");

const farTable = [
  "time,elapsed_seconds,load1",
  ...["1970-01-01T00:00:00.000Z", "1999-01-01T00:00:00.000Z", "9998-01-01T00:00:00.000Z"].map((time) => `${time},1000000,1`),
  "",
].join("\n");

const longSeconds = [0, 1, 2, 1e9, 2e11]
  .map((seconds) => JSON.stringify({ takenAtMs: seconds * 1000, elapsedSeconds: 1e6, gap: false, host: {}, groups: [] }))
  .join("\n")
  .concat("\n");

interface Snapshots {
  readonly host: string;
  readonly times: readonly number[];
  readonly seconds: readonly number[];
  readonly figures: Readonly<Record<string, unknown>>;
  readonly groups: readonly { readonly kind: string; readonly process: string; readonly usage: unknown }[];
}

/** Who is named is told from minutes where a segment has ended meanwhile, and from seconds where not: the last of them may differ. */
function assertSame({ groups, ...replayed }: Snapshots, { groups: liveGroups, ...live }: Snapshots): void {
  assert.deepEqual(replayed, live);
  const nameOf = ({ usage: _, ...labels }: Snapshots["groups"][number]) => JSON.stringify(labels);
  const known = new Map(liveGroups.map((group) => [nameOf(group), group]));
  const common = groups.filter((group) => group.kind === "process" && known.has(nameOf(group)));
  assert.ok(common.length >= 3, `${common.length} of ${groups.length}`);
  assert.deepEqual(
    common,
    common.map((group) => known.get(nameOf(group))),
  );
}

describe("culprit replay", function () {
  this.timeout(240_000);
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });
  afterEach(() => machine.close());

  /** Starts it; its temporary files lie in a folder of the test. */
  async function replay(...args: readonly string[]): Promise<Running & { readonly url: string }> {
    const temporary = machine.path("tmp");
    machine.write("tmp/.keep", "");
    const running = machine.start(process.execPath, [mainPath(), "replay", ...args], { ...process.env, TMPDIR: temporary });
    const url = await waitFor("the replay to say where it is", async () => {
      assert.equal(running.child.exitCode, null, running.output());
      const text = running.output();
      return text.includes("Ctrl-C") ? /: (http:\/\/\S+\/)(?: http|\n)/.exec(text)?.[1] : undefined;
    });
    return { ...running, url };
  }

  async function json<Answer>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const answer = await fetch(url, { headers: { accept: "application/json", ...headers } });
    assert.equal(answer.status, 200, `${url}: ${answer.status}`);
    return (await answer.json()) as Answer;
  }

  /** The status of a request with a Host header, which fetch would not send. */
  function statusWithHost(url: string, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      http
        .get(url, { headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
        .once("error", reject);
    });
  }

  it("says in a line where to look and for what, shows it without asking, and leaves nothing behind", async () => {
    const before = await contentsOf(recording);
    const running = await replay(recording);
    assert.match(
      running.output(),
      /^Replaying web1, 2026-11-21 15:38:46 to 15:41:16 UTC \(151 s recorded, 3 spikes\): http:\/\/127\.0\.0\.1:\d+\/\nCtrl-C ends it\n$/,
    );
    const { url } = running;
    const host = await json<Record<string, unknown>>(`${url}api/host`);
    assert.deepEqual([host.host, host.live, host.canCapture, host.cores, host.version], ["web1", false, false, 2, "0.1.0"]);
    const end = await json<Snapshots>(`${url}api/snapshots`);
    assert.equal(end.seconds.filter((seconds) => seconds > 0).length >= 150, true, "without a time it is the end that is asked for");
    assert.equal((await json<{ total: number }>(`${url}api/spikes`)).total, 3);
    const at = Date.UTC(2026, 10, 21, 15, 40, 30);
    const { processes } = await json<{ processes: readonly { pid: number }[] }>(`${url}api/processes?at=${at}`);
    assert.ok(processes.length > 3);
    for (const [path, expected] of [
      ["api/triggers", { host: "web1", triggers: [], firings: [] }],
      ["api/captures", { pending: [] }],
      ["archives", { pending: [], archives: [], notes: [] }],
    ] as const)
      assert.deepEqual(await json(`${url}${path}`), expected);
    const { lines } = await json<{ lines: readonly { message: string }[] }>(`${url}api/log`);
    assert.match(lines[0]?.message ?? "", /a recording holds no log/);
    assert.match(await (await fetch(url, { headers: { accept: "text/html" } })).text(), /<title>web1 · Culprit<\/title>/);
    assert.notDeepEqual(await readdir(machine.path("tmp")), [".keep"]);
    await machine.stop(running, "SIGINT");
    assert.equal(running.child.exitCode, 0, running.output());
    assert.deepEqual(await readdir(machine.path("tmp")), [".keep"]);
    assert.deepEqual(await contentsOf(recording), before);
  });

  it("cuts out of the paths that it logs what redact of --config.file finds", async () => {
    machine.write("own.yml", "redact: { patterns: ['case-[0-9]+'] }\n");
    const { url, output } = await replay(recording, `--config.file=${machine.path("own.yml")}`, "--log.level=info");
    await fetch(`${url}case-4711/page`);
    await waitFor("the request to be logged", () => Promise.resolve(output().includes("/page") || undefined));
    assert.match(output(), /\/\*\*\*\/page/);
    assert.doesNotMatch(output(), /case-4711/);
  });

  it("serves nothing that changes something, and no page of another name", async () => {
    const { url } = await replay(recording);
    for (const [path, status] of [
      ["archives", 405],
      ["webhook", 404],
      ["-/reload", 404],
    ] as const)
      assert.equal((await fetch(`${url}${path}`, { method: "POST", body: "{}" })).status, status, path);
    for (const path of ["metrics", "api/live"]) assert.equal((await fetch(`${url}${path}`)).status, 404, path);
    assert.equal(await statusWithHost(`${url}api/host`, "rebound.example.org"), 421);
    assert.equal(await statusWithHost(`${url}api/host`, "localhost"), 200);
  });

  it("asks others than this machine for the token of this run", async () => {
    const port = await freePort();
    const running = await replay(recording, `--web.listen-address=0.0.0.0:${port}`);
    assert.match(running.output(), /Log in: +http:\/\/localhost:\d+\/ with the token in \S+\/tokens\/admin\n/);
    const foreign = { "x-forwarded-for": "192.0.2.1" };
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/host`, { headers: foreign })).status, 401);
  });

  it("shows of a running Culprit's recording, archive and tables what that Culprit shows itself", async () => {
    const port = await freePort();
    const running = await machine.startCulprit(port, "capture: { lookback: 1m, after: 0s }\n");
    const live = `http://127.0.0.1:${port}/`;
    const authorization = { authorization: `Bearer ${machine.adminToken}` };
    const firstMs = await waitFor("some seconds to be recorded", async () => {
      const { times, seconds } = await json<Snapshots>(`${live}api/snapshots`, authorization);
      const first = seconds.findIndex((one) => one > 0);
      return seconds.filter((one) => one > 0).length >= 6 ? times[first] : undefined;
    });
    const range = `from=${firstMs + 2000}&to=${firstMs + 5000}&step=1`;
    const asked = await json<Snapshots>(`${live}api/snapshots?${range}`, authorization);
    const table = machine.write("web1.csv", await (await fetch(`${live}api/snapshots.csv?${range}`, { headers: authorization })).text());

    await fetch(`${live}archives`, { method: "POST", headers: authorization });
    const archiveUrl = await waitFor("the archive", async () => {
      const { archives } = await json<{ archives: readonly { url: string }[] }>(`${live}archives`, authorization);
      return archives[0]?.url;
    });
    const tokenFile = machine.path("data", "tokens", "admin");
    const archive = await replay(archiveUrl, `--token-file=${tokenFile}`);
    assertSame(await json(`${archive.url}api/snapshots?${range}`), asked);
    const { archives } = await json<{ archives: readonly { id: string }[] }>(`${archive.url}archives`);
    const id = archives[0]?.id ?? "";
    assert.ok(archiveUrl.endsWith(`${id}.tar.gz`));
    const bytes = Buffer.from(await (await fetch(`${archive.url}archives/${id}.tar.gz`)).arrayBuffer());
    const copy = machine.path("copy.tar.gz");
    await writeFile(copy, bytes);
    assert.ok((await untarFile(copy)).has("snapshots.jsonl"));
    assert.ok(!archive.output().includes(machine.adminToken));

    const fromTable = await replay(table);
    const drawn = await json<Snapshots>(`${fromTable.url}api/snapshots?${range}`);
    assert.deepEqual([drawn.seconds, drawn.figures], [asked.seconds, asked.figures]);
    const named = new Set(asked.groups.map(({ process }) => process));
    assert.ok(drawn.groups.every(({ process }) => named.has(process)));
    assert.equal((await fetch(`${fromTable.url}api/processes?at=${firstMs}`)).status, 404);

    await machine.stop(running);
    const recorded = await replay(machine.path("data"));
    assertSame(await json(`${recorded.url}api/snapshots?${range}`), asked);
  });

  it("says of an archive that is not as it was made so wherever it is looked at", async () => {
    const honest = { "summary.txt": "HighLoad on db1\n", "snapshots.jsonl": (await recordedLines()).map((one) => `${one}\n`).join("") };
    const forged = { ...honest, "summary.txt": "It was \u202esomebody else.\n" };
    const path = machine.path("forged.tar.gz");
    await writeFile(path, await archiveOf({ ...forged, "manifest.json": JSON.stringify({ ...archiveManifest, parts: partsOf(honest) }) }));
    const note =
      "the archive does not match its own manifest (sha256 of summary.txt): it was changed or damaged after it was made, do not trust it";
    const running = await replay(path);
    assert.ok(running.output().includes(`Note:     ${note}\n`), running.output());
    const { url } = running;
    assert.deepEqual((await json<{ notes: readonly string[] }>(`${url}api/host`)).notes, [note]);
    assert.deepEqual((await json<{ notes: readonly string[] }>(`${url}archives`)).notes, [note]);
    assert.ok((await (await fetch(`${url}archives`, { headers: { accept: "text/plain" } })).text()).startsWith(`Note: ${note}\n`));
    const { lines } = await json<{ lines: readonly { message: string }[] }>(`${url}api/log`);
    assert.ok(lines.some(({ message }) => message === `replay: ${note}`));
  });

  for (const [what, name, text] of [
    ["a table whose rows are thousands of years apart", "far.csv", farTable],
    ["a recording whose seconds say that they lasted for days", "long.jsonl", longSeconds],
  ] as const) {
    it(`hears that it is to end while it draws ${what}`, async () => {
      const { url, ...running } = await replay(machine.write(name, text));
      const asked = [fetch(`${url}api/snapshots?from=0&to=253370764800000`), fetch(`${url}api/snapshots.csv?from=0&to=253370764800000`)];
      const left = asked.map((one) => one.then((answer) => answer.arrayBuffer()).catch(() => undefined));
      const beganMs = performance.now();
      await machine.stop(running);
      assert.ok(performance.now() - beganMs < 30_000, `it took ${performance.now() - beganMs} ms`);
      assert.ok([0, 130].includes(running.child.exitCode ?? -1), running.output());
      await Promise.all(left);
    });
  }

  it("opens what culprit record has written", async () => {
    const { status, stderr } = machine.culprit("record", "--out=now.csv", "--seconds=2");
    assert.equal(status, 0, stderr);
    const { url, ...running } = await replay("now.csv");
    assert.match(running.output(), /^Replaying now\.csv, [\d: -]+ to [\d: -]+ UTC \(\d s recorded, 0 spikes\): .*\nNote: +a table holds /);
    const { figures, groups } = await json<Snapshots>(`${url}api/snapshots`);
    assert.ok("cpuUsageRatio" in figures && "load1" in figures);
    assert.ok(groups.length <= 3);
  });

  it("ends at once when it is told to while it reads", async () => {
    const silent = http.createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const address = silent.address();
    assert.ok(address !== null && typeof address === "object");
    machine.write("tmp/.keep", "");
    const env = { ...process.env, TMPDIR: machine.path("tmp") };
    const running = machine.start(process.execPath, [mainPath(), "replay", `http://127.0.0.1:${address.port}/x`], env);
    try {
      await new Promise((resolve) => silent.once("request", resolve));
      await machine.stop(running, "SIGINT");
      assert.deepEqual([running.child.exitCode, running.output()], [130, ""]);
      assert.deepEqual(await readdir(machine.path("tmp")), [".keep"]);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  for (const [args, code, message] of [
    [[], 2, /^culprit: expected what to show: culprit replay FILE\|DIR\|URL/],
    [["a", "b"], 2, /^culprit: unexpected "b"; expected culprit replay/],
    [["x", "--max-size=much"], 2, /^culprit: --max-size: expected a size above 0, such as 4GiB, got "much"\n$/],
    [["x", "--timeout=0"], 2, /^culprit: --timeout: expected a duration above 0, such as 90s or 30m, got "0"\n$/],
    [["x", "--token-file=none"], 2, /^culprit: --token-file: cannot read none: /],
    [["x", "--web.listen-address=nowhere"], 2, /^culprit: --web\.listen-address: expected HOST:PORT/],
    [["x", "--storage.path=y"], 2, /^culprit: --storage\.path: culprit replay does not take it/],
    [["x"], 1, /^culprit: cannot replay x: there is no such file or directory\n$/],
  ] as const) {
    it(`refuses ${args.join(" ") || "to be told nothing"}`, () => {
      const { status, stdout, stderr } = machine.culprit("replay", ...args);
      assert.deepEqual([status, stdout], [code, ""]);
      assert.match(stderr, message);
    });
  }

  it("refuses an address that is taken, and an archive that is none", async () => {
    const port = await freePort();
    await replay(recording, `--web.listen-address=127.0.0.1:${port}`);
    const taken = machine.culprit("replay", recording, `--web.listen-address=127.0.0.1:${port}`);
    assert.match(taken.stderr, new RegExp(`^culprit: cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use`));
    const foreign = machine.culprit("replay", join(recording, "..", "..", "..", "package.json"));
    assert.match(foreign.stderr, /^culprit: cannot replay .*package\.json: line 1: this is JSON of another kind; expected a recording/);
    assert.deepEqual([taken.status, foreign.status], [1, 1]);
  });
});
