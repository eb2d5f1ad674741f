import assert from "node:assert/strict";
import { groupId } from "../../src/model/group.ts";
import { colourGroups, groupColours, othersColour, unattributedColour } from "../../src/model/groupColours.ts";
import type { Spike } from "../../src/model/spike.ts";
import { charts, titleOf } from "../../src/page/logic/charts.ts";
import { emptyPicture, layerColour, pictureOf } from "../../src/page/logic/picture.ts";
import { highestOf, layerAt, layersOf, othersKey, unattributedKey } from "../../src/page/logic/stack.ts";
import { frameWith, labels, second, t0 } from "./support.ts";

const chart = (id: string) => {
  const spec = charts.find((one) => one.id === id);
  assert.ok(spec !== undefined, id);
  return spec;
};
const whole = { cores: 4, memoryBytes: 1000 };
const keyOf = (name: string) => groupId(labels(name));

describe("the layers of a chart", () => {
  it("are its six largest groups, a short burst before what hums along, then the others", () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`p${index}`, { cpuCores: 0.1 + index / 100 }]));
    const seconds = Array.from({ length: 60 }, (_, at) => second(t0 + at * 1000, at === 30 ? { ...many, burst: { cpuCores: 4 } } : many));
    const layers = layersOf(frameWith(...seconds), chart("cpu"), whole);
    assert.deepEqual(
      layers.map(({ name }) => name),
      ["burst", "p7", "p6", "p5", "p4", "p3", "others"],
    );
    const others = layers.find(({ key }) => key === othersKey);
    assert.ok(Math.abs((others?.values[0] ?? 0) - (0.1 + 0.11 + 0.12) / 4) < 1e-9);
  });

  it("stand on each other in the chart's own measure, and end at what the machine used", () => {
    const busy = { cpu: { cores: 4, busyCores: 2, busySeconds: 1, usageRatio: 0.5 } };
    const layers = layersOf(frameWith(second(t0, { a: { cpuCores: 1 }, b: { cpuCores: 0.4 } }, { host: busy })), chart("cpu"), whole);
    assert.deepEqual(
      layers.map(({ key, tops }) => [key, Math.round((tops[0] ?? 0) * 100)]),
      [
        [keyOf("a"), 25],
        [keyOf("b"), 35],
        [unattributedKey, 50],
      ],
    );
    assert.ok(Math.abs(highestOf(layers) - 0.5) < 1e-9);
  });

  it("are not forced below what their groups have together", () => {
    const layers = layersOf(frameWith(second(t0, { a: { cpuCores: 3 } })), chart("cpu"), whole);
    assert.deepEqual(
      layers.map(({ key }) => key),
      [keyOf("a")],
    );
  });

  it("have a hole where nothing is recorded", () => {
    const layers = layersOf(frameWith(second(t0, { a: { cpuCores: 1 } }), second(t0 + 3000, { a: { cpuCores: 1 } })), chart("cpu"), whole);
    assert.deepEqual(layers[0]?.tops, [0.25, null, null, 0.25]);
  });

  it("are those of memory, reads and writes as well, and of nothing else", () => {
    const all = { residentBytes: 500, readBytesPerSecond: 10, writtenBytesPerSecond: 20, runningTasks: 1, cpuCores: 1 };
    const frame = frameWith(second(t0, { a: all }));
    const firsts = charts.map((spec) => [spec.id, layersOf(frame, spec, whole)[0]?.values[0]]);
    assert.deepEqual(firsts, [
      ["cpu", 0.25],
      ["load", undefined],
      ["memory", 0.5],
      ["reads", 10],
      ["writes", 20],
      ["space", undefined],
      ["network", undefined],
      ["pressure", undefined],
    ]);
    assert.deepEqual(layersOf(frame, chart("memory"), { ...whole, memoryBytes: undefined }), []);
  });

  it("are told by where the mouse is", () => {
    const layers = layersOf(frameWith(second(t0, { a: { cpuCores: 2 }, b: { cpuCores: 1 } })), chart("cpu"), whole);
    assert.deepEqual(
      [0.1, 0.49, 0.6, 0.9, -0.1].map((height) => layerAt(layers, 0, height)?.name),
      ["a", "a", "b", undefined, undefined],
    );
    assert.equal(layerAt(layers, 7, 0.1), undefined);
  });

  it("have the pinned group among them, however small it is", () => {
    const groups = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`p${index}`, { cpuCores: 1 - index / 10 }]));
    const layers = layersOf(frameWith(second(t0, groups)), chart("cpu"), whole, keyOf("p7"));
    assert.deepEqual(
      layers.slice(5, 8).map(({ name }) => name),
      ["p5", "p7", "others"],
    );
  });
});

