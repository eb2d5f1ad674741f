import assert from "node:assert/strict";
import type { AfterContext, AfterPart } from "../../src/capture/making/part.ts";
import { eventsPart } from "../../src/capture/parts/events.ts";
import { processesBeforePart } from "../../src/capture/parts/processesBefore.ts";
import { snapshotsPart } from "../../src/capture/parts/snapshots.ts";
import { csvLine } from "../../src/recorder/format/csv.ts";
import { encodeSnapshot } from "../../src/recorder/format/encodeLine.ts";
import type { RecordedLine } from "../../src/recorder/format/line.ts";
import { group, smallProcessList, snapshotAt, textOf } from "./support.ts";

const t0 = Date.UTC(2026, 10, 21, 10, 0, 0);

async function filesOf(part: AfterPart, recorded: readonly RecordedLine[]): Promise<Record<string, string>> {
  const context: AfterContext = {
    request: {} as AfterContext["request"],
    processList: async () => smallProcessList,
    asked: { fromMs: t0, toMs: t0 },
    recorded,
  };
  const files = await part.run(context, new AbortController().signal);
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file.name, await textOf(file)])));
}

describe("the recorded seconds in an archive", () => {
  /** As the recorder itself writes them. */
  const recorded: readonly RecordedLine[] = [
    { ...snapshotAt(t0, []), elapsedSeconds: undefined },
    snapshotAt(t0 + 1000, [
      group("idle", { cpuCores: 0, residentBytes: 5 }),
      group("=cmd|' /C calc'!A1", { cpuCores: 1.25, residentBytes: 10, writtenBytesPerSecond: 7 }, { user: 'a"b' }),
      group("", { cpuCores: 2 }, { kind: "unattributed", unit: "", user: "" }),
    ]),
    snapshotAt(t0 + 2000, [group("waits", { uninterruptibleTasks: 2 })]),
  ].map((snapshot) => ({ takenAtMs: snapshot.takenAtMs, line: encodeSnapshot(snapshot as never, snapshot.groups, undefined) }));

  it("are one JSON line each, as the recorder has them", async () => {
    const lines = (await filesOf(snapshotsPart, recorded))["snapshots.jsonl"];
    assert.equal(lines, recorded.map(({ line }) => `${line}\n`).join(""));
  });

  it("are a table of the host's figures, where unknown is empty", async () => {
    const lines = (await filesOf(snapshotsPart, recorded))["snapshots.csv"]?.split("\r\n") ?? [];
    const rows = lines.map((line) => line.split(","));
    assert.equal(rows.length, 5);
    assert.deepEqual(rows[0]?.slice(0, 7), [
      "time",
      "elapsed_seconds",
      "cpu_usage_ratio",
      "load1",
      "load5",
      "load15",
      "memory_usage_ratio",
    ]);
    assert.deepEqual(rows[1]?.slice(0, 3), ["2026-11-21T10:00:00.000Z", "", "0"]);
    const known = rows[0]?.flatMap((name, column) => (rows[2]?.[column] === "" ? [] : [`${name} ${rows[2]?.[column]}`]));
    assert.deepEqual(known, [
      ...["time 2026-11-21T10:00:01.000Z", "elapsed_seconds 1", "cpu_usage_ratio 0.8125", "load1 3.25", "load5 0.5", "load15 0.25"],
      ...["memory_usage_ratio 0.4", "memory_total_bytes 1000", "memory_available_bytes 600"],
      ...["top_process '=cmd|' /C calc'!A1", "top_process_cpu_cores 1.25"],
    ]);
    assert.ok(rows.slice(0, 4).every((row) => row.length === rows[0]?.length));
  });

  it("are a table of who did something, second by second", async () => {
    const lines = (await filesOf(processesBeforePart, recorded))["processes-before.csv"]?.split("\r\n");
    assert.deepEqual(lines, [
      "time,kind,process,unit,container,user,cpu_cores,resident_bytes,read_bytes_per_second,written_bytes_per_second,running_tasks,uninterruptible_tasks",
      `2026-11-21T10:00:01.000Z,process,'=cmd|' /C calc'!A1,'=cmd|' /C calc'!A1.service,,"a""b",1.25,10,,7,,`,
      "2026-11-21T10:00:01.000Z,unattributed,,,,,2,,,,,",
      "2026-11-21T10:00:02.000Z,process,waits,waits.service,,root,,,,,,2",
      "",
    ]);
  });

  it("survive a line that is none, and being none at all", async () => {
    const torn = [...recorded.slice(0, 2), { takenAtMs: t0, line: '{"takenAtMs":1,' }, { takenAtMs: t0, line: "null" }];
    assert.equal((await filesOf(snapshotsPart, torn))["snapshots.csv"]?.split("\r\n").length, 4);
    assert.equal((await filesOf(processesBeforePart, []))["processes-before.csv"]?.split("\r\n").length, 2);
    assert.equal((await filesOf(snapshotsPart, []))["snapshots.jsonl"], "");
  });

  it("let the event loop turn while they are worked through", async () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ ...recorded[1], takenAtMs: t0 + index }) as RecordedLine);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await filesOf(processesBeforePart, many);
    clearInterval(timer);
    assert.ok(turns > 5, `${turns} turns`);
  });
});

describe("a CSV record", () => {
  const cases: readonly [string, string][] = [
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", '"two\nlines"'],
    [" padded ", '" padded "'],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-bash", "'-bash"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", '"\'\r=1"'],
    ["＝1", "'＝1"],
    ["=1,2", `"'=1,2"`],
    ["a=1", "a=1"],
  ];
  for (const [text, expected] of cases) {
    it(`writes ${JSON.stringify(text)} as ${JSON.stringify(expected)}`, () => assert.equal(csvLine([text]), `${expected}\r\n`));
  }

  it("leaves unknown numbers empty, and true ones as they are", () => {
    assert.equal(csvLine([undefined, Number.NaN, Number.POSITIVE_INFINITY, 0, -1.5]), ",,,0,-1.5\r\n");
  });
});

describe("the events in an archive", () => {
  it("are those of its time and of the hour before", async () => {
    const asked: number[][] = [];
    const event = { id: "e1", atMs: t0 - 60_000, kind: "deployment", text: "deployed 1.4" } as const;
    const part = eventsPart((fromMs, toMs) => {
      asked.push([fromMs - t0, toMs - t0]);
      return [event];
    });
    const file = JSON.parse((await filesOf(part, []))["events.json"] ?? "");
    assert.deepEqual(file, { schemaVersion: 1, events: [event] });
    assert.deepEqual(asked, [[-3_600_000, 0]]);
  });
});
