import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../src/sampler/clock.ts";
import { openTokens } from "../../../src/server/auth/openTokens.ts";
import type { FileTokens } from "../../../src/server/auth/tokenStore.ts";
import { ensureAdminToken, writeToken } from "../../../src/server/auth/tokens.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { recordedLog } from "../../support/recordedLog.ts";
import { requireRoot } from "../../support/servers.ts";
import { SmallDisk } from "../../support/smallDisk.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";

describe("The tokens of a storage", () => {
  const tempDirectory = tempDirectories();
  let storage: string;
  let directory: string;
  let clock: ManualClock;
  let log: ReturnType<typeof recordedLog>;
  beforeEach(async () => {
    storage = join(await tempDirectory(), "storage");
    directory = join(storage, "tokens");
    clock = new ManualClock();
    log = recordedLog();
    await mkdir(storage);
  });

  const open = () => openTokens(directory, clock, log.log);
  const loud = () => log.lines().filter(({ level }) => level === "error" || level === "warn");

  it("stay valid when somebody removes the storage, and are written back as they were, said once", async () => {
    const path = join(directory, "alertmanager");
    await ensureAdminToken(directory, clock);
    await writeToken({ directory, path, scopes: ["capture"] }, clock);
    const token = (await readFile(path, "utf8")).trim();
    const index = await readFile(join(directory, "index.json"), "utf8");
    const { admin, tokens, check } = await open();
    await check();
    assert.deepEqual(loud(), []);

    await rm(storage, { recursive: true });
    await clock.advance(2);
    assert.deepEqual((await tokens.find(token))?.scopes, ["capture"]);
    assert.deepEqual((await tokens.find(admin.token ?? ""))?.name, "admin");
    // its place is taken: nothing can be written back
    await writeFile(storage, "in the way");
    await assert.rejects(check(), /tokens/);
    await assert.rejects(check(), /tokens/);
    await clock.advance(2);
    assert.deepEqual((await tokens.find(token))?.scopes, ["capture"]);
    await rm(storage);
    await check();
    await check();

    assert.equal(loud().length, 1);
    assert.match(String(loud()[0]?.message), /^tokens: their index is gone; those read last stay valid/);
    assert.equal(await readFile(join(directory, "index.json"), "utf8"), index);
    assert.equal((await readFile(join(directory, "admin"), "utf8")).trim(), admin.token, "it is known in plain text, the others are not");
    assert.deepEqual((await readdir(directory)).sort(), ["admin", "index.json"]);
    const modes = await Promise.all([directory, ...["admin", "index.json"].map((name) => join(directory, name))].map((one) => stat(one)));
    assert.deepEqual(
      modes.map(({ mode }) => (mode & 0o777).toString(8)),
      ["700", "600", "600"],
    );
    assert.notEqual(await (await open()).tokens.find(token), undefined, "the next start knows them, too");
  });

  it("stay valid when a token is written into the storage before anybody has seen that it is gone", async () => {
    await ensureAdminToken(directory, clock);
    const [old, added] = [join(directory, "alertmanager"), join(directory, "prometheus")];
    await writeToken({ directory, path: old, scopes: ["capture"] }, clock);
    const token = (await readFile(old, "utf8")).trim();
    const { admin, tokens, check } = await open();
    await check();

    await rm(storage, { recursive: true });
    await writeToken({ directory, path: added, scopes: ["read"] }, clock);
    const [newToken, newAdmin] = await Promise.all([added, admin.path].map(async (path) => (await readFile(path, "utf8")).trim()));
    await check();
    const scopesOf = async (some: FileTokens) =>
      Promise.all([token, admin.token, newToken, newAdmin].map(async (one) => (await some.find(one ?? ""))?.scopes.length));
    assert.deepEqual(await scopesOf(tokens), [1, 4, 1, 4]);
    assert.deepEqual(
      loud().map(({ message }) => String(message).slice(0, 36)),
      ["tokens: their index was made anew; t"],
    );
    const again = await open();
    assert.deepEqual(await scopesOf(again.tokens), [1, 4, 1, 4], "the next start knows them, too");
    assert.equal(again.admin.token, newAdmin);

    await writeToken({ directory, path: admin.path, scopes: ["admin"] }, clock);
    await clock.advance(2);
    assert.deepEqual(await scopesOf(tokens), [1, undefined, 1, undefined], "and who replaces one revokes it");
    await writeFile(join(directory, "index.json"), '{"version":1,"tokens":[]}');
    await clock.advance(2);
    assert.deepEqual(await scopesOf(tokens), [undefined, undefined, undefined, undefined]);
  });

  it("are not replaced by who finds none and makes the first, while they are written back", async () => {
    // the lock of the index is waited for
    const openNow = () => openTokens(directory, systemClock, log.log);
    const { admin, check } = await openNow();
    for (let round = 0; round < 3; round++) {
      await rm(storage, { recursive: true });
      const path = join(directory, "prometheus");
      await Promise.all([check(), writeToken({ directory, path, scopes: ["read"] }, systemClock)]);
      await check();
      const { tokens, close } = await openNow();
      const found = await Promise.all([admin.token ?? "", (await readFile(path, "utf8")).trim()].map((token) => tokens.find(token)));
      assert.deepEqual(
        found.map((one) => one?.name),
        ["admin", "prometheus"],
        `round ${round}`,
      );
      await close();
    }
  });

  it("that are revoked in the file stay revoked: an index that is there is believed, an empty one too", async () => {
    const { admin, tokens, check } = await open();
    await writeFile(join(directory, "index.json"), '{"version":1,"tokens":[]}');
    await clock.advance(2);
    assert.equal(await tokens.find(admin.token ?? ""), undefined);
    await check();
    assert.equal(await readFile(join(directory, "index.json"), "utf8"), '{"version":1,"tokens":[]}');
    await rm(directory, { recursive: true });
    await check();
    assert.deepEqual(JSON.parse(await readFile(join(directory, "index.json"), "utf8")).tokens, []);
    assert.deepEqual(await readdir(directory), ["index.json"], "and a revoked one is not written back");
  });

  it("are one of the administrator's, in memory, where a full disk takes none, and it is the one that is written once there is room", async function () {
    requireRoot(this);
    const disk = new SmallDisk(storage);
    try {
      disk.fill();
      const { admin, tokens, check } = await open();
      assert.match(admin.token ?? "", /^culprit_[\w-]{43}$/);
      assert.equal(await tokens.isWritten(), false);
      assert.deepEqual((await tokens.find(admin.token ?? ""))?.scopes, ["read", "capture", "ingest", "admin"]);
      assert.match(String(loud()[0]?.message), /^tokens: none can be written; one of the administrator's is valid in memory/);
      assert.ok(!JSON.stringify(log.lines()).includes(admin.token ?? "-"));
      await assert.rejects(check(), /ENOSPC/);
      assert.deepEqual(await readdir(directory), [], "no lock and no half of a file is left");
      disk.makeRoom();
      await check();
      await clock.advance(2);
      assert.equal((await tokens.find(admin.token ?? ""))?.name, "admin");
      assert.equal((await readFile(admin.path, "utf8")).trim(), admin.token);
      const again = await open();
      assert.deepEqual([again.admin.token, again.admin.created], [admin.token, false]);
    } finally {
      disk.remove();
    }
  });

  it("are those of before on a full disk, and no new one is made beside them", async function () {
    requireRoot(this);
    const disk = new SmallDisk(storage);
    try {
      const first = await ensureAdminToken(directory, clock);
      disk.fill();
      const { admin, tokens } = await open();
      assert.equal(admin.token, first.token);
      assert.equal(await tokens.isWritten(), true);
      await assert.rejects(writeToken({ directory, path: first.path, scopes: ["read"] }, clock), /ENOSPC/);
      await clock.advance(2);
      assert.deepEqual((await tokens.find(first.token ?? ""))?.scopes.length, 4, "a refused replacement has revoked nothing");
      assert.equal((await readFile(first.path, "utf8")).trim(), first.token);
    } finally {
      disk.remove();
    }
  });
});
