import assert from "node:assert/strict";
import type { ProcessListRow } from "../../src/capture/making/processList.ts";
import type { ProcessUsage } from "../../src/model/snapshot.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { group, snapshotAt } from "../recorder/support.ts";
import { Stage } from "./support.ts";

interface Listed {
  readonly pid: number;
  readonly process: string;
  readonly user?: string;
  readonly unit?: string;
  readonly ageSeconds?: number;
  readonly state: string;
  readonly usage: ResourceUsage;
  readonly peak?: ResourceUsage;
}

function usageOf(pid: number, process: string, cpuCores: number, more: Partial<ProcessUsage> = {}): ProcessUsage {
  const usage = { cpuCores, residentBytes: 1000 * pid };
  return {
    key: `${pid}@100`,
    pid,
    parentPid: 1,
    groupId: process,
    process,
    state: "R",
    threads: 1,
    commandLine: `${process} --now`,
    usage,
    ...more,
  };
}

function row(pid: number, process: string): ProcessListRow {
  return {
    pid,
    parentPid: 1,
    user: "www",
    state: "S",
    threads: 2,
    cpuSeconds: 1,
    residentBytes: 5000,
    ageSeconds: 60,
    unit: "web.service",
    container: "",
    process,
    kernelThread: false,
    commandLine: `/usr/bin/${process}`,
  };
}

