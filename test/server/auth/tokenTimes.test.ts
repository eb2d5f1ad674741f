import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../../src/log.ts";
import { hashToken } from "../../../src/server/auth/tokenStore.ts";
import { loadTokens, writeToken } from "../../../src/server/auth/tokens.ts";
import { TokenUses } from "../../../src/server/auth/tokenUses.ts";
import { ManualClock } from "../../support/manualClock.ts";

describe("tokens, as time passes", () => {
  let directory: string;
  let clock: ManualClock;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "culprit-tokens-"));
    clock = new ManualClock();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("expire when they were told to, without a restart", async () => {
    const path = join(directory, "grafana");
    await writeToken({ directory, path, scopes: ["read"], validSeconds: 3600 }, clock);
    const store = await loadTokens(directory, clock, silentLog);
    const token = (await readFile(path, "utf8")).trim();
    assert.equal((await store.find(token))?.name, "grafana");
    await clock.advance(3599);
    assert.equal((await store.find(token))?.name, "grafana");
    await clock.advance(1);
    assert.equal(await store.find(token), undefined);
  });

  it("remember when they were used last, over a restart and on the disk within a minute", async () => {
    const { path } = await writeToken({ directory, path: join(directory, "grafana"), scopes: ["read"] }, clock);
    const token = (await readFile(path, "utf8")).trim();
    const uses = new TokenUses(directory, clock, silentLog);
    const store = await loadTokens(directory, clock, silentLog, [], uses);
    await store.find("culprit_somebody_elses");
    await store.find(token);
    const usedMs = clock.wallMs();
    assert.equal(uses.lastMs(hashToken(token)), usedMs);
    await clock.advance(61);
    await uses.flush();
    const later = new TokenUses(directory, clock, silentLog);
    await later.load();
    assert.equal(later.lastMs(hashToken(token)), usedMs);
    assert.ok(!(await readFile(join(directory, "used.json"), "utf8")).includes(token));
  });
});
