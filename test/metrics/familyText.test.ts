import assert from "node:assert/strict";
import { type Metric, Registry } from "prom-client";
import { FamilyText, type PointFamily } from "../../src/metrics/familyText.ts";
import type { Format } from "../../src/metrics/format.ts";

const odd: PointFamily = {
  name: "odd_bytes",
  help: 'What is "odd": a \\ and\na line.',
  type: "gauge",
  points: [
    { labels: { path: 'C:\\"x"\n', empty: "" }, value: -0.5 },
    { labels: {}, value: 1e21 },
    { labels: { a: "é" }, value: Number.POSITIVE_INFINITY },
    { labels: { a: "b" }, value: Number.NEGATIVE_INFINITY },
  ],
};
const counted: PointFamily = { name: "done_total", help: "Done.", type: "counter", points: [{ labels: { by: "me" }, value: 3 }] };

function written(family: PointFamily, format: Format, keepsLabels = false): string {
  return [...new FamilyText(format, keepsLabels).parts(family)].join("");
}

describe("the text of a family", () => {
  for (const format of ["text", "openmetrics"] as const) {
    it(`is what prom-client writes, in ${format}`, async () => {
      const AnyRegistry = Registry as unknown as new (contentType: string) => Registry;
      for (const family of [odd, counted]) {
        const registry = new AnyRegistry(format === "text" ? Registry.PROMETHEUS_CONTENT_TYPE : Registry.OPENMETRICS_CONTENT_TYPE);
        const name = format === "openmetrics" ? family.name.replace(/_total$/, "") : family.name;
        const { help, type } = family;
        const get = async () => ({ name, help, type, values: [...family.points] });
        registry.registerMetric({ name, help, type, get } as unknown as Metric);
        assert.equal(written(family, format), await registry.getSingleMetricAsString(name));
      }
    });
  }

  it("calls a counter without _total and an untyped family by what OpenMetrics has for them, and NaN by its name", () => {
    const family = { name: "node_x", help: "X.", type: "counter", points: [{ labels: {}, value: Number.NaN }] };
    assert.equal(written(family, "openmetrics"), "# HELP node_x X.\n# TYPE node_x unknown\nnode_x NaN");
    assert.equal(written({ ...family, type: "untyped" }, "openmetrics"), "# HELP node_x X.\n# TYPE node_x unknown\nnode_x NaN");
    assert.equal(written({ ...family, type: "unknown" }, "text"), "# HELP node_x X.\n# TYPE node_x untyped\nnode_x NaN");
  });

  it("keeps what comes again, and says anew what has changed", () => {
    const text = new FamilyText("text", true);
    const labels = Object.freeze({ device: "eth0" });
    const family = (help: string, value: number) => ({ name: "x", help, type: "gauge", points: [{ labels, value }] });
    assert.equal([...text.parts(family("One.", 1))].join(""), '# HELP x One.\n# TYPE x gauge\nx{device="eth0"} 1');
    assert.equal([...text.parts(family("Two.", 2))].join(""), '# HELP x Two.\n# TYPE x gauge\nx{device="eth0"} 2');
  });

  it("comes in parts where there are many points", () => {
    const points = Array.from({ length: 400 }, (_, index) => ({ labels: { n: String(index) }, value: index }));
    const parts = [...new FamilyText("text", false).parts({ name: "many", help: "Many.", type: "gauge", points })];
    assert.deepEqual([parts.length, parts.join("").split("\n").length], [3, 402]);
  });
});