describe("GET /api/processes", () => {
  let stage: Stage;
  let nowMs: number;
  beforeEach(async () => {
    stage = await Stage.open();
    nowMs = stage.clock.wallMs();
  });
  afterEach(() => stage.close());

  const ask = async (query = "") =>
    (await stage.ask(`/api/processes${query}`)).json as {
      when: string;
      total: number;
      complete: boolean;
      seconds?: number;
      takenAtMs?: number;
      processes: Listed[];
    };

  /** Seconds before now in which these processes were busy. */
  function record(secondsAgo: number, processes: readonly ProcessUsage[]): void {
    const groups = [group("=burner,web.service", { cpuCores: 1 })];
    const snapshot = snapshotAt(nowMs - secondsAgo * 1000, groups);
    stage.recorder.record({ ...snapshot, host: { ...snapshot.host, bootTimeSeconds: nowMs / 1000 - 101 }, processes }, groups);
  }

  it("lists all processes of this moment with what they used lately, idle ones as well", async () => {
    stage.processRows = [row(7, "idler"), row(8, "nginx")];
    stage.recent = [0, 1].map((at) => ({ ...snapshotAt(nowMs + at, []), processes: [usageOf(8, "nginx: worker", 0.5 + at)] }));
    const { when, total, complete, processes } = await ask();
    assert.deepEqual([when, total, complete], ["now", 2, true]);
    assert.deepEqual(
      processes.map(({ pid, process, usage }) => [pid, process, usage.cpuCores, usage.residentBytes]),
      [
        [8, "nginx: worker", 1, 5000],
        [7, "idler", 0, 5000],
      ],
    );
    assert.deepEqual([processes[1]?.user, processes[1]?.unit, processes[1]?.ageSeconds], ["www", "web.service", 60]);
  });

  it("reads the table once a second at most, however many look", async () => {
    await Promise.all([ask(), ask("?sort=residentBytes"), ask("?filter=x")]);
    assert.equal(stage.processReads, 1);
    await stage.clock.advance(1);
    await ask();
    assert.equal(stage.processReads, 2);
  });

  it("finds by name, pid, user, unit and command line, and cuts where it is told to", async () => {
    stage.processRows = [row(7, "idler"), row(8, "nginx"), row(9, "other")];
    const pids = async (query: string) => (await ask(query)).processes.map(({ pid }) => pid);
    assert.deepEqual(await pids("?filter=NGINX"), [8]);
    assert.deepEqual(await pids("?filter=/usr/bin/other"), [9]);
    assert.equal((await pids("?filter=web.service")).length, 3);
    const limited = await ask("?limit=1");
    assert.deepEqual([limited.processes.length, limited.total], [1, 3]);
  });

  it("sorts those that wait for a disk among those that run, so that a limit does not cut them off", async () => {
    const usage = (more: ResourceUsage) => ({ usage: { residentBytes: 1000, ...more } });
    record(10, [
      usageOf(7, "runs", 0, usage({ runningTasks: 1, uninterruptibleTasks: 0 })),
      usageOf(8, "sleeps", 0.2, usage({ runningTasks: 0, uninterruptibleTasks: 0 })),
      usageOf(9, "waits", 0, usage({ runningTasks: 0, uninterruptibleTasks: 2 })),
    ]);
    const { processes } = await ask(`?at=${nowMs - 10_000}&sort=runningTasks&limit=2`);
    assert.deepEqual(
      processes.map(({ process }) => process),
      ["waits", "runs"],
    );
  });

  it("lists the busiest of a recorded second, with their age then", async () => {
    record(10, [usageOf(8, "burner", 0.9), usageOf(9, "late", 0.1)]);
    record(9, [usageOf(8, "burner", 0.2)]);
    const { when, takenAtMs, complete, processes } = await ask(`?at=${nowMs - 10_000}`);
    assert.deepEqual([when, takenAtMs, complete], ["second", nowMs - 10_000, false]);
    assert.deepEqual(
      processes.map(({ pid, usage }) => [pid, usage.cpuCores]),
      [
        [8, 0.9],
        [9, 0.1],
      ],
    );
    assert.equal(Math.round(processes[0]?.ageSeconds ?? 0), 90);
    assert.equal((await stage.ask(`/api/processes?at=${nowMs - 3_600_000}`)).status, 404);
  });

  it("gives mean and peak over a range, where a second without it counts as nothing", async () => {
    for (let ago = 10; ago > 0; ago--) record(ago, ago > 5 ? [usageOf(8, "burner", ago === 6 ? 2 : 1)] : []);
    const { when, seconds, processes } = await ask(`?from=${nowMs - 10_000}&to=${nowMs}`);
    assert.equal(when, "range");
    assert.equal(Math.round(seconds ?? 0), 10);
    const [burner] = processes;
    assert.ok(Math.abs((burner?.usage.cpuCores ?? 0) - 0.6) < 0.01);
    assert.equal(burner?.usage.residentBytes, 8000);
    assert.equal(burner?.peak?.cpuCores, 2);
  });

  it("says what it expected", async () => {
    for (const [query, expected] of [
      ["?sort=age", /^sort: expected one of cpuCores/],
      ["?limit=0", /^limit: expected a whole number from 1 to 5000/],
      [`?from=${nowMs}`, /^from: expected a time before to, and both/],
      [`?from=${nowMs - 7_200_000}&to=${nowMs}`, /^from: expected at most an hour before to/],
      [`?at=${nowMs}&from=${nowMs - 1}&to=${nowMs}`, /^at: expected either at, or from and to/],
    ] as const) {
      const { status, error } = await stage.ask(`/api/processes${query}`);
      assert.equal(status, 400, query);
      assert.match(error, expected);
    }
  });

  it("lists those that did something lately where there is no table", async () => {
    await stage.close();
    stage = await Stage.prepare();
    stage.hasProcessTable = false;
    stage.recent = [0, 1].map((at) => ({ ...snapshotAt(nowMs + at, []), processes: at === 0 ? [] : [usageOf(8, "nginx", 1)] }));
    await stage.start();
    const { when, complete, processes } = await ask();
    assert.deepEqual([when, complete, processes[0]?.process, processes[0]?.usage.cpuCores], ["now", false, "nginx", 0.5]);
  });

  it("knows no now of a recording, and is for those who may read", async () => {
    await stage.close();
    stage = await Stage.prepare();
    stage.live = undefined;
    await stage.start({ auth: "always" });
    assert.equal((await stage.ask("/api/processes")).status, 401);
    const { status, error } = await stage.ask("/api/processes", { headers: stage.bearer("read") });
    assert.equal(status, 404);
    assert.match(error, /this is a recording/);
  });
});
