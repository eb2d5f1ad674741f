import assert from "node:assert/strict";
import type { Collector } from "../../src/collectors/collector.ts";
import { OutcomeLog } from "../../src/collectors/outcomeLog.ts";
import { preparedCollector } from "../../src/collectors/prepared.ts";
import { createScrapeCollectors } from "../../src/collectors/scrape.ts";
import { Scraper } from "../../src/collectors/scraper.ts";
import { silentLog } from "../../src/log.ts";
import { atOnce } from "../../src/model/steps.ts";
import { KernelFiles } from "../../src/procfs/kernelFiles.ts";
import { commonUnits } from "../../src/procfs/units.ts";
import { FixtureMachine } from "../support/fixtureMachine.ts";
import { ManualClock, settle } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { recordedLog } from "../support/recordedLog.ts";

describe("reading for a scrape", () => {
  const clock = new ManualClock();

  it("reads only what is asked for", () => {
    const read: string[] = [];
    const noted = <Part>(name: string, part: Part) => {
      read.push(name);
      return part;
    };
    const collectors: Collector[] = [
      { part: "fileHandles", collect: () => noted("fileHandles", { allocated: 1, limit: 2 }) },
      { part: "softnet", collect: () => noted("softnet", []) },
    ];
    const scraper = new Scraper({ collectors, source: "procfs", clock, outcomeLog: new OutcomeLog(silentLog) });
    const sample = atOnce(scraper.read(new Set(["fileHandles", "cpu"])));
    assert.deepEqual(read, ["fileHandles"]);
    assert.deepEqual(sample.fileHandles, { allocated: 1, limit: 2 });
    assert.deepEqual(
      sample.outcomes.map(({ collector, result }) => [collector, result]),
      [["fileHandles", "ok"]],
    );
  });

  it("says once what failed, and once that it works again", () => {
    let broken = true;
    const collectors: Collector[] = [
      {
        part: "fileHandles",
        collect() {
          if (broken) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
          return { allocated: 1, limit: 2 };
        },
      },
    ];
    const { log, lines } = recordedLog();
    const scraper = new Scraper({ collectors, source: "procfs", clock, outcomeLog: new OutcomeLog(log) });
    const read = () => atOnce(scraper.read(new Set(["fileHandles"]))).outcomes[0]?.result;
    assert.deepEqual([read(), read()], ["failed", "failed"]);
    broken = false;
    assert.deepEqual([read(), read()], ["ok", "ok"]);
    assert.deepEqual(
      lines().map(({ level, message, reason }) => [level, message, reason]),
      [
        ["warn", "the collector fileHandles failed", "EIO: i/o error, read"],
        ["info", "the collector fileHandles works", undefined],
      ],
    );
  });

  it("does not wait for what does not answer: it shows what was known before, and first of all nothing", async () => {
    let answer: (allocated: number) => void = () => undefined;
    let others = 0;
    const collectors = [
      preparedCollector("fileHandles", () => async () => {
        const allocated = await new Promise<number>((resolve) => {
          answer = resolve;
        });
        return { allocated, limit: 9 };
      }),
      preparedCollector("softnet", () => async () => {
        others++;
        return [];
      }),
    ];
    const scraper = new Scraper({ collectors, source: "procfs", clock, outcomeLog: new OutcomeLog(silentLog) });
    const parts = new Set(["fileHandles", "softnet"] as const);
    const scrape = async (seconds = 0.9) => {
      await Promise.all([scraper.prepare(parts), clock.advance(seconds)]);
      const { fileHandles, outcomes } = atOnce(scraper.read(parts));
      return [fileHandles?.allocated, ...outcomes.map(({ result }) => result)];
    };
    assert.deepEqual(await scrape(3.1), [undefined, "failed", "ok"]);
    answer(1);
    await settle();
    assert.deepEqual(await scrape(), [1, "ok", "ok"]);
    answer(2);
    await settle();
    assert.deepEqual(await scrape(), [2, "ok", "ok"]);
    assert.equal(others, 3, "the others are read each time");
  });

  it("finds on a recorded machine what is there, and the rest absent and not failed", async () => {
    const machine = new FixtureMachine();
    const files = new KernelFiles(machine.root);
    const collectors = createScrapeCollectors({
      files,
      units: commonUnits,
      clock,
      log: silentLog,
      reads: directReads(),
      textfileDirectories: [],
      run: async () => undefined,
    });
    const scraper = new Scraper({ collectors, source: "procfs", clock, outcomeLog: new OutcomeLog(silentLog) });
    try {
      const parts = new Set(collectors.map((collector) => collector.part));
      await scraper.prepare(parts);
      const { outcomes } = atOnce(scraper.read(parts));
      const of = (result: string) => outcomes.filter((outcome) => outcome.result === result).map((outcome) => outcome.collector);
      assert.deepEqual(of("ok"), ["vmstat", "netstat", "sockets", "fileHandles", "entropy", "softnet", "time", "thermal", "textfile"]);
      assert.deepEqual(
        of("absent").join(" "),
        "interruptStallSeconds schedule conntrack interfaces systemName clockDiscipline diskProperties diskRotation cpuTopology neighbours udpQueues " +
          "osRelease diskArrays sensors cpuFrequencies bonds nvme",
      );
    } finally {
      files.close();
      machine.remove();
    }
  });
});