describe("the colours of groups", () => {
  it("are told by the name, so that page and report have the same", () => {
    assert.equal(colourGroups([["a"]]).get("a"), colourGroups([["a", "b"]], new Map()).get("a"));
    const all = colourGroups([groupColours.map((_, index) => `group ${index}`)]);
    assert.equal(new Set(all.values()).size, groupColours.length);
  });

  it("stay with those who have them, whoever comes", () => {
    const before = colourGroups([["a", "b", "c"]]);
    const after = colourGroups([["x", "y", "z", "c", "b"]], before);
    assert.deepEqual([after.get("b"), after.get("c")], [before.get("b"), before.get("c")]);
    assert.equal(after.get("a"), undefined);
  });

  it("are the same whichever group is the largest, and in whichever chart it stands first", () => {
    const names = ["pg_dump", "java", "nginx", "tar", "cron", "mysqld", "ffmpeg", "node"];
    const inOrder = colourGroups([names.slice(0, 5), names.slice(3)]);
    const turned = colourGroups([names.slice(3).reverse(), names.slice(0, 5).reverse()]);
    assert.deepEqual([...turned].sort(), [...inOrder].sort());
  });

  it("differ within a chart, even where there are more groups than colours", () => {
    const lists = Array.from({ length: 5 }, (_, list) => Array.from({ length: 6 }, (_, index) => `${list} ${index}`));
    const colours = colourGroups(lists);
    for (const list of lists) assert.equal(new Set(list.map((key) => colours.get(key))).size, 6);
  });

  it("are grey for others and for what is nobody's; a spike's culprit and the pinned group have one", () => {
    const group = labels("gone");
    const spikes: readonly Spike[] = [
      {
        ...{ id: "s", resource: "cpu", startMs: t0, peakMs: t0, baseline: 0, peak: 1, unit: "cores" },
        verdict: { sentence: "", final: false, shares: [{ group, share: 1, from: 0, to: 1, pids: [] }] },
      },
    ];
    const picture = pictureOf({ frame: frameWith(second(t0, { a: { cpuCores: 1 } })), spikes, process: "a", whole }, emptyPicture);
    assert.equal(picture.pinned, keyOf("a"));
    assert.notEqual(picture.colours.get(groupId(group)), undefined);
    assert.equal(layerColour({ key: othersKey }, picture.colours), othersColour);
    assert.equal(layerColour({ key: unattributedKey }, picture.colours), unattributedColour);
    assert.equal(layerColour({ key: keyOf("a"), labels: labels("a") }, picture.colours), picture.colours.get(keyOf("a")));
  });
});

describe("a chart's title", () => {
  it("says what its shares are shares of", () => {
    assert.equal(titleOf(chart("cpu"), whole), "CPU, % of 4 cores");
    assert.equal(titleOf(chart("cpu"), { ...whole, cores: 1 }), "CPU, % of 1 core");
    assert.equal(titleOf(chart("memory"), { ...whole, memoryBytes: 8e9 }), "Memory, % of 8.0 GB");
    assert.equal(titleOf(chart("memory"), { cores: undefined, memoryBytes: undefined }), "Memory");
    assert.equal(titleOf(chart("pressure"), whole), "Pressure, % of the time");
  });
});
