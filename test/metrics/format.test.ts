import assert from "node:assert/strict";
import { negotiateFormat } from "../../src/metrics/format.ts";
import { renderFamilies } from "../../src/metrics/registry.ts";

describe("the format of a scrape", () => {
  const cases: [string | undefined, "text" | "openmetrics"][] = [
    [undefined, "text"],
    ["", "text"],
    ["*/*", "text"],
    ["text/html,*/*;q=0.1", "text"],
    ["text/plain;version=0.0.4", "text"],
    ["application/openmetrics-text", "openmetrics"],
    ["application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "openmetrics"],
    ['application/openmetrics-text; version="1.0.0"; charset=utf-8', "openmetrics"],
    ["application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.9", "text"],
    ["application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.3", "text"],
    ["application/openmetrics-text;version=0.0.1", "text"],
    ["APPLICATION/OpenMetrics-Text;Version=1.0.0", "openmetrics"],
    ["application/*", "openmetrics"],
    ["application/openmetrics-text;q=0,*/*", "text"],
    ["application/openmetrics-text;q=nonsense", "text"],
    // Prometheus 2.42
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
    // Prometheus 3 with protobuf first
    [
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      "openmetrics",
    ],
  ];
  for (const [accept, format] of cases) it(`is ${format} for ${accept}`, () => assert.equal(negotiateFormat(accept), format));
});

describe("families in both formats", () => {
  const families = [
    { name: "a_total", help: "A counter.", type: "counter", points: [{ labels: { x: 'q"\\\n' }, value: 1 }] },
    { name: "odd_counter", help: "A counter by another name.", type: "counter", points: [{ labels: {}, value: 2 }] },
    { name: "u", help: "Nobody knows.", type: "untyped", points: [{ labels: {}, value: 3 }] },
  ];

  it("are typed as each format wants it and keep the names of their series", async () => {
    const text = await renderFamilies(families, "text");
    assert.match(text.contentType, /^text\/plain; version=0.0.4/);
    assert.match(text.body, /# TYPE a_total counter\na_total\{x="q\\"\\\\\\n"\} 1\n/);
    assert.match(text.body, /# TYPE odd_counter counter\nodd_counter 2\n/);
    assert.match(text.body, /# TYPE u untyped\nu 3\n/);
    const open = await renderFamilies(families, "openmetrics");
    assert.match(open.contentType, /^application\/openmetrics-text; version=1.0.0/);
    assert.match(open.body, /# TYPE a counter\na_total\{x="q\\"\\\\\\n"\} 1\n/);
    assert.match(open.body, /# TYPE odd_counter unknown\nodd_counter 2\n/);
    assert.match(open.body, /# TYPE u unknown\nu 3\n# EOF\n$/);
  });
});
