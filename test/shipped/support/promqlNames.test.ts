import assert from "node:assert/strict";
import { unknownNames } from "./knownMetrics.ts";
import { askedQuery, groupingsOf, queriesOf, selectorsOf } from "./promqlNames.ts";
import { switchedOn } from "./rules.ts";

describe("the names in an expression of PromQL", () => {
  it("are found in selectors, with the labels that are asked for", () => {
    const found = selectorsOf(
      `topk(1, sum by (kind) (a_total{kind=~"x|}y",user!='z'}[5m])) > 0.1 * scalar(b) and on (c) job:d:rate offset 5m unless e{}`,
    );
    assert.deepEqual(
      found.map(({ metric, labels }) => [metric, ...labels]),
      [["a_total", "kind", "user"], ["b"], ["job:d:rate"], ["e"]],
    );
  });

  it("may be several metrics by a pattern", () => {
    const [one] = selectorsOf(`sum({__name__=~"a_(b|c)",x="1"})`);
    assert.deepEqual([one?.isNamed("a_b"), one?.isNamed("a_bc"), one?.labels], [true, false, ["x"]]);
  });

  it("are missed when they do not exist", () => {
    const known = new Map([["a", new Set(["x"])]]);
    assert.deepEqual(unknownNames(`sum by (y) (a{z="1"}) / b`, known), [
      "a has no label z",
      "no metric is called b",
      `nothing has the label y in sum by (y) (a{z="1"}) / b`,
    ]);
    assert.deepEqual(unknownNames("sum by (x) (a)", known), []);
    assert.equal(unknownNames("1 + 1", known).length, 1);
  });

  it("are found in groupings", () => {
    assert.deepEqual(groupingsOf("sum by (a, b) (c) / on (d) group_left () e"), ["a", "b", "d"]);
  });

  it("are found in the templates of annotations, as they are asked", () => {
    const queries = queriesOf(
      "{{ with printf `a{i=%[1]q} / b{i=%[1]q}` $labels.instance | query }}x{{ end }}{{ printf `c{i=%q,r=%q}` $labels.instance $labels.r | query }}",
    );
    assert.deepEqual(
      queries.map((query) => askedQuery(query, { instance: 'web"1', r: "cpu" })),
      ['a{i="web\\"1"} / b{i="web\\"1"}', 'c{i="web\\"1",r="cpu"}'],
    );
  });
});

describe("a setting that is commented out", () => {
  const text = "a: 1\n  # prose\n  #b:\n  #- c: 2\n  #  d: 3\n\n  #e: 4\n";

  it("is switched on with what is below it, and nothing else", () => {
    assert.equal(switchedOn(text, "b"), "a: 1\n  # prose\n  b:\n  - c: 2\n    d: 3\n\n  #e: 4\n");
    assert.equal(switchedOn(text, "e"), "a: 1\n  # prose\n  #b:\n  #- c: 2\n  #  d: 3\n\n  e: 4\n");
    assert.throws(() => switchedOn(text, "f"), /no #f/);
  });
});
