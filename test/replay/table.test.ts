import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseRecorded } from "../../src/recorder/format/parseLine.ts";
import { secondTableHead, secondTableRecord } from "../../src/recorder/format/secondTable.ts";
import type { Downsampled } from "../../src/recorder/ranges/downsample.ts";
import { type Range, rangeOf } from "../../src/recorder/ranges/range.ts";
import type { Opened } from "../../src/replay/opened.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { open, recordedLines, recording } from "./support.ts";

const fromMs = Date.UTC(2026, 10, 21, 10, 0, 0);
const head = secondTableHead.trimEnd();
const columns = head.split(",").length;

/** A row with a load and a top process, and nothing else. */
function row(second: number, load: number | string, process = "", cores: number | string = ""): string {
  const cells = Array.from({ length: columns }, () => "");
  cells[0] = new Date(fromMs + second * 1000).toISOString();
  cells[1] = "1";
  cells[3] = String(load);
  cells[columns - 2] = process;
  cells[columns - 1] = String(cores);
  return cells.join(",");
}

describe("Opening a table", () => {
  const tempDirectory = tempDirectories();

  async function opened(text: string | Buffer): Promise<Opened> {
    const path = join(await tempDirectory(), "web1.csv");
    await writeFile(path, text);
    return open(path, await tempDirectory());
  }

  async function recorded(): Promise<string> {
    const seconds = (await recordedLines()).map((line) => parseRecorded({ takenAtMs: 0, line }));
    return secondTableHead + seconds.map((second) => (second === undefined ? "" : secondTableRecord(second))).join("");
  }

  /** The figures alone: of the groups a table knows one. */
  async function figures(of: Opened, range: Range): Promise<Pick<Downsampled, "seconds" | "gaps" | "figures" | "covered">> {
    const { groups: _, mounts: __, ...rest } = await of.lookBack.downsampled(range);
    return rest;
  }

  it("draws the same figures as the recording that it was made of, second by second and in steps", async () => {
    const whole = await open(recording, await tempDirectory());
    const table = await opened(await recorded());
    assert.deepEqual([table.fromMs, table.toMs, table.kind], [whole.fromMs, whole.toMs, "table"]);
    for (const stepMs of [1000, 15_000, 60_000]) {
      const range = rangeOf({ fromMs: whole.fromMs, toMs: whole.toMs + 1, stepMs });
      const ofWhole = await figures(whole, range);
      const { figures: ofTable, ...rest } = await figures(table, range);
      // the recording's summaries tell nothing of a figure that is measured since
      const told = Object.entries(ofTable).filter(([name]) => stepMs < 60_000 || name in ofWhole.figures);
      assert.deepEqual({ ...rest, figures: Object.fromEntries(told) }, ofWhole);
    }
  });

  it("knows the room of the fullest file system, and what the history has in percent", async () => {
    const whole = await open(recording, await tempDirectory());
    const table = await opened(await recorded());
    const range = rangeOf({ fromMs: whole.fromMs, toMs: whole.toMs + 1, stepMs: 1000 });
    const [mounts, [own]] = [(await whole.lookBack.downsampled(range)).mounts, (await table.lookBack.downsampled(range)).mounts];
    assert.deepEqual(own, mounts[0]);
    const [entry] = await table.lookBack.history(1);
    assert.ok((entry?.cpu?.percent ?? 0) > 1 && (entry?.memory?.percent ?? 0) > 1, JSON.stringify(entry));
  });

  it("gives back the table that it was made of", async () => {
    const whole = await open(recording, await tempDirectory());
    const range = rangeOf({ fromMs: whole.fromMs, toMs: whole.toMs + 1, stepMs: 10_000 });
    const text = async (of: Opened) => {
      let all = "";
      for await (const record of of.lookBack.table(range)) all += record;
      return all;
    };
    const steps = await text(whole);
    assert.ok(steps.split("\r\n").length > 15);
    const table = await opened(steps);
    assert.equal(await text(table), steps);
    assert.deepEqual(await figures(table, range).then((known) => known.figures), (await figures(whole, range)).figures);
    assert.ok(table.notes.includes("a row of it stands for 10 s"));
  });

  it("fills the seconds of a step, and keeps its peak", async () => {
    const text = "time,recorded_seconds,load1,load1_peak\n2026-11-21T10:00:00.000Z,10,1.5,3\n2026-11-21T10:00:10.000Z,10,2,2\n";
    const table = await opened(text);
    const { seconds, figures: known } = await table.lookBack.downsampled(rangeOf({ fromMs, toMs: fromMs + 20_000, stepMs: 1000 }));
    assert.deepEqual(seconds, Array(20).fill(1));
    assert.deepEqual(known.load1?.mean, [...Array(10).fill(1.5), ...Array(10).fill(2)]);
    assert.deepEqual(known.load1?.peak, [...Array(10).fill(3), ...Array(10).fill(2)]);
  });

  it("knows nothing of a process in the seconds in which another one led", async () => {
    const table = await opened([head, row(0, 1, "sh", 0.5), row(1, 1, "'=cmd", 0.25), row(2, 1), ""].join("\r\n"));
    const { groups } = await table.lookBack.downsampled(rangeOf({ fromMs, toMs: fromMs + 3000, stepMs: 1000 }));
    const cores = Object.fromEntries(groups.map(({ process, kind, usage }) => [`${kind} ${process}`, usage.cpuCores?.mean]));
    assert.deepEqual(cores, { "process sh": [0.5, undefined, undefined], "process =cmd": [undefined, 0.25, undefined] });
    assert.deepEqual(await table.lookBack.history(2), [
      {
        ...{ hostname: "web1.csv", timestamp: "2026-11-21T10:00:01.000Z" },
        ...{ time: "2026-11-21T10:00:01.000Z", takenAtMs: fromMs + 1000, elapsedSeconds: 1, load1: 1 },
        top: { process: "=cmd", unit: "", container: "", user: "", cpuCores: 0.25 },
      },
      {
        ...{ hostname: "web1.csv", timestamp: "2026-11-21T10:00:02.000Z" },
        ...{ time: "2026-11-21T10:00:02.000Z", takenAtMs: fromMs + 2000, elapsedSeconds: 1, load1: 1 },
      },
    ]);
  });

  it("says what a table does not hold", async () => {
    const table = await opened(await recorded());
    assert.match(table.notes.join(), /other processes, their memory and I\/O, and spikes are not in it/);
    assert.deepEqual([table.spikes, table.recording, table.last], [[], undefined, undefined]);
  });

  it("takes one that went through a spreadsheet: another line end, quotation marks, a byte order mark, columns that are not there", async () => {
    const text = `\ufeff"time","elapsed_seconds","load1","top_process","top_process_cpu_cores"\n2026-11-21T10:00:00.000Z,1,"0.5","a ""b"", c",1\n`;
    const table = await opened(text);
    assert.equal((await table.lookBack.history(1))[0]?.top?.process, 'a "b", c');
  });

  it("leaves out a last row that is torn, and says so", async () => {
    const table = await opened(`${head}\r\n${row(0, 1)}\r\n${row(1, 1).slice(0, 30)}`);
    assert.equal((await table.lookBack.history(10)).length, 1);
    assert.match(
      table.notes[0] ?? "",
      new RegExp(`^line 3 is torn: it has no line end \\(\\d of ${columns} cells are there\\), and is left out$`),
    );
  });

  for (const [what, rows, message] of [
    [
      "a row torn in the middle",
      [row(0, 1).slice(0, 30), row(1, 1)],
      new RegExp(`line 2: expected ${columns} cells as in the head, found 5$`),
    ],
    ["a cell that is no number", [row(0, 1), row(1, "many")], /line 3, column load1: expected a number or nothing, found "many"$/],
    ["a time that is none", [row(0, 1).replace("2026", "X")], /line 2, column time: expected a time such as 2026-/],
    ["a quoted cell that goes wrong", [row(0, 1, '"a"b')], /line 2: expected a comma behind a quoted cell$/],
    ["nothing but a head", [], /no whole row behind its head; expected at least one$/],
  ] as const) {
    it(`refuses ${what} where there is no other row, naming the line, and leaves it out beside one`, async () => {
      const bad = rows.filter((one) => one !== row(0, 1) && one !== row(1, 1));
      await assert.rejects(opened([head, ...bad, ""].join("\r\n")), bad.length === 0 ? message : /line 2/);
      if (bad.length === 0) return;
      const table = await opened([head, ...rows, row(7, 1), row(8, "bad"), ""].join("\r\n"));
      const good = rows.length - bad.length + 1;
      assert.equal((await table.lookBack.history(10)).length, good);
      assert.match(table.notes[0] ?? "", new RegExp(`^2 rows are left out: ${message.source}`));
    });
  }

  it("refuses a column of a newer Culprit, and what is no text", async () => {
    await assert.rejects(
      opened("time,elapsed_seconds,gpu_usage_ratio\n"),
      /line 1: the column "gpu_usage_ratio" is not known; a newer Culprit/,
    );
    const bad = Buffer.concat([Buffer.from(`${head}\r\n${row(0, 1)}\r\n`), Buffer.from([0xff, 0xfe, 10])]);
    assert.match((await opened(bad)).notes[0] ?? "", /^1 row is left out: line 3: it is no UTF-8 text/);
  });
});
