import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { group, other, snapshotAt } from "../recorder/support.ts";
import { Stage } from "./support.ts";

interface Series {
  readonly mean: readonly (number | null)[];
  readonly peak: readonly (number | null)[];
}

interface Answer {
  readonly host: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  readonly covered: { readonly fromMs: number; readonly toMs: number } | null;
  readonly minutesBeforeMs: number | null;
  readonly times: readonly number[];
  readonly seconds: readonly number[];
  readonly gaps: readonly number[];
  readonly figures: Readonly<Record<string, Series>>;
  readonly groups: readonly { readonly kind: string; readonly process: string; readonly usage: Readonly<Record<string, Series>> }[];
}

describe("The recording over HTTP", () => {
  let stage: Stage;
  let nowMs: number;
  beforeEach(async () => {
    stage = await Stage.open();
    nowMs = stage.clock.wallMs();
  });
  afterEach(() => stage.close());

  /** Seconds up to now in which a burner burns, and in the one named it burns most. */
  function record(count: number, highest = 0): void {
    for (let second = count; second > 0; second--) {
      const groups = [group("=burner,", { cpuCores: second === highest ? 3 : 1 }), other({ cpuCores: 0.5 })];
      stage.recorder.record(snapshotAt(nowMs - second * 1000, groups), groups);
    }
  }

  const snapshots = async (query = "") => (await stage.ask(`/api/snapshots${query}`)).json as unknown as Answer;

  describe("GET /api/snapshots", () => {
    it("goes on by the minute where the seconds are gone, and says up to when", async () => {
      const dayMs = 86_400_000;
      const agoMs = nowMs - 3 * dayMs;
      for (const fromMs of [agoMs, nowMs - 600_000]) {
        for (let second = 0; second < 60; second += 10) {
          const groups = [group("old", { cpuCores: 2 })];
          stage.recorder.record(snapshotAt(fromMs + second * 1000, groups, { elapsedSeconds: 10 }), groups);
        }
      }
      await stage.recorder.close({ pack: true });
      const recording = join(stage.directory, "recording");
      const stem = new Date(agoMs).toISOString().replaceAll("-", "").slice(0, 8);
      for (const name of await readdir(recording)) if (name.startsWith(`${stem}T`)) await rm(join(recording, name));
      const answer = await snapshots(`?from=${agoMs}&to=${agoMs + 60_000}&step=1`);
      assert.deepEqual([answer.stepSeconds, answer.minutesBeforeMs], [60, answer.toMs]);
      const old = answer.groups.find(({ process }) => process === "old");
      assert.equal(Math.max(...(old?.usage.cpuCores?.peak ?? []).map((peak) => peak ?? 0)), 2);
      assert.equal((await snapshots(`?from=${nowMs - 600_000}&to=${nowMs}&step=1`)).minutesBeforeMs, null);
      const csv = await stage.ask(`/api/snapshots.csv?from=${agoMs}&to=${agoMs + 60_000}&step=1`);
      assert.match(csv.text, /,old,2\r\n/);
      const { json } = await stage.ask(`/api/search?q=old&from=${agoMs - dayMs}`);
      assert.equal((json as unknown as { total: number }).total, 1);
      const host = (await stage.ask("/api/host")).json as unknown as { recordedFromMs: number; secondsFromMs: number };
      assert.ok(host.recordedFromMs < host.secondsFromMs);
    });

    it("is the last twenty minutes when nothing else is asked for, a point a second", async () => {
      record(60);
      const answer = await snapshots();
      assert.deepEqual([answer.host, answer.fromMs, answer.toMs, answer.stepSeconds], ["web1", nowMs - 1_200_000, nowMs, 1]);
      assert.equal(answer.times.length, 1200);
      assert.deepEqual(answer.covered, { fromMs: nowMs - 60_000, toMs: nowMs - 1000 });
      assert.deepEqual(answer.figures.cpuUsageRatio?.mean.slice(-2), [0.375, 0.375]);
      assert.deepEqual(answer.figures.cpuUsageRatio?.mean.slice(0, 2), [null, null]);
      assert.deepEqual(
        answer.groups.map(({ kind, process }) => [kind, process]),
        [
          ["process", "=burner,"],
          ["other", ""],
        ],
      );
    });

    it("is as fine as the step says, in seconds or as a duration, and keeps the highest second", async () => {
      record(600, 300);
      for (const step of ["60", "1m", "60000ms"]) {
        const answer = await snapshots(`?from=${nowMs - 600_000}&to=${nowMs}&step=${step}`);
        assert.equal(answer.stepSeconds, 60);
        assert.deepEqual(answer.groups[0]?.usage.cpuCores?.peak, [1, 1, 1, 1, 1, 3, 1, 1, 1, 1]);
        assert.deepEqual(answer.groups[0]?.usage.cpuCores?.mean[5], 1.0333);
      }
    });

    it("says so plainly when nothing is recorded", async () => {
      const { covered, figures, groups, seconds } = await snapshots(`?from=${nowMs - 60_000}`);
      assert.deepEqual([covered, figures, groups, seconds.every((one) => one === 0)], [null, {}, [], true]);
    });

    it("is packed for whoever can unpack it", async () => {
      record(10);
      const { bytes, headers } = await stage.ask("/api/snapshots", { headers: { "Accept-Encoding": "gzip" } });
      assert.equal(headers["content-encoding"], "gzip");
      assert.equal((JSON.parse(gunzipSync(bytes).toString()) as Answer).times.length, 1200);
    });

    for (const [query, expected] of [
      ["from=the+night", /^from: expected a moment such as 03:12, .* or milliseconds since 1970, got "the night"$/],
      ["to=1795255200", /^to: expected a moment .* or milliseconds since 1970, .*; this looks like seconds$/],
      ["from=1795255200000&to=1795255200000", /^from: expected a time before to, which is 1795255200000, got 1795255200000$/],
      ["step=0", /^step: expected seconds or a duration of at least 100ms, such as 15, 30s or 5m, got "0"$/],
      ["step=-5", /^step: expected seconds or a duration/],
      ["step=5minutes", /^step: expected seconds or a duration/],
      ["step=1s&step=2s", /^step: expected at most once$/],
      ["from=1795236000000&to=1795250000000&step=1", /^step: expected at least 3 s for this range, which gives 5000 points/],
    ] as const) {
      it(`refuses ${query} and says what was expected`, async () => {
        const { status, error } = await stage.ask(`/api/snapshots?${query}`);
        assert.equal(status, 400);
        assert.match(error, expected);
      });
    }
  });

  describe("GET /api/snapshots.csv", () => {
    it("is the same figures as a table, without records where nothing is known", async () => {
      record(120, 90);
      const { text, headers } = await stage.ask(`/api/snapshots.csv?from=${nowMs - 3_600_000}&to=${nowMs}&step=1m`);
      assert.match(headers["content-type"] ?? "", /^text\/csv; charset=utf-8/);
      assert.match(headers["content-disposition"] ?? "", /^attachment; filename="web1-20261121T090000Z\.csv"$/);
      const [head, ...records] = text.split("\r\n").map((line) => line.split(","));
      assert.deepEqual(head?.slice(0, 6), ["time", "recorded_seconds", "cpu_usage_ratio", "cpu_usage_ratio_peak", "load1", "load1_peak"]);
      assert.deepEqual(records[0]?.slice(0, 4), ["2026-11-21T09:58:00.000Z", "60", "0.3833", "0.875"]);
      assert.equal(text.split("\r\n")[1]?.endsWith(`"'=burner,",3`), true);
      assert.equal(records.length, 3);
      assert.ok(
        records.slice(0, 2).every((record) => record.length === (head?.length ?? 0) + 1),
        "one quoted comma each",
      );
    });

    it("has no limit of points, and is refused with a sentence as the JSON is", async () => {
      record(5);
      const day = await stage.ask(`/api/snapshots.csv?from=${nowMs - 3 * 3_600_000}&step=1`);
      assert.deepEqual([day.status, day.text.split("\r\n").length], [200, 7]);
      assert.equal((await stage.ask("/api/snapshots.csv?step=x")).status, 400);
    });

    it("is not sent to a HEAD, but described", async () => {
      const { status, text, headers } = await stage.ask("/api/snapshots.csv", { method: "HEAD" });
      assert.deepEqual([status, text], [200, ""]);
      assert.match(headers["content-type"] ?? "", /^text\/csv/);
    });
  });

  describe("GET /history", () => {
    const history = async (query = "") => (await stage.ask(`/history${query}`)).json as unknown as Record<string, unknown>[];

    it("is an entry a second, newest last: figures and who used most CPU", async () => {
      record(1100);
      const entries = await history();
      assert.equal(entries.length, 1000);
      assert.deepEqual(entries.at(-1), {
        ...{ hostname: "web1", timestamp: new Date(nowMs - 1000).toISOString(), cpu: { percent: 37.5 } },
        time: new Date(nowMs - 1000).toISOString(),
        takenAtMs: nowMs - 1000,
        elapsedSeconds: 1,
        cpuUsageRatio: 0.375,
        load1: 1.5,
        load5: 1,
        load15: 1,
        top: { process: "=burner,", unit: "", container: "", user: "root", cpuCores: 1 },
      });
      assert.equal((entries[0]?.takenAtMs as number) + 999_000, entries.at(-1)?.takenAtMs);
    });

    it("has the shape that a hub takes: CPU with its cores, memory and the disk, in percent and bytes", async () => {
      const host = {
        cpu: {
          cores: 2,
          busySeconds: 0,
          busyCores: 1,
          usageRatio: 0.5,
          coreUsageRatios: [1, 0].map((cpu) => ({ cpu, ratio: cpu / 4 + 0.25 })),
        },
        memory: { totalBytes: 8000, availableBytes: 2000, usageRatio: 0.75 },
        filesystems: [
          { device: "/dev/b", fstype: "ext4", mountpoint: "/srv", size: { sizeBytes: 100, freeBytes: 1, availableBytes: 1 } },
          { device: "/dev/a", fstype: "ext4", mountpoint: "/", size: { sizeBytes: 1000, freeBytes: 300, availableBytes: 250 } },
        ],
      };
      stage.recorder.record(snapshotAt(nowMs - 2000, [], { host }), []);
      stage.recorder.record(snapshotAt(nowMs - 1000, [], { host }), []);
      const [, entry] = await history("?limit=2");
      const { hostname, timestamp, cpu, memory, disk } = entry ?? {};
      assert.deepEqual(
        { hostname, timestamp, cpu, memory, disk },
        {
          hostname: "web1",
          timestamp: new Date(nowMs - 1000).toISOString(),
          cpu: { percent: 50, per_core: [25, 50] },
          memory: { total: 8000, used: 6000, free: 2000, percent: 75 },
          disk: { total: 1000, used: 750, free: 250, percent: 75 },
        },
      );
    });

    it("is as long as it was asked to be, and as long as there is something", async () => {
      assert.deepEqual(await history(), []);
      record(1300);
      assert.equal((await history("?limit=3&host=web1")).length, 3);
      assert.equal((await history("?limit=10000")).length, 1300);
    });

    for (const [query, status, expected] of [
      ["limit=0", 400, 'limit: expected a whole number from 1 to 10000, got "0"'],
      ["limit=many", 400, 'limit: expected a whole number from 1 to 10000, got "many"'],
      ["host=web2", 404, 'there is no history of "web2" here; known: web1'],
    ] as const) {
      it(`refuses ${query}`, async () => {
        const answer = await stage.ask(`/history?${query}`);
        assert.deepEqual([answer.status, answer.error], [status, expected]);
      });
    }
  });

  it("needs the scope read where everybody is asked", async () => {
    const strict = await Stage.open({ auth: "always" });
    try {
      for (const path of ["/api/snapshots", "/api/snapshots.csv", "/history"]) {
        assert.equal((await strict.ask(path)).status, 401, path);
        assert.equal((await strict.ask(path, { headers: strict.bearer("capture") })).status, 403, path);
        assert.equal((await strict.ask(path, { headers: strict.bearer("read") })).status, 200, path);
      }
    } finally {
      await strict.close();
    }
  });
});
