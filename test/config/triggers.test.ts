import assert from "node:assert/strict";
import type { TriggerMetric } from "../../src/model/trigger.ts";
import { watchedMetrics } from "../../src/triggers/metrics.ts";
import { load, loadText, problemsOf } from "./support.ts";

const usual = { cooldownSeconds: 600, capture: true, notify: true } as const;
const above = (value: number) => ({ direction: "above", value }) as const;

/** The rules of a list. */
function rulesOf(list: string) {
  return loadText(`triggers:\n${list}`).triggers;
}

function refuses(title: string, list: string, expected: readonly string[]): void {
  it(title, () =>
    assert.deepEqual(
      problemsOf(() => rulesOf(list)),
      expected,
    ),
  );
}

describe("The triggers of the configuration", () => {
  it("are the usual six when nobody says anything", () => {
    const expected = [
      { name: "HighLoad", metric: "load5", threshold: { ...above(1), perCore: true }, forSeconds: 60, ...usual },
      { name: "HighCpuUsage", metric: "cpu", threshold: above(0.9), forSeconds: 60, ...usual },
      { name: "HighMemoryUsage", metric: "memory", threshold: above(0.9), forSeconds: 0, ...usual },
      { name: "HighDiskUsage", metric: "disk", threshold: above(0.9), forSeconds: 0, ...usual },
      { name: "HighIoPressure", metric: "ioPressure", threshold: above(0.4), forSeconds: 60, ...usual },
      { name: "OomKill", metric: "oomKill", forSeconds: 0, ...usual },
    ];
    assert.deepEqual(load({}).triggers, expected);
    assert.deepEqual(loadText("triggers:\n  # none is listed\n").triggers, expected);
  });

  it("are those of the file and no others when it lists any", () => {
    assert.deepEqual(loadText("triggers: []").triggers, []);
    assert.deepEqual(rulesOf("  - { name: Swap, metric: swap, above: 50%, for: 2m, cooldown: 1h, capture: false, notify: false }"), [
      { name: "Swap", metric: "swap", threshold: above(0.5), forSeconds: 120, cooldownSeconds: 3600, capture: false, notify: false },
    ]);
  });

  it("can be load5 above 2.0 and CPU above 75 % in one line each", () => {
    assert.deepEqual(rulesOf("  - { name: HighLoad, above: 2.0 }\n  - { name: HighCpuUsage, above: 75% }\n  - { name: HighDiskUsage }"), [
      { name: "HighLoad", metric: "load5", threshold: above(2), forSeconds: 60, ...usual },
      { name: "HighCpuUsage", metric: "cpu", threshold: above(0.75), forSeconds: 60, ...usual },
      load({}).triggers[3],
    ]);
  });

  it("take nothing from a usual one when they have a metric of their own", () => {
    assert.deepEqual(rulesOf("  - { name: HighLoad, metric: load1, above: 4 }"), [
      { name: "HighLoad", metric: "load1", threshold: above(4), forSeconds: 0, ...usual },
    ]);
  });

  it("can be below, per core, a share in either form, and for a spike", () => {
    const list = [
      "  - { name: A, metric: coverage, below: 0.5 }",
      "  - { name: B, metric: load1, above: 1.5 cores }",
      "  - { name: C, metric: blockedTasks, above: 10 }",
      "  - { name: D, metric: cpu, above: 0.75 }",
      "  - { name: E, metric: spike }",
      "  - { name: F, metric: loadPerCore, above: 1.5 }",
    ].join("\n");
    assert.deepEqual(
      rulesOf(list).map(({ threshold }) => threshold),
      [{ direction: "below", value: 0.5 }, { ...above(1.5), perCore: true }, above(10), above(0.75), undefined, above(1.5)],
    );
  });

  it("know every metric that there is", () => {
    for (const [metric, { unit }] of Object.entries(watchedMetrics) as [TriggerMetric, { unit: string }][]) {
      const limit = unit === "spike" || unit === "failure" ? "" : `, above: ${unit === "ratio" ? "50%" : "5"}`;
      assert.equal(rulesOf(`  - { name: X, metric: ${metric}${limit} }`)[0]?.metric, metric);
    }
  });

  it("can tell some of the channels that are configured", () => {
    const notify = "notify: { slack: { url: https://slack.example.org/x }, teams: { url: https://teams.example.org/x } }";
    const config = loadText(`${notify}\ntriggers: [{ name: HighLoad, notify: [slack] }]`);
    assert.deepEqual(config.triggers[0]?.notify, ["slack"]);
    assert.deepEqual(
      problemsOf(() => loadText(`${notify}\ntriggers: [{ name: HighLoad, notify: [slack, email] }]`)),
      ['culprit.yml:2:46: triggers[0].notify[1]: expected one of slack, teams, which are configured under notify, got "email"'],
    );
  });

  it("can tell all targets of the webhook, or one of them", () => {
    const notify = "notify: { webhook: [{ name: a, url: http://h/ }, { name: b, url: http://h/ }] }";
    const config = loadText(`${notify}\ntriggers: [{ name: HighLoad, notify: ["webhook:b"] }, { name: HighCpuUsage, notify: [webhook] }]`);
    assert.deepEqual(
      config.triggers.map((rule) => rule.notify),
      [["webhook:b"], ["webhook"]],
    );
    assert.deepEqual(
      problemsOf(() => loadText(`${notify}\ntriggers: [{ name: HighLoad, notify: ["webhook:c"] }]`)),
      ['culprit.yml:2:39: triggers[0].notify[0]: expected one of webhook:a, webhook:b, which are configured under notify, got "webhook:c"'],
    );
  });

  refuses("may not name a channel when none is configured", "  - name: HighLoad\n    notify: [slack]", [
    'culprit.yml:3:14: triggers[0].notify[0]: expected a channel that is configured under notify; none is, got "slack"',
  ]);

  refuses("need a metric, unless they are a usual one", "  - { name: Mine, above: 1 }", [
    `culprit.yml:2:5: triggers[0].metric: missing in "- { name: Mine, above: 1 }"; expected one of ${Object.keys(watchedMetrics).join(", ")}`,
  ]);

  refuses("need a threshold", "  - { name: Mine, metric: memory }", [
    'culprit.yml:2:5: triggers[0].above: missing in "- { name: Mine, metric: memory }"; expected a share from 0% to less than 100%, such as 90% or 0.9; or below',
  ]);

  refuses(
    "have a threshold that suits the metric, and that something can be beyond",
    [
      "  - { name: A, metric: cpu, above: 90 }",
      "  - { name: B, metric: disk, above: 100% }",
      "  - { name: C, metric: memory, below: 0 }",
      "  - { name: D, metric: load5, above: 90% }",
      "  - { name: E, metric: cpu, above: 2 cores }",
      "  - { name: F, metric: loadPerCore, above: cores }",
      "  - { name: G, metric: cpuSpike, above: 1 }",
      "  - { name: H, metric: cpu, above: lots }",
    ].join("\n"),
    [
      "culprit.yml:2:36: triggers[0].above: expected a share from 0% to less than 100%, such as 90% or 0.9, got 90",
      'culprit.yml:3:37: triggers[1].above: expected a share from 0% to less than 100%, such as 90% or 0.9, got "100%"',
      "culprit.yml:4:39: triggers[2].below: expected a share of more than 0% and up to 100%, such as 90% or 0.9, got 0",
      'culprit.yml:5:38: triggers[3].above: expected a number such as 2.0, or cores or 1.5 cores for as many as the machine has, got "90%"',
      'culprit.yml:6:36: triggers[4].above: expected a share from 0% to less than 100%, such as 90% or 0.9, got "2 cores"',
      'culprit.yml:7:44: triggers[5].above: expected a number such as 1.5, got "cores"',
      "culprit.yml:8:41: triggers[6].above: expected no threshold: it is there or not, got 1",
      'culprit.yml:9:36: triggers[7].above: expected a number such as 2.0, a share such as 75%, or cores, got "lots"',
    ],
  );

  refuses(
    "are above or below, with names that differ",
    "  - { name: HighLoad, above: 2, below: 1 }\n  - { name: HighLoad }\n  - { name: has space }",
    [
      "culprit.yml:2:40: triggers[0].below: expected above or below, not both, got 1",
      'culprit.yml:4:13: triggers[2].name: expected a name of letters, digits, dots, dashes and underscores, such as HighLoad, got "has space"',
    ],
  );

  refuses("may not have a name twice", "  - { name: HighLoad }\n  - { name: HighLoad, metric: load1, above: 2 }", [
    'culprit.yml:3:13: triggers[1].name: expected a name that no trigger before it has, got "HighLoad"',
  ]);

  refuses("have no other keys", "  - { name: HighLoad, abov: 2, for: soon, notify: [pager] }", [
    "culprit.yml:2:23: triggers[0].abov: unknown key; did you mean above?",
    'culprit.yml:2:37: triggers[0].for: expected a duration from 0s to 1d, such as 30s, 5m or 1h30m, got "soon"',
    'culprit.yml:2:52: triggers[0].notify[0]: expected one of email, slack, teams, webhook, got "pager"',
  ]);
});

describe("The log of the configuration", () => {
  it("goes into a file beside the configuration when one is named", () => {
    const { log } = loadText("log: { file: logs/culprit.log, maxBytes: 1MiB, maxFiles: 2, checkEvery: 0 }");
    assert.deepEqual(log, {
      level: "info",
      format: "text",
      file: "/etc/culprit/logs/culprit.log",
      maxBytes: 1_048_576,
      maxFiles: 2,
      checkEverySeconds: 0,
    });
  });

  it("keeps within bounds that make sense", () => {
    assert.deepEqual(
      problemsOf(() => loadText("log: { file: '', maxBytes: 1KiB, maxFiles: 1, checkEvery: 2d }")),
      [
        "culprit.yml:1:14: log.file: expected a path, got empty text",
        'culprit.yml:1:28: log.maxBytes: expected a size of at least 64KiB, such as 512MiB or 2GiB, got "1KiB"',
        "culprit.yml:1:44: log.maxFiles: expected a whole number of at least 2, got 1",
        'culprit.yml:1:59: log.checkEvery: expected a duration from 0s to 1d, such as 30s, 5m or 1h30m, got "2d"',
      ],
    );
  });
});
