import assert from "node:assert/strict";
import { aloneValues, findLine } from "../../src/page/logic/alone.ts";
import { charts, hiddenAtFirst, toggled } from "../../src/page/logic/charts.ts";
import { focusOf } from "../../src/page/logic/focus.ts";
import { timesIn } from "../../src/page/logic/format.ts";
import { processRows } from "../../src/page/logic/processes.ts";
import { filterRows, rowsOf, sortRows } from "../../src/page/logic/table.ts";
import { frameWith, labels, second, t0 } from "./support.ts";

const frame = frameWith(
  second(t0, { tar: { cpuCores: 1, runningTasks: 1, residentBytes: 100 }, cat: { cpuCores: 0.2, writtenBytesPerSecond: 9 } }),
  second(t0 + 1000, { tar: { cpuCores: 3, runningTasks: 2, uninterruptibleTasks: 1, residentBytes: 200 }, cat: { cpuCores: 0.2 } }),
  second(t0 + 2000, { cat: { cpuCores: 0.4 }, idle: { cpuCores: 0 } }),
);

describe("the table of who used what", () => {
  it("shows mean and peak of a range, and one second as it was", () => {
    const [tar] = sortRows(rowsOf(frame, 0, 2), "cpu");
    assert.equal(tar?.name, "tar");
    assert.ok(Math.abs((tar?.cells.cpu.mean ?? 0) - 4 / 3) < 1e-9);
    assert.equal(tar?.cells.cpu.peak, 3);
    assert.deepEqual(tar?.cells.tasks, { mean: 4 / 3, peak: 2 });
    const [then] = sortRows(rowsOf(frame, 1, 1), "cpu");
    assert.deepEqual([then?.cells.cpu, then?.cells.tasks.mean, then?.blocked.mean], [{ mean: 3, peak: 3 }, 3, 1]);
  });

  it("leaves out who did nothing and holds nothing", () => {
    assert.deepEqual(
      rowsOf(frame, 2, 2).map(({ name }) => name),
      ["cat"],
    );
  });

  it("is sorted by what is asked for; what is unknown comes last", () => {
    const names = (by: "cpu" | "write" | "name" | "memory") => sortRows(rowsOf(frame, 0, 0), by).map(({ name }) => name);
    assert.deepEqual(names("cpu"), ["tar", "cat"]);
    assert.deepEqual(names("write"), ["cat", "tar"]);
    assert.deepEqual(names("memory"), ["tar", "cat"]);
    assert.deepEqual(names("name"), ["cat", "tar"]);
  });

  it("is filtered by all words, in names and places", () => {
    const rows = rowsOf(frame, 0, 0);
    assert.deepEqual(
      filterRows(rows, "ROOT ta").map(({ name }) => name),
      ["tar"],
    );
    assert.equal(filterRows(rows, " ").length, 2);
  });

  it("tells of now at rest, of one moment under the cursor, of the range otherwise", () => {
    const times = timesIn("UTC");
    const now = focusOf(frame, undefined, undefined, times);
    assert.deepEqual([now.kind, now.first, now.last, now.withPeaks], ["now", 0, 2, false]);
    const moment = focusOf(frame, undefined, t0 + 1400, times);
    assert.deepEqual([moment.kind, moment.first, moment.last, moment.words], ["moment", 1, 1, "21 Nov 10:00:01"]);
    const range = focusOf(frame, { fromMs: t0, toMs: t0 + 3000 }, undefined, times);
    assert.deepEqual([range.kind, range.first, range.last, range.withPeaks], ["range", 0, 2, true]);
  });

  it("lists single processes with what only they have", () => {
    const [row] = processRows({
      when: "now",
      processes: [
        {
          pid: 7,
          process: "tar",
          user: "root",
          unit: "backup.service",
          state: "D",
          waitChannel: "io_schedule",
          threads: 1,
          ageSeconds: 61,
          commandLine: "tar c /",
          usage: { cpuCores: 0.5, uninterruptibleTasks: 1 },
        },
      ],
    });
    assert.equal(row?.detail, "pid 7 · waits in io_schedule · 1 thread · 1 min 1 s old");
    assert.equal(row?.place, "backup.service · root");
    assert.deepEqual([row?.cells.cpu, row?.cells.tasks, row?.cells.memory], [{ mean: 0.5 }, { mean: 1 }, {}]);
  });
});

describe("a line drawn alone", () => {
  it("is found by its whole identity, or by its name alone", () => {
    assert.equal(findLine(frame, "tar|||root")?.group.labels.process, "tar");
    assert.equal(findLine(frame, "tar")?.group.labels.process, "tar");
    assert.equal(findLine(frame, "tar|other.service||root"), undefined);
    assert.equal(findLine(frame, undefined), undefined);
  });

  it("is drawn in the measure of each chart", () => {
    const group = findLine(frame, "tar")?.group;
    assert.ok(group !== undefined);
    const valuesOf = (id: string) => {
      const chart = charts.find((one) => one.id === id);
      return chart === undefined ? undefined : aloneValues(chart, group, { cores: 4, memoryBytes: 1000 });
    };
    assert.deepEqual(valuesOf("cpu"), [0.25, 0.75, 0]);
    assert.deepEqual(valuesOf("load"), [1, 3, 0]);
    assert.deepEqual(valuesOf("memory"), [0.1, 0.2, 0]);
    assert.equal(valuesOf("network"), undefined);
  });

  it("is not drawn where the whole is not known", () => {
    const [cpu] = charts;
    assert.ok(cpu !== undefined);
    assert.equal(aloneValues(cpu, { labels: labels("x"), tracks: new Map() }, { cores: undefined, memoryBytes: undefined }), undefined);
  });
});

describe("the series of the charts", () => {
  it("have names of their own", () => {
    const ids = charts.flatMap(({ series }) => series.map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(hiddenAtFirst.every((id) => ids.includes(id)));
  });

  it("are switched", () => {
    assert.deepEqual(toggled(["a"], "b"), ["a", "b"]);
    assert.deepEqual(toggled(["a", "b"], "a"), ["b"]);
  });
});
