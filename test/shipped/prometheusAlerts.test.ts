import assert from "node:assert/strict";
import { defaultTriggers } from "../../src/config/triggers.ts";
import { knownMetrics, labelsAfter } from "./support/knownMetrics.ts";
import { askedQuery, queriesOf, selectorsOf } from "./support/promqlNames.ts";
import { shippedAlerts, shippedRules, shippedText } from "./support/rules.ts";

const alerts = shippedAlerts();
const each = (check: (alert: (typeof alerts)[number]) => void) => {
  assert.ok(alerts.length > 20);
  for (const alert of alerts) check(alert);
};

/** Everything that an alert asks, by its expression or for its texts. */
const queriesFor = ({ expr, annotations }: (typeof alerts)[number]) => [expr, ...asked(annotations)];
const asked = (annotations: Readonly<Record<string, string>>) =>
  Object.values(annotations).flatMap((text) => queriesOf(text).map((query) => askedQuery(query, {})));

describe("the alerts that are shipped", () => {
  it("have the texts and links that a person on call needs", () => {
    each(({ alert, annotations }) => {
      for (const name of ["title", "summary", "description", "runbook_url", "dashboard_url"])
        assert.ok(annotations[name], `${alert}: ${name}`);
      assert.match(annotations.summary ?? "", /\{\{ \$labels\.instance \}\}/, `${alert} does not say where`);
      assert.match(annotations.title ?? "", /^([A-Z][A-Za-z/]* )+Detected$/, alert);
      assert.match(
        annotations.dashboard_url ?? "",
        /^\{\{ or \$externalLabels\.grafana_url `http:\/\/127\.0\.0\.1:3000` \}\}\/d\/culprit-(host|self|captures|culprits|fleet)\?var-instance=\{\{ \$labels\.instance \| urlquery \}\}$/,
      );
    });
  });

  it("have a severity and a resource, so that the critical hides the warning of the same trouble", () => {
    const known = knownMetrics(shippedRules());
    each(({ alert, expr, labels }) => {
      assert.ok(["critical", "warning", "info"].includes(labels.severity ?? ""), alert);
      assert.ok(labels.resource !== undefined || labelsAfter(expr, known).has("resource"), `${alert} has no resource`);
    });
    for (const critical of alerts.filter(({ labels }) => labels.severity === "critical")) {
      const warning = alerts.find(({ alert, labels }) => alert === critical.alert && labels.severity === "warning");
      if (warning === undefined) continue;
      assert.equal(warning.labels.resource, critical.labels.resource);
      // one incident for Culprit, whose key does not know the severity: so one wants a capture if the other does
      assert.deepEqual({ ...warning.labels, severity: "" }, { ...critical.labels, severity: "" });
      assert.deepEqual(warning.annotations, critical.annotations);
    }
  });

  it("come as warning and as critical where it is about a resource of the host", () => {
    const wanted = [
      "HighLoad",
      "HighCpuUsage",
      "HighMemoryUsage",
      "HighSwapUsage",
      "HighDiskUsage",
      "DiskFullWithin24h",
      "HighInodeUsage",
      "HighIoPressure",
      "HighBlockedTasks",
    ];
    for (const name of wanted) {
      const severities = alerts.filter(({ alert }) => alert === name).map(({ labels }) => labels.severity);
      assert.deepEqual(severities.sort(), ["critical", "warning"], name);
    }
  });

  it("ask for a capture only where the host has a trouble that an archive can show", () => {
    const captured = new Set(alerts.filter(({ labels }) => labels.capture === "true").map(({ alert }) => alert));
    assert.deepEqual([...captured].sort(), [
      "HighBlockedTasks",
      "HighCpuUsage",
      "HighDiskUsage",
      "HighInodeUsage",
      "HighIoPressure",
      "HighLoad",
      "HighMemoryUsage",
      "HighSwapUsage",
      "OomKill",
      "Spike",
      "UnitFailed",
    ]);
    each(({ labels }) => assert.ok(labels.capture === undefined || labels.capture === "true"));
  });

  it("say of disks what the usual trigger says: the same pools, the same threshold", () => {
    const usual = defaultTriggers.find(({ metric }) => metric === "disk");
    const [warning, critical] = alerts.filter(({ alert }) => alert === usual?.name).sort((a, b) => a.expr.localeCompare(b.expr));
    assert.equal(warning?.expr, `culprit_pool_usage_ratio > ${usual?.threshold?.value}`);
    assert.match(critical?.expr ?? "", /^culprit_pool_usage_ratio > 0\.97$/);
    for (const { expr, annotations } of alerts) {
      for (const query of [expr, ...asked(annotations)]) {
        for (const { metric, labels } of selectorsOf(query))
          if (metric?.startsWith("culprit_pool_")) assert.ok(!labels.includes("fstype"), query);
      }
    }
  });

  it("name a culprit by a query, with words for it that there is none", () => {
    each(({ alert, annotations }) => {
      const { description = "" } = annotations;
      assert.ok(queriesOf(description).length > 0, `${alert} asks nobody`);
      assert.match(description, /\{\{-? else \}\}No/, alert);
    });
  });

  it("never take a remainder for a culprit", () => {
    each((alert) => {
      for (const query of asked(alert.annotations)) {
        // whoever is named by the verdict is no remainder
        if (/ and culprit_spike_culprit_info\b/.test(query)) continue;
        for (const { text, metric } of selectorsOf(query)) {
          // the sum of all lines is what a share is measured by
          const isSum = query.includes(`scalar(sum(${text}`);
          if (isSum || !/^culprit_(process_|spike_culprit)/.test(metric ?? "culprit_process_")) continue;
          if (!/culprit_(process|spike_culprit)/.test(text)) continue;
          assert.match(text, /kind=~"process\|short_lived"|kind="process"/, `${alert.alert}: ${text}`);
        }
      }
    });
  });

  it("ask about the host of the alert and about no other", () => {
    each(({ alert, annotations }) => {
      for (const query of asked(annotations)) {
        for (const { labels, text } of selectorsOf(query)) assert.ok(labels.includes("instance"), `${alert}: ${text} asks about all hosts`);
      }
    });
  });

  it("do not mix hosts: what is summed up or matched is so by instance", () => {
    for (const { expr, alert, record } of shippedRules()) {
      for (const [, list = ""] of expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)) assert.match(list, /\binstance\b/, alert ?? record);
      assert.doesNotMatch(expr, /\b(sum|max|min|avg|count|topk)\s*\(/, `${alert ?? record} adds up without saying by what`);
    }
  });

  it("use only what Culprit has on every system", () => {
    each((alert) => {
      for (const { metric, text } of queriesFor(alert).flatMap(selectorsOf)) {
        assert.match(metric ?? text, /culprit_|^up$/, `${alert.alert}: ${text}`);
      }
    });
  });
});

