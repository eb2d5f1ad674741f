import assert from "node:assert/strict";
import { KeptTexts } from "../../src/metrics/keptTexts.ts";
import { renderFamilies } from "../../src/metrics/registry.ts";

const family = (value: number, device = "eth0", help = "Bytes.") => ({
  name: "node_bytes",
  help,
  type: "gauge",
  points: [{ labels: { device, unit: "B" }, value }],
});

describe("texts that are kept from scrape to scrape", () => {
  const kept = () => ({ text: new KeptTexts(), openmetrics: new KeptTexts() });

  it("are what would be written, whatever of a family has changed", async () => {
    const known = kept();
    for (const format of ["text", "openmetrics"] as const) {
      for (const one of [
        family(1),
        family(1),
        family(2),
        family(2, "lo"),
        family(2, "lo", "Octets."),
        family(Number.NaN),
        family(Number.NaN),
      ]) {
        assert.equal((await renderFamilies([one], format, known)).body, (await renderFamilies([one], format)).body);
      }
    }
  });

  it("are found where all is the same, and only there", () => {
    const texts = new KeptTexts();
    const { name, ...said } = family(1);
    texts.keep(name, said, "text");
    const find = (one: ReturnType<typeof family>) => texts.find(one.name, one);
    assert.equal(find(family(1)), "text");
    assert.equal(find(family(-0)), undefined);
    assert.equal(find({ ...family(1), type: "counter" }), undefined);
    assert.equal(find({ ...family(1), points: [] }), undefined);
    assert.equal(find({ ...family(1), points: [{ labels: { unit: "B", device: "eth0" } as never, value: 1 }] }), undefined);
    assert.equal(find({ ...family(1), points: [{ ...family(1).points[0], metricName: "node_bytes_sum" } as never] }), undefined);
  });

  it("are not kept of families with very many points", () => {
    const texts = new KeptTexts();
    const points = Array.from({ length: 151 }, (_, index) => ({ labels: { n: String(index) }, value: 1 }));
    texts.keep("many", { help: "", type: "gauge", points }, "text");
    assert.equal(texts.find("many", { help: "", type: "gauge", points }), undefined);
  });
});
