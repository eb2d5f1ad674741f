import assert from "node:assert/strict";
import type { Family } from "../../src/metrics/family.ts";
import { MetricsRegistry, renderFamilies } from "../../src/metrics/registry.ts";
import type { MetricsView } from "../../src/metrics/view.ts";

describe("a scrape of many series", () => {
  const many = 3000;
  /** Its points say of which view they are. */
  const family = (name: string): Family => ({
    name,
    help: "Many.",
    type: "gauge",
    labels: ["item"],
    *points(view) {
      for (let item = 0; item < many; item++)
        yield { labels: { item: String(item) }, value: (view as unknown as { number: number }).number };
    },
  });

  /** How often others had a turn while this was done. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await work;
    isOver = true;
    return turns;
  }

  it("lets others have their turn, and shows one view all the same", async () => {
    const registry = new MetricsRegistry(["one_a", "one_b", "one_c", "one_d"].map(family));
    const view = (number: number) => ({ number }) as unknown as MetricsView;
    const renders = Promise.all([
      registry.render("text", view(1)),
      registry.render("openmetrics", view(2)),
      registry.render("text", view(3)),
    ]);
    assert.ok((await turnsDuring(renders)) > 3);
    const bodies = (await renders).map(({ body }) => body);
    for (const [index, body] of bodies.entries()) {
      const values = body.split("\n").flatMap((line) => /^one_.* (\d+)$/.exec(line)?.[1] ?? []);
      assert.equal(values.length, 4 * many);
      assert.deepEqual([...new Set(values)], [String(index + 1)]);
      assert.equal(body.split("\n").filter((line) => line === "# TYPE one_a gauge").length, 1, "said once, however many parts there are");
      const items = body.split("\n").flatMap((line) => /^one_a\{item="(\d+)"\}/.exec(line)?.[1] ?? []);
      assert.deepEqual(items.map(Number), [...Array(many).keys()]);
    }
    assert.ok(bodies[1]?.endsWith("\n# EOF\n"));
  });

  it("lets them have it where families were made for that scrape alone", async () => {
    const points = Array.from({ length: many }, (_, item) => ({ labels: { item: String(item) }, value: item }));
    const families = ["a", "b", "c"].map((name) => ({ name, help: "Many.", type: "untyped", points }));
    const rendering = renderFamilies(families, "text");
    assert.ok((await turnsDuring(rendering)) > 2);
    assert.equal((await rendering).body.split("\n").filter((line) => /^[abc]\{/.test(line)).length, 3 * many);
  });
});
