import assert from "node:assert/strict";
import { createNodeCollectors } from "../../src/metrics/node/collectors.ts";
import { defaultExclusions } from "../../src/metrics/node/exclude.ts";
import { compareFamilies, parseExposition } from "./compareFamilies.ts";
import { readNodeDocument } from "./nodeDocument.ts";

const theirs =
  '# TYPE a_total counter\na_total{cpu="0"} 10\na_total{cpu="1"} 5\n# TYPE node_load1 gauge\nnode_load1 1\n# TYPE go_info gauge\ngo_info 1\n';
const later = theirs.replace("} 10", "} 12");
const excuses = [{ family: /^go_.*$/, kind: "missing" as const, why: "" }];

function problems(ours: string): string[] {
  const scrapes = { before: parseExposition(theirs), ours: parseExposition(ours), after: parseExposition(later) };
  return compareFamilies(scrapes, excuses);
}

describe("the comparison with node_exporter", () => {
  const equal = '# TYPE a_total counter\na_total{cpu="0"} 11\na_total{cpu="1"} 5\n# TYPE node_load1 gauge\nnode_load1 1.5\n';

  it("finds nothing where everything is equal or excused", () => {
    assert.deepEqual(problems(equal), []);
  });

  const wrong: readonly (readonly [what: string, ours: string, problem: RegExp])[] = [
    ["a family that is missing", equal.replaceAll("node_load1", "node_load2"), /^node_load1 is missing$/],
    ["a family that node_exporter does not have", `${equal}# TYPE more gauge\nmore 1\n`, /^more is not among/],
    ["another type", equal.replace("counter", "gauge"), /^a_total is a gauge, but node_exporter's is a counter$/],
    ["a series that is missing", equal.replace('a_total{cpu="1"} 5\n', ""), /^a_total\{cpu="1"\} is missing$/],
    ["another label", equal.replace('cpu="1"', 'core="1"'), /^a_total\{cpu="1"\} is missing$/],
    ["a counter that is too high", equal.replace("} 11", "} 13"), /is 13, but node_exporter said 10 before and 12 after/],
    ["a counter that is too low", equal.replace("} 5", "} 4.9"), /is 4.9/],
    ["a level far from what was seen", equal.replace("1.5", "9"), /^node_load1\{\} is 9/],
    ["an excuse that is not needed", `${equal}# TYPE go_info gauge\ngo_info 1\n`, /^go_info is there, but/],
  ];
  for (const [what, ours, problem] of wrong) {
    it(`finds ${what}`, () => assert.match(problems(ours)[0] ?? "", problem));
  }

  it("finds an excuse that nothing needs", () => {
    const same = parseExposition(equal);
    assert.match(compareFamilies({ before: same, ours: same, after: same }, excuses)[0] ?? "", /go_.*which nothing needs/);
  });
});

describe("docs/node.md", () => {
  const document = readNodeDocument();

  it("lists the collectors that are offered", () => {
    const collectors = createNodeCollectors(defaultExclusions).map((one) => one.collector);
    assert.deepEqual([...document.offered].sort(), [...collectors].sort());
  });

  it("gives a reason for everything that is left out", () => {
    for (const { why } of [...document.differences, ...document.notOffered]) assert.match(why, /\.$/);
    assert.ok(document.differences.length > 0 && document.notOffered.length > 0);
  });
});
