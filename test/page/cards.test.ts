import assert from "node:assert/strict";
import { cardsCaption, cardsOf, fullestOf, strainTexts } from "../../src/page/logic/cards.ts";
import { focusOf } from "../../src/page/logic/focus.ts";
import { timesIn } from "../../src/page/logic/format.ts";
import { placeLineLabels } from "../../src/page/logic/lineLabels.ts";
import type { ThresholdLine } from "../../src/page/logic/thresholds.ts";
import { frameWith, second, t0 } from "./support.ts";

const times = timesIn("UTC");
const whole = { cores: 4, memoryBytes: 8e9 };
const hot = {
  cpu: { cores: 4, busyCores: 3.9, busySeconds: 1, usageRatio: 0.975 },
  load: { load1: 9, load5: 2, load15: 1 },
  memory: { totalBytes: 8e9, availableBytes: 4e8, usageRatio: 0.95 },
  tasks: { running: 1 },
};
const seconds = [
  second(t0, { tar: { cpuCores: 3.8 } }, { host: hot }),
  second(t0 + 1000, { sshd: { cpuCores: 0.1 } }),
  second(t0 + 2000, { sshd: { cpuCores: 0.1 } }),
];
const frame = frameWith(...seconds);
const newest = seconds.at(-1);

describe("the cards", () => {
  it("are of the newest second while nothing is pinned", () => {
    const focus = focusOf(frame, undefined, undefined, times);
    const { cpu, memory, load } = cardsOf({ frame, focus, newest, whole });
    assert.equal(cardsCaption(focus, times), "The last second");
    assert.deepEqual([cpu.value, cpu.unit, cpu.mood], ["25 %", "of 4 cores", "calm"]);
    assert.deepEqual([memory.value, memory.words], ["–", "not recorded"]);
    assert.equal(load.unit, "5 min 2.00");
  });

  it("are of the pinned second, in figures and in words", () => {
    const focus = focusOf(frame, undefined, t0, times);
    const { cpu, memory, load } = cardsOf({ frame, focus, newest, whole, fullest: { mountpoint: "/", usageRatio: 0.99 } });
    assert.equal(cardsCaption(focus, times), "At 21 Nov 10:00:00");
    assert.deepEqual([cpu.value, cpu.words, cpu.mood], ["98 %", "tar uses 3.80 of 4 cores", "bad"]);
    assert.deepEqual([memory.value, memory.words], ["95 %", "400 MB of 8.0 GB left"]);
    assert.equal(load.words, "more than its 4 cores: 1 task wants CPU");
    assert.deepEqual(cpu.line, [0.975]);
  });

  it("say of a moment of the past what the machine suffered from, the worst first", () => {
    const strains = (atMs: number) => strainTexts({ frame, focus: focusOf(frame, undefined, atMs, times), newest: undefined, whole });
    assert.deepEqual(strains(t0), ["Memory 95 %: 400 MB of 8.0 GB left", "CPU 98 %: tar uses 3.80 of 4 cores"]);
    assert.deepEqual(strains(t0 + 1000), []);
  });

  it("are means of a range, and say its peak", () => {
    const range = { fromMs: t0, toMs: t0 + 3000 };
    const focus = focusOf(frame, range, undefined, times);
    const { cpu, load } = cardsOf({ frame, focus, newest, whole });
    assert.equal(cardsCaption(focus, times), "21 Nov 10:00:00 – 10:00:03: means");
    assert.deepEqual([cpu.value, cpu.unit], ["49 %", "of 4 cores · peak 98 %"]);
    assert.match(load.unit, /peak 9\.00$/);
    assert.equal(cpu.line.length, 3);
  });

  it("name the fullest file system that is known", () => {
    assert.deepEqual(fullestOf([{ mountpoint: "/" }, { mountpoint: "/a", usageRatio: 0.2 }, { mountpoint: "/b", usageRatio: null }]), {
      mountpoint: "/a",
      usageRatio: 0.2,
    });
    assert.equal(fullestOf([]), undefined);
  });
});

describe("the labels of a chart's lines", () => {
  const line = (label: string, more: Partial<ThresholdLine> = {}): ThresholdLine => ({
    ...{ value: 1, label, firing: false, kind: "threshold" },
    ...more,
  });

  it("do not lie on each other: below the line where there is no room above, left out where there is none at all", () => {
    const placed = placeLineLabels(
      [
        [line("a"), 50],
        [line("b"), 52],
        [line("c"), 51],
        [line("4 cores", { kind: "cores" }), 50],
      ],
      100,
    );
    assert.deepEqual(
      placed.map(({ line: { label }, textY, side }) => [label, textY, side]),
      [
        ["a", 47, "right"],
        ["b", 63, "right"],
        ["4 cores", 47, "left"],
      ],
    );
  });

  it("stay within the plot, what fires first", () => {
    const placed = placeLineLabels(
      [
        [line("calm"), 5],
        [line("fires", { firing: true }), 6],
      ],
      100,
    );
    assert.deepEqual(
      placed.map(({ line: { label }, textY }) => [label, textY]),
      [["fires", 17]],
    );
  });
});
