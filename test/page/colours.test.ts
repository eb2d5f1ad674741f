import assert from "node:assert/strict";
import { stackLayers } from "../../src/capture/report/layers.ts";
import { groupId } from "../../src/model/group.ts";
import type { Spike } from "../../src/model/spike.ts";
import { culpritKey } from "../../src/page/logic/events.ts";
import { emptyPicture, layerColour, pictureOf } from "../../src/page/logic/picture.ts";
import type { GroupSeries } from "../../src/recorder/ranges/downsample.ts";
import { frameWith, labels, second, t0 } from "./support.ts";

const whole = { cores: 4, memoryBytes: 8e9 };
const names = ["pg_dump", "java", "nginx", "redis-server", "node server.js", "python3 job.py", "tar", "cron", "mysqld", "ffmpeg"];
/** Each has a part in each resource, another one's the largest in each. */
const usages = Object.fromEntries(
  names.map((name, index) => [
    name,
    {
      cpuCores: (index + 1) / 20,
      residentBytes: (names.length - index) * 1e8,
      readBytesPerSecond: ((index + 4) % names.length) * 1e5 + 1,
      writtenBytesPerSecond: ((index + 7) % names.length) * 1e5 + 1,
    },
  ]),
);

/** A spike that one of them made. */
function spikeBy(name: string): Spike {
  const share = { group: labels(name), share: 1, from: 0, to: 1, pids: [1] };
  const verdict = { sentence: `\`${name}\` did it.`, shares: [share], final: true };
  const chapters = [{ fromMs: t0, verdict }];
  return { id: name, resource: "cpu", startMs: t0, peakMs: t0, baseline: 0, peak: 1, unit: "cores", verdict, chapters } as Spike;
}

describe("A group", () => {
  const frame = frameWith(...Array.from({ length: 20 }, (_, at) => second(t0 + at * 1000, usages)));
  const picture = pictureOf({ frame, spikes: names.map(spikeBy), process: undefined, whole }, emptyPicture);

  it("has one colour in the charts, the table and the list of spikes of the page, and none that another of its chart has", () => {
    let seen = 0;
    for (const layers of picture.layers.values()) {
      const own = layers.filter(({ labels: group }) => group !== undefined);
      seen += own.length;
      for (const layer of own) assert.equal(layerColour(layer, picture.colours), picture.colours.get(layer.key), layer.name);
      assert.equal(new Set(own.map((layer) => layerColour(layer, picture.colours))).size, own.length);
    }
    assert.ok(seen >= 4 * 6);
    // the table asks by a line's key, the list of spikes by its culprit's: they are the same
    for (const name of names) assert.equal(culpritKey(spikeBy(name)), groupId(labels(name)));
  });

  it("has that colour in the report of the same stretch as well", () => {
    const series = (value: number) => ({ mean: Array(20).fill(value) as number[], peak: Array(20).fill(value) as number[] });
    const groups = names.map((name): GroupSeries => {
      const usage = Object.fromEntries(Object.entries(usages[name] ?? {}).map(([resource, value]) => [resource, series(value)]));
      return { ...labels(name), usage };
    });
    const stackings = (["cpuCores", "residentBytes", "readBytesPerSecond", "writtenBytesPerSecond"] as const).map((resource) => ({
      resource,
      divisor: 1,
      used: undefined,
    }));
    // the report calls them by name and user
    const drawn = stackLayers(groups, stackings)
      .flat()
      .map(({ name, colour }) => ({ process: names.find((one) => name.startsWith(one)), colour }))
      .filter(({ process }) => process !== undefined);
    assert.ok(drawn.length >= 4 * 6);
    for (const { process = "", colour } of drawn) assert.equal(colour, picture.colours.get(groupId(labels(process))), process);
  });
});
