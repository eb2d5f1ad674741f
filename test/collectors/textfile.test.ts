import assert from "node:assert/strict";
import { mkdirSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { askedFiles } from "../../src/collectors/askedFiles.ts";
import type { Collector } from "../../src/collectors/collector.ts";
import { goFloat } from "../../src/collectors/textDistributions.ts";
import { createTextfileCollector } from "../../src/collectors/textfile.ts";
import type { TextfileReading } from "../../src/model/scraped.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { ManualClock } from "../support/manualClock.ts";
import { directReads } from "../support/playedHelper.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { writeFiles } from "../support/writeFiles.ts";

const newDirectory = tempDirectories();

/** name{labels} value of every point. */
function series(reading: TextfileReading | undefined): string[] {
  return (reading?.families ?? []).flatMap((family) =>
    family.points.map(({ metricName = family.name, labels, value }) => {
      const pairs = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
      return `${metricName}${pairs.length > 0 ? `{${pairs.join()}}` : ""} ${value}`;
    }),
  );
}

describe("the textfile collector", () => {
  const clock = new ManualClock();
  let directory = "";
  beforeEach(async () => {
    directory = await newDirectory();
  });

  const newCollector = (directories: readonly string[], log = recordedLog().log) =>
    createTextfileCollector(directories, askedFiles(directReads(), systemClock), log);

  /** What one scrape finds. */
  async function scrapeWith(collector: Collector<"textfile">): Promise<TextfileReading | undefined> {
    await collector.prepare?.(clock);
    return collector.collect(clock);
  }

  async function collect(files: Readonly<Record<string, string>>, log = recordedLog()) {
    writeFiles(directory, files);
    return { reading: await scrapeWith(newCollector([directory], log.log)), lines: log.lines };
  }

  it("reads *.prom files and says when each was written, in whole seconds", async () => {
    writeFiles(directory, { "a.prom": "a 1\n", "b.prom": "b 2\n", "c.txt": "c 3\n", "d.prom.tmp": "half" });
    utimesSync(join(directory, "a.prom"), 1_790_000_000.7, 1_790_000_000.7);
    const { reading } = await collect({});
    assert.deepEqual(series(reading), ["a 1", "b 2"]);
    assert.deepEqual(reading?.files[0], { path: join(directory, "a.prom"), modifiedSeconds: 1_790_000_000 });
    assert.equal(reading?.files.length, 2);
    assert.equal(reading?.failed, false);
    assert.equal(reading?.families[0]?.help, `Metric read from ${join(directory, "a.prom")}`);
  });

  it("skips a broken file as a whole, keeps the others, and tells once", async () => {
    writeFiles(directory, { "bad.prom": "fine 1\nbroken line here too\n", "good.prom": "good 1\n" });
    const log = recordedLog();
    const collector = newCollector([directory], log.log);
    for (let scrape = 0; scrape < 3; scrape++) {
      const reading = await scrapeWith(collector);
      assert.deepEqual(series(reading), ["good 1"]);
      assert.equal(reading?.failed, true);
      assert.deepEqual(
        reading?.files.map((file) => file.path),
        [join(directory, "good.prom")],
      );
    }
    assert.equal(log.lines().length, 1);
    assert.equal(log.lines()[0]?.file, join(directory, "bad.prom"));
    assert.match(String(log.lines()[0]?.reason), /^line 2: /);
    writeFiles(directory, { "bad.prom": "fine 1\n" });
    assert.equal((await scrapeWith(collector))?.failed, false);
    writeFiles(directory, { "bad.prom": "worse\n" });
    await scrapeWith(collector);
    assert.equal(log.lines().length, 2);
  });

  it("sees a file that is written again, even with as many bytes in the same moment", async () => {
    const collector = newCollector([directory]);
    for (const value of [1, 2, 3]) {
      writeFiles(directory, { "a.prom": `a ${value}\n` });
      // a time that is not long past for the collector's clock
      const now = clock.wallMs() / 1000;
      utimesSync(join(directory, "a.prom"), now, now);
      assert.deepEqual(series(await scrapeWith(collector)), [`a ${value}`]);
    }
  });

  it("does not parse again what has not changed", async () => {
    const collector = newCollector([directory]);
    writeFiles(directory, { "a.prom": "a 1\n" });
    utimesSync(join(directory, "a.prom"), 1_790_000_000, 1_790_000_000);
    const before = (await scrapeWith(collector))?.families[0]?.points[0];
    assert.equal((await scrapeWith(collector))?.families[0]?.points[0], before);
  });

  it("takes a family from several files, and what is repeated once", async () => {
    const { reading, lines } = await collect({
      "a.prom": '# TYPE m gauge\nm{a="1"} 1\n',
      "b.prom": '# TYPE m gauge\nm{a="2"} 2\nm{a="1"} 7\n',
      "c.prom": "twice 1\ntwice 2\n",
    });
    assert.deepEqual(series(reading), ['m{a="1"} 1', 'm{a="2"} 2', "twice 1"]);
    assert.equal(reading?.failed, true);
    assert.equal(lines().length, 2);
    assert.equal(reading?.families[0]?.help, `Metric read from ${join(directory, "a.prom")}, ${join(directory, "b.prom")}`);
  });

  it("keeps the figures of all files, whichever HELP they have or have not", async () => {
    const { reading, lines } = await collect({
      "a.prom": "m 1\nalone 4\n",
      "b.prom": '# HELP m one\nm{a="2"} 2\nelse 5\n',
      "c.prom": '# HELP m other\nm{a="3"} 3\n',
    });
    assert.deepEqual(series(reading), ["m 1", 'm{a="2"} 2', 'm{a="3"} 3', "alone 4", "else 5"]);
    assert.equal(reading?.families[0]?.help, "one");
    assert.deepEqual(lines(), []);
    assert.equal(reading?.failed, false);
  });

  it("gives a file without TYPE that of the others, in whatever order they come", async () => {
    const { reading, lines } = await collect({
      "a.prom": 'm{a="1"} 1\nn{a="1"} 1\n',
      "b.prom": '# TYPE m counter\nm{a="2"} 2\n# TYPE n gauge\nn{a="2"} 2\n',
      "c.prom": 'm{a="3"} 3\n',
    });
    assert.deepEqual(series(reading), ['m{a="1"} 1', 'm{a="2"} 2', 'm{a="3"} 3', 'n{a="1"} 1', 'n{a="2"} 2']);
    assert.deepEqual(
      reading?.families.map(({ type }) => type),
      ["counter", "gauge"],
    );
    assert.deepEqual(lines(), []);
  });

  it("leaves out what means another thing under the same name, and says in which file", async () => {
    const { reading, lines } = await collect({
      "a.prom": 'm 1\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 2\nh_count 1\n',
      "b.prom": '# TYPE m gauge\nm{a="2"} 2\nh 7\nelse 5\n',
      "c.prom": '# TYPE m counter\nm{a="3"} 3\n',
    });
    assert.deepEqual(series(reading), ["m 1", 'm{a="2"} 2', 'h_bucket{le="+Inf"} 1', "h_sum 2", "h_count 1", "else 5"]);
    assert.deepEqual(
      lines().map(({ file, reason }) => `${basename(String(file))}: ${String(reason).replace(directory, "")}`),
      ['c.prom: the metric "m" has another TYPE in /b.prom', 'b.prom: the metric "h" has another TYPE in /a.prom'],
    );
    assert.equal(reading?.failed, true);
  });

  it("completes histograms and summaries, and writes bounds as Go does", async () => {
    const { reading } = await collect({
      "h.prom":
        '# TYPE h histogram\nh_bucket{le="1e6",x="a"} 2\nh_bucket{le="0.50",x="a"} 1\nh_sum{x="a"} 4.5\nh_count{x="a"} 3\n# TYPE s summary\ns{quantile="0.9"} 7\ns{quantile="0.5"} 2\ns_count 4\n',
    });
    assert.deepEqual(series(reading), [
      'h_bucket{x="a",le="0.5"} 1',
      'h_bucket{x="a",le="1e+06"} 2',
      'h_bucket{x="a",le="+Inf"} 3',
      'h_sum{x="a"} 4.5',
      'h_count{x="a"} 3',
      's{quantile="0.5"} 2',
      's{quantile="0.9"} 7',
      "s_sum 0",
      "s_count 4",
    ]);
    assert.deepEqual([1e-5, 1e-4, 0.25, 100000, 1234567, 1e21].map(goFloat), [
      "1e-05",
      "0.0001",
      "0.25",
      "100000",
      "1.234567e+06",
      "1e+21",
    ]);
  });

  it("says when a directory is missing or a name is no file", async () => {
    const log = recordedLog();
    mkdirSync(join(directory, "folder.prom"));
    const reading = await scrapeWith(newCollector([directory, join(directory, "missing")], log.log));
    assert.equal(reading?.failed, true);
    assert.deepEqual(
      log.lines().map((line) => line.file),
      [join(directory, "folder.prom"), join(directory, "missing")],
    );
  });

  it("cuts secrets out of labels and help, and keeps apart the series that differed by them", async () => {
    const { reading } = await collect({
      "backup.prom": [
        "# HELP backup_ok Result: mysqldump -uroot -phunter2 shop",
        'backup_ok{command="mysqldump -uroot -phunter2 shop",unit="b.service"} 1',
        'backup_ok{command="mysqldump -uroot -pletmein shop",unit="b.service"} 0',
        'backup_seconds{target="sftp://bob:rosebud@bk1/",version="1.4.2",commit="9f8e7d6c5b4a3928"} 3',
        'login{password="rosebud",le="0.5",code="200"} 1',
        "",
      ].join("\n"),
    });
    assert.deepEqual(series(reading), [
      'backup_ok{command="mysqldump -uroot -p*** shop",unit="b.service"} 1',
      'backup_ok{command="mysqldump -uroot -p*** shop 2",unit="b.service"} 0',
      'backup_seconds{target="sftp://bob:***@bk1/",version="1.4.2",commit="9f8e7d6c5b4a3928"} 3',
      'login{password="***",le="0.5",code="200"} 1',
    ]);
    assert.equal(reading?.families[0]?.help, "Result: mysqldump -uroot -p*** shop");
    assert.equal(reading?.failed, false);
  });

  it("has nothing to complain of without directories", async () => {
    assert.deepEqual(await scrapeWith(newCollector([])), { families: [], files: [], failed: false });
  });

  it("takes directories by pattern", async () => {
    writeFiles(directory, { "app-1/m.prom": "a 1\n", "app-2/m.prom": "b 1\n", "other/m.prom": "c 1\n", "app-x": "no directory" });
    for (const [pattern, expected] of [
      ["app-*", ["a 1", "b 1"]],
      ["app-[2-9]", ["b 1"]],
      ["?ther", ["c 1"]],
    ] as const) {
      const reading = await scrapeWith(newCollector([join(directory, pattern)]));
      assert.deepEqual(series(reading), expected);
      assert.equal(reading?.failed, false);
    }
    assert.equal((await scrapeWith(newCollector([join(directory, "none-*")])))?.failed, true);
  });
});
