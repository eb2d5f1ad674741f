import assert from "node:assert/strict";
import { renderJson } from "../../src/commands/onceJson.ts";
import { renderOnce } from "../../src/commands/onceReport.ts";
import type { OnceView } from "../../src/commands/onceView.ts";
import { widthOf } from "../../src/commands/terminalText.ts";
import { assertGolden } from "../support/golden.ts";
import { busyView, lineOf, spikeOf } from "./support/views.ts";

/** The table's lines, its head first. */
function tableOf(text: string): readonly string[] {
  const lines = text.trimEnd().split("\n");
  return lines.slice(lines.findIndex((line) => line.startsWith("CORES") || line.startsWith(" CORES")));
}

describe("The report of culprit once", () => {
  it("is that of the golden file in a pipe", () => {
    assertGolden("once-pipe.txt", renderOnce(busyView, { colour: false }));
  });

  it("is that of the golden file on a terminal of 80 columns", () => {
    const text = renderOnce(busyView, { colour: false, width: 80 });
    for (const line of text.split("\n")) assert.ok(widthOf(line) <= 80, `${widthOf(line)}: ${line}`);
    assertGolden("once-80.txt", text);
  });

  it("is that of the golden file on a wide terminal with colours", () => {
    assertGolden("once-160-colour.txt", renderOnce(busyView, { colour: true, width: 160 }));
  });

  it("says the same with colours and without", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the colours that are taken out
    const plain = renderOnce(busyView, { colour: true, width: 60 }).replace(/\u001b\[\d+m/g, "");
    const trimmed = (text: string) => text.replace(/ +$/gm, "");
    assert.equal(trimmed(plain), trimmed(renderOnce(busyView, { colour: false, width: 60 })));
  });

  it("lets no name move the cursor, change colours or turn the writing around", () => {
    for (const width of [undefined, 80, 160]) {
      const text = renderOnce(busyView, { colour: false, ...(width === undefined ? {} : { width }) });
      assert.match(text, /evil\\x1b\[2Jname(?:\\u202e|…)/);
      for (const char of ["\u001b", "\u202e"]) assert.ok(!text.includes(char), JSON.stringify(char));
    }
  });

  it("sorts by what the verdict is about", () => {
    const byWrites = tableOf(renderOnce(busyView, { colour: false }));
    assert.match(byWrites[1] ?? "", /pg_dump/);
    const { judgement: _, ...rest } = busyView;
    const byCpu = tableOf(renderOnce({ ...rest, strained: "cpu" }, { colour: false }));
    assert.match(byCpu[1] ?? "", /node server\.js/);
    const byMemory = tableOf(renderOnce({ ...rest, strained: "memory" }, { colour: false }));
    assert.match(byMemory[1] ?? "", /node server\.js/);
    const byLoad = tableOf(renderOnce({ ...rest, strained: "load" }, { colour: false }));
    assert.match(byLoad[2] ?? "", /pg_dump/);
  });

  it("keeps the sums when lines are too many: what is not shown is in the line of all others", () => {
    const lines = Array.from({ length: 40 }, (_, index) => lineOf(`worker-${index}`, { cpuCores: 0.5, residentBytes: 1e6 * (index + 1) }));
    const table = tableOf(renderOnce({ ...busyView, lines }, { colour: false })).slice(1);
    assert.equal(table.length, 16);
    const cores = table.reduce((sum, line) => sum + Number(line.trim().split(/ +/)[0]), 0);
    assert.equal(cores, 20);
    assert.match(table.at(-1) ?? "", /^12\.50 .*\(all others\)$/);
  });

  it("shows what is unknown as unknown, and not as nothing", () => {
    const lines = [lineOf("", { cpuCores: 0.5 }, { kind: "unattributed" })];
    assert.match(tableOf(renderOnce({ ...busyView, lines }, { colour: false }))[1] ?? "", /^ 0\.50 {4}- {5}- {7}- {7}- {8}- /);
    const unknown = { pressure: {}, coverage: {} };
    const text = renderOnce({ ...busyView, figures: unknown }, { colour: true, width: 100 });
    assert.doesNotMatch(text, /Load|CPU {2}|Memory|NaN|undefined/);
  });

  it("claims no rise where there is no past, and says what a verdict is held against where there is one", () => {
    const plain = renderOnce(busyView, { colour: false, width: 120 });
    assert.match(plain, /^Who uses most, not who rose: nothing was seen of the time before these 5 s\. --seconds=15 or more/m);
    const { verdict } = spikeOf();
    assert.ok(verdict !== undefined);
    const risen: OnceView = { ...busyView, seconds: 30, pastSeconds: 20, judgement: { resource: "io", verdict } };
    const text = renderOnce(risen, { colour: false, width: 120 });
    assert.match(text, /has caused 71 % of the rise[\s\S]*^The last 10 s, held against the 20 s before\.$/m);
    assert.doesNotMatch(text, /not who rose/);
  });

  it("puts a spike that lasts in place of the verdict, and tells of one that is over", () => {
    const text = renderOnce({ ...busyView, spikes: [spikeOf()] }, { colour: false, width: 200 });
    assert.match(text, /^`pg_dump` \(pid 4242\) has caused 71 % of the rise/m);
    assert.doesNotMatch(text, /not who rose/);
    const over = renderOnce({ ...busyView, spikes: [spikeOf({ endMs: 1 })] }, { colour: false, width: 200 });
    assert.match(over, /^Over again: `pg_dump`/m);
  });

  it("says when all is calm, and when nothing can be said", () => {
    assert.match(renderOnce({ ...busyView, calm: true }, { colour: false }), /^All is calm\. Disk writes/m);
    const { judgement: _, ...rest } = busyView;
    assert.match(renderOnce(rest, { colour: false }), /^Nothing could be read yet that a verdict could rest on\.$/m);
  });
});

describe("The JSON of culprit once", () => {
  it("is that of the golden file", () => {
    const captured = { id: "20261121T101505Z-manual", path: "/a/b.tar.gz", sizeBytes: 42_000, reasons: ["CPU usage is 97 %, above 75 %"] };
    assertGolden(
      "once.json",
      renderJson({ ...busyView, lines: busyView.lines.slice(1, 3), pastSeconds: 10, spikes: [spikeOf()] }, captured),
    );
  });

  it("says in any case what the shares are shares of", () => {
    const { verdict } = spikeOf();
    assert.ok(verdict !== undefined);
    assert.equal(JSON.parse(renderJson(busyView)).verdict.basis, "use");
    assert.equal(JSON.parse(renderJson({ ...busyView, judgement: { resource: "io", verdict } })).verdict.basis, "rise");
  });
});
