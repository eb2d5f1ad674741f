import assert from "node:assert/strict";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addToken, ensureAdminToken, loadTokens, type Scope, type TokenStore, writeToken } from "../../../src/server/auth/tokens.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { type LogLine, rememberingLog } from "../../support/rememberingLog.ts";
import { requireRoot } from "../../support/servers.ts";
import { SmallDisk } from "../../support/smallDisk.ts";

const TOKEN = /^culprit_[A-Za-z0-9_-]{43}\n$/;

describe("tokens", () => {
  let storage: string;
  let directory: string;
  let clock: ManualClock;
  let lines: LogLine[];
  beforeEach(async () => {
    storage = await mkdtemp(join(tmpdir(), "culprit-tokens-"));
    directory = join(storage, "tokens");
    clock = new ManualClock();
    lines = [];
  });
  afterEach(() => rm(storage, { recursive: true, force: true }));

  const open = (): Promise<TokenStore> => loadTokens(directory, clock, rememberingLog(lines));
  const write = (path: string, scopes: readonly Scope[] = ["capture"]) => writeToken({ directory, path, scopes }, clock);
  const tokenIn = async (path: string): Promise<string> => (await readFile(path, "utf8")).trim();
  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
  const indexFile = (): string => join(directory, "index.json");

  it("begin with an administrator's, readable for its owner only", async () => {
    const admin = await ensureAdminToken(directory, clock);
    assert.equal(admin.created, true);
    assert.equal(admin.path, join(directory, "admin"));
    assert.match(await readFile(admin.path, "utf8"), TOKEN);
    assert.deepEqual([await modeOf(directory), await modeOf(admin.path), await modeOf(indexFile())], ["700", "600", "600"]);
    assert.deepEqual((await (await open()).find(admin.token ?? ""))?.scopes, ["read", "capture", "ingest", "admin"]);
  });

  it("keep the administrator's over a restart", async () => {
    const first = await ensureAdminToken(directory, clock);
    assert.deepEqual(await ensureAdminToken(directory, clock), { ...first, created: false });
  });

  it("do not bring back an administrator's that somebody removed from the index, nor show one that was replaced", async () => {
    const admin = await ensureAdminToken(directory, clock);
    await writeFile(admin.path, "culprit_something_else\n");
    assert.deepEqual(await ensureAdminToken(directory, clock), { path: admin.path, created: false });
    await writeFile(indexFile(), '{"version":1,"tokens":[]}');
    assert.deepEqual(await ensureAdminToken(directory, clock), { path: admin.path, created: false });
    assert.equal(await (await open()).find(admin.token ?? ""), undefined);
  });

  it("have the administrator's among them even when another is asked for before the first start", async () => {
    await write(join(storage, "for-alertmanager"));
    const admin = await ensureAdminToken(directory, clock);
    assert.deepEqual((await (await open()).find(admin.token ?? ""))?.scopes, ["read", "capture", "ingest", "admin"]);
  });

  it("made elsewhere are valid once the file that holds them was added, and one that it held before no more", async () => {
    const path = join(storage, "shared");
    const add = () => addToken({ directory, path, scopes: ["capture"] }, clock);
    await writeFile(path, "first-of-the-cluster-0123456789abcdef\n");
    assert.deepEqual(await add(), { name: path, path, scopes: ["capture"] });
    await writeFile(path, "second-of-the-cluster-0123456789abcdef");
    await add();
    await add();
    const store = await open();
    assert.deepEqual((await store.find("second-of-the-cluster-0123456789abcdef"))?.scopes, ["capture"]);
    assert.equal(await store.find("first-of-the-cluster-0123456789abcdef"), undefined);
    assert.equal(JSON.parse(await readFile(indexFile(), "utf8")).tokens.length, 2, "the administrator's and this one");
  });

  it("made elsewhere are refused when anybody could guess them, or when there is none", async () => {
    const path = join(storage, "shared");
    const add = () => addToken({ directory, path, scopes: ["capture"] }, clock);
    await assert.rejects(add(), /^TokenProblem: cannot read .*shared: ENOENT/);
    for (const text of [
      "",
      "secret",
      `${"x".repeat(20)}\n${"y".repeat(20)}`,
      "with a blank in it, though it is long enough",
      "x".repeat(513),
    ]) {
      await writeFile(path, text);
      await assert.rejects(add(), /^TokenProblem: .*shared holds no token that is hard to guess; expected one line of 32 to 512 /, text);
    }
  });

  it("are in no file but their own", async () => {
    const path = join(storage, "for-alertmanager");
    await write(path);
    await ensureAdminToken(directory, clock);
    const index = await readFile(indexFile(), "utf8");
    assert.match(await readFile(path, "utf8"), TOKEN);
    assert.ok(!index.includes(await tokenIn(path)));
    assert.deepEqual((await readdir(directory)).sort(), ["admin", "index.json"]);
  });

  it("get the mode and the group that were asked for", async () => {
    const path = join(storage, "for-alertmanager");
    // Only root may give a file to a group that it is not in.
    const group = process.getuid?.() === 0 ? 1234 : (process.getgid?.() ?? 0);
    await writeToken({ directory, path, scopes: ["capture"], mode: 0o440, group }, clock);
    assert.deepEqual([await modeOf(path), (await stat(path)).gid], ["440", group]);
  });

  it("stay readable for the service's user when root writes them", async function () {
    requireRoot(this);
    await chown(storage, 4321, 4321);
    await write(join(directory, "inside"));
    await write(join(directory, "again"));
    for (const path of [directory, indexFile(), join(directory, "inside")]) assert.equal((await stat(path)).uid, 4321, path);
  });

  it("are accepted by a running server from the moment in which they are written, whoever else asks meanwhile", async () => {
    await ensureAdminToken(directory, clock);
    const store = await open();
    for (let round = 0; round < 12; round++) {
      const path = join(storage, `late${round}`);
      const strangers = Array.from({ length: 10 }, (_, index) => store.find(`culprit_stranger${index}`));
      await write(path, ["read"]);
      const token = await tokenIn(path);
      // the looks that the strangers have made necessary may have begun before the token was there
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.find(token)));
      assert.deepEqual([...new Set(answers.map((answer) => answer?.scopes[0]))], ["read"], `round ${round}`);
      assert.deepEqual(await Promise.all(strangers), Array(10).fill(undefined));
      if (round % 2 === 0) await clock.advance(1);
    }
  });

  it("are revoked by taking their entry out, and replaced by writing again", async () => {
    const path = join(storage, "one");
    const store = await openAfter(() => write(path));
    const first = await tokenIn(path);
    assert.notEqual(await store.find(first), undefined);
    await write(path);
    await clock.advance(1);
    assert.equal(await store.find(first), undefined);
    assert.notEqual(await store.find(await tokenIn(path)), undefined);
    await writeFile(indexFile(), '{"version":1,"tokens":[]}');
    await clock.advance(1);
    assert.equal(await store.find(await tokenIn(path)), undefined);
  });

  async function openAfter(act: () => Promise<unknown>): Promise<TokenStore> {
    await act();
    return open();
  }

  it("that are written at the same time are all kept", async () => {
    const paths = Array.from({ length: 6 }, (_, index) => join(storage, `t${index}`));
    const winding = setInterval(() => void clock.advance(0.05), 25);
    try {
      await Promise.all(paths.map((path) => write(path)));
    } finally {
      clearInterval(winding);
    }
    const store = await open();
    for (const path of paths) assert.notEqual(await store.find(await tokenIn(path)), undefined, path);
  });

  it("are not held up by a writer that died", async () => {
    await mkdir(directory);
    await writeFile(join(directory, "index.json.lock"), "4194999\n");
    await write(join(storage, "one"));
    assert.deepEqual(await readdir(directory), ["admin", "index.json"]);
  });

  it("stop with a clear error at a broken index", async () => {
    await mkdir(directory);
    const broken: [string, RegExp][] = [
      ["{", /index\.json is not valid JSON/],
      ['{"version":2,"tokens":[]}', /index\.json at version/],
      [
        '{"version":1,"tokens":[{"name":"a","sha256":"12","scopes":["read"],"createdAt":""}]}',
        /index\.json at tokens\.0\.sha256: expected 64 hex/,
      ],
      [`{"version":1,"tokens":[{"name":"a","sha256":"${"0".repeat(64)}","scopes":["write"],"createdAt":""}]}`, /tokens\.0\.scopes\.0/],
    ];
    for (const [text, message] of broken) {
      await writeFile(indexFile(), text);
      await assert.rejects(open(), message);
      await assert.rejects(ensureAdminToken(directory, clock), message);
      await assert.rejects(write(join(storage, "one")), message);
      await assert.rejects(stat(join(storage, "one")), { code: "ENOENT" });
    }
  });

  it("stay valid while a running server finds a broken index, which it says", async () => {
    const path = join(storage, "one");
    const store = await openAfter(() => write(path));
    await writeFile(indexFile(), "{");
    await clock.advance(1);
    assert.notEqual(await store.find(await tokenIn(path)), undefined);
    const line = lines.find(({ level }) => level === "error");
    assert.match(String(line?.fields.reason), /index\.json is not valid JSON/);
  });

  it("are never written over a file that is something else", async () => {
    const path = join(storage, "precious.yml");
    await writeFile(path, "route:\n");
    await assert.rejects(write(path), /precious\.yml exists and does not hold a token/);
    assert.equal(await readFile(path, "utf8"), "route:\n");
    await assert.rejects(write(join(directory, "index.json")), /Culprit's own/);
    await assert.rejects(write(directory), /Culprit's own/);
    await assert.rejects(write(storage), /cannot write/);
    await assert.rejects(write(join(storage, "missing", "token")), /the directory .*missing does not exist/);
    await assert.rejects(writeToken({ directory, path: join(storage, "x"), scopes: [] }, clock), /at least one scope/);
  });

  it("keep the old one valid when the new one cannot be written", async () => {
    const folder = join(storage, "etc");
    await mkdir(folder);
    const path = join(folder, "token");
    // Root writes wherever there is room.
    const disk = process.getuid?.() === 0 ? new SmallDisk(folder) : undefined;
    try {
      const store = await openAfter(() => write(path));
      const token = await tokenIn(path);
      if (disk === undefined) await chmod(folder, 0o500);
      else disk.fill();
      await assert.rejects(write(path), /cannot write .*token/);
      await clock.advance(1);
      assert.notEqual(await store.find(token), undefined);
      assert.equal(await tokenIn(path), token);
    } finally {
      disk?.remove();
      await chmod(folder, 0o700);
    }
  });

  it("replace a link instead of writing through it", async () => {
    const target = join(storage, "target");
    const path = join(storage, "link");
    await writeFile(target, "");
    await symlink(target, path);
    await write(path);
    assert.equal(await readFile(target, "utf8"), "");
    assert.match(await readFile(path, "utf8"), TOKEN);
  });

  it("stop with the file's name when the index cannot be read", async () => {
    if (process.getuid?.() === 0) {
      // Root reads everything, but not a directory.
      await mkdir(indexFile(), { recursive: true });
    } else {
      await ensureAdminToken(directory, clock);
      await chmod(indexFile(), 0o000);
    }
    await assert.rejects(open(), /cannot read .*index\.json: E/);
  });
});