describe("docs/runbooks.md", () => {
  const text = shippedText("docs/runbooks.md");
  /** Sections by their anchor, as forges make them. */
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [heading = ""] = section.split("\n");
        return [
          heading
            .toLowerCase()
            .replaceAll(/[^\w\- ]/g, "")
            .replaceAll(" ", "-"),
          section,
        ] as const;
      }),
  );

  it("has a section for every alert, where its runbook_url leads", () => {
    each(({ alert, annotations }) => {
      const anchor = annotations.runbook_url?.split("#")[1] ?? "";
      assert.equal(annotations.runbook_url, `{{ or $externalLabels.runbooks_url \`docs/runbooks.md\` }}#${anchor}`);
      assert.match(sections.get(anchor) ?? "", new RegExp(`^${alert}\n`), `${alert}: no section #${anchor}`);
    });
  });

  it("has no section of an alert that is gone, and each says what it means, where to look, how to mend it and how to be quiet", () => {
    const names = new Set(alerts.map(({ alert }) => alert.toLowerCase()));
    for (const [anchor, section] of sections) {
      assert.ok(names.has(anchor) || anchor === "before-you-begin", `#${anchor} is of no alert`);
      if (anchor === "before-you-begin") continue;
      for (const part of ["**Means.**", "**Look.**", "**Mend.**", "**Silence.**"]) assert.ok(section.includes(part), `#${anchor}: ${part}`);
      assert.match(section, /^ {4}(curl|promtool|amtool|systemctl|journalctl|node|df|grep|cat)/m, `#${anchor} has nothing to type`);
    }
  });

  it("states the thresholds that the rules have", () => {
    for (const { alert, for: lasting, labels } of alerts) {
      const section = sections.get(alert.toLowerCase()) ?? "";
      const stated = lasting === undefined ? labels.severity : `${labels.severity} after ${lasting}`;
      assert.ok(section.toLowerCase().includes(stated ?? "?"), `${alert}: expected "${stated}" in its section`);
    }
  });

  it("names only metrics that exist", () => {
    const known = knownMetrics(shippedRules());
    const names = [...text.matchAll(/\b(?:[a-z_]+:)?culprit_[a-z0-9_]+(?::[a-z0-9]+)?/g)].map(([name]) => name);
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
  });
});
