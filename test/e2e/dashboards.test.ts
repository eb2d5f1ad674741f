import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type PlacedQuery, queriesOf, queryOf } from "../shipped/support/dashboards.ts";
import { requireRoot, requireServer } from "../support/servers.ts";
import { untar, waitFor } from "./machine.ts";
import { agrees, rateOf, ScrapedCulprit, sleep, valueAt, windowSeconds } from "./scrapedCulprit.ts";

/** Queries that some machines have no answer for, and when. */
const excused: Readonly<Record<string, () => boolean>> = {
  // a kernel without pressure stall information, or with it switched off
  "culprit-host / Pressure / A": () => !existsSync("/proc/pressure/cpu"),
};

describe("the dashboards on a real Prometheus that scrapes a real, loaded Culprit", () => {
  let scraped: ScrapedCulprit;

  before(async function () {
    requireServer(this, "prometheus", "free");
    this.timeout(240_000);
    scraped = await ScrapedCulprit.start();
  });

  after(() => scraped?.close());

  it("answer every query of every panel, annotation and variable", async function () {
    this.timeout(120_000);
    const silent: string[] = [];
    let answered = 0;
    for (const dashboard of scraped.dashboards) {
      const opened = await scraped.open(dashboard);
      for (const variable of dashboard.templating.list) {
        if (queryOf(variable) === undefined) continue;
        if ((opened.options.get(variable.name) ?? []).length === 0) silent.push(`${dashboard.uid} / $${variable.name}`);
      }
      assert.deepEqual(opened.options.get("job"), ["culprit", "direct"], "the job with node_exporter's families is not offered");
      assert.deepEqual(opened.options.get("instance"), [`127.0.0.1:${scraped.culpritPort}`, "web1"]);
      for (const query of queriesOf(dashboard)) {
        if (query.where in excused && excused[query.where]?.()) continue;
        const series = await opened.ask(query);
        const isThere = series.some(({ values }) => values.some(([, value]) => !Number.isNaN(value)));
        if (isThere) answered += 1;
        else silent.push(`${query.where}: ${opened.sent(query)}`);
        for (const label of labelsOf(query))
          assert.ok(
            series.some(({ labels }) => label in labels),
            `${query.where} shows the label ${label}, and no series has it`,
          );
      }
    }
    assert.deepEqual(silent, []);
    assert.ok(answered > 90, `only ${answered} queries`);
    assert.ok(Object.keys(excused).length <= 5);
  });

  it("lead to each host's page by its own port, be one in its instance label or not", async () => {
    const cpu = scraped.find("culprit-host", "CPU usage");
    const pages = (await (await scraped.open(cpu.dashboard)).ask(cpu)).map(({ labels }) => [labels.instance, labels.page]);
    assert.deepEqual(Object.fromEntries(pages), {
      web1: "web1:10054",
      [`127.0.0.1:${scraped.culpritPort}`]: `127.0.0.1:${scraped.culpritPort}`,
    });
  });

  it("show as many lines as were chosen, and the same ones at every step", async () => {
    for (const [uid, title] of [
      ["culprit-host", "CPU by process"],
      ["culprit-host", "Memory by process"],
      ["culprit-host", "Load by process"],
      ["culprit-culprits", "CPU of the top lines"],
    ] as const) {
      const query = scraped.find(uid, title);
      const opened = await scraped.open(query.dashboard, { instance: "web1", top: "3" });
      const series = await opened.ask(query);
      // whoever had its only task between two steps of the graph is among the top of the range, and in no step
      const least = title === "Load by process" ? 2 : 3;
      assert.ok(series.length >= least && series.length <= 3, `${title}: ${series.length}`);
    }
    const table = scraped.find("culprit-culprits", "CPU");
    const rows = await (await scraped.open(table.dashboard, { instance: "web1", top: "3" })).ask(table);
    assert.equal(rows.length, 3);
  });

  it("agree with a burner's own clock and with the kernel's idle time", async function () {
    this.timeout(60_000);
    await agrees(async () => {
      const { value, atMs } = await scraped.shown(scraped.find("culprit-host", "CPU by process"), { process: "known-burner" });
      return { value, truth: rateOf(scraped.burner, atMs) };
    });
    await agrees(async () => {
      const { value, atMs } = await scraped.shown(scraped.find("culprit-host", "CPU usage"), {});
      return { value, truth: rateOf(scraped.machineBusy, atMs) / availableParallelism() };
    });
  });

  it("stack up to what the machine was busy with", async function () {
    this.timeout(60_000);
    const named = scraped.find("culprit-host", "CPU by process");
    const others = scraped.find("culprit-host", "CPU by process", "B");
    await agrees(async () => {
      const opened = await scraped.open(named.dashboard, { instance: "web1" });
      const series = [...(await opened.ask(named)), ...(await opened.ask(others))];
      const value = series.reduce((sum, one) => sum + (valueAt(one, opened.view.toMs) ?? 0), 0);
      return { value, truth: rateOf(scraped.machineBusy, opened.view.toMs) };
    });
  });

  it("agree with `free`, and with a process that knows its own size", async function () {
    this.timeout(60_000);
    await agrees(async () => {
      const { value } = await scraped.shown(scraped.find("culprit-host", "Memory used"), {});
      const line = run("free", "--bytes")
        .split("\n")
        .find((text) => text.startsWith("Mem:"));
      const [, total = 0, , , , , available = 0] = line?.split(/\s+/).map(Number) ?? [];
      return { value, truth: total - available };
    });
    await agrees(async () => {
      const { value, atMs } = await scraped.shown(scraped.find("culprit-host", "Memory by process"), { process: "known-holder" });
      return { value, truth: scraped.holder.at(atMs) };
    });
  });

  it("agree with `df`, and with a process that knows what it has written", async function () {
    this.timeout(60_000);
    const [, root = ""] = run("df", "--block-size=1", "--output=size,avail", "/").trim().split("\n");
    const [size = 0, available = 0] = root.trim().split(/\s+/).map(Number);
    for (const [refId, truth] of [
      ["A", 1 - available / size],
      ["B", available],
      ["C", size],
    ] as const) {
      await agrees(async () => ({
        value: (await scraped.shown(scraped.find("culprit-host", "File systems", refId), { mountpoint: "/" })).value,
        truth,
      }));
    }
    await agrees(async () => {
      const { value, atMs } = await scraped.shown(scraped.find("culprit-host", "Writes by process"), { process: "known-writer" });
      return { value, truth: rateOf(scraped.writer, atMs) };
    });
  });

  it("agree with statfs on a file system that is filled to 60 %, in every panel that shows it", async function () {
    requireRoot(this);
    this.timeout(180_000);
    const mountpoint = scraped.machine.path("filled");
    mkdirSync(mountpoint);
    run("mount", "-t", "tmpfs", "-o", "size=200m", "filled", mountpoint);
    try {
      writeFileSync(join(mountpoint, "file"), Buffer.alloc(120 * 2 ** 20, 1));
      const { blocks, bavail, bsize, files, ffree } = statfsSync(mountpoint);
      const used = 1 - bavail / blocks;
      assert.ok(used > 0.55 && used < 0.65, `filled to ${used}`);
      for (const [title, refId, truth] of [
        ["File systems", "A", used],
        ["File systems", "B", bavail * bsize],
        ["File systems", "C", blocks * bsize],
        ["File systems", "D", 1 - ffree / files],
        ["Space used", "A", used],
      ] as const) {
        const query = scraped.find("culprit-host", title, refId);
        // file systems are asked every ten seconds, and Prometheus every one
        await waitFor(
          `${title} ${refId} of ${mountpoint}`,
          async () => (await scraped.shown(query, { mountpoint }).catch(() => undefined)) !== undefined,
        );
        await agrees(async () => ({ value: (await scraped.shown(query, { mountpoint })).value, truth }));
      }
    } finally {
      run("umount", mountpoint);
    }
  });

  it("mark the spike at its start with the culprit's name, and the capture with a link that downloads it", async () => {
    const host = scraped.dashboards.find(({ uid }) => uid === "culprit-host");
    assert.ok(host !== undefined);
    // a host whose label has the port, so that the link leads to this very Culprit
    const opened = await scraped.open(host, { job: "direct", instance: `127.0.0.1:${scraped.culpritPort}` });
    const [spikes, captures] = queriesOf(host).slice(-2);
    assert.ok(spikes !== undefined && captures !== undefined);
    const marks = await opened.ask(spikes);
    // what makes which spike depends on what else the machine has to do; the mark must say what Culprit says
    const firsts = await scraped.api.instant(`topk by (resource) (1, culprit_spike_culprit_share_ratio{job="direct"})`, opened.view.toMs);
    const starts = await scraped.api.instant(`culprit_spike_start_timestamp_seconds{job="direct"}`, opened.view.toMs);
    assert.ok(firsts.length > 0);
    for (const { labels } of firsts) {
      const startMs = 1000 * (starts.find((one) => one.labels.resource === labels.resource)?.values[0]?.[1] ?? 0);
      const ofSpike = marks.filter((mark) => mark.labels.resource === labels.resource && mark.labels.start === String(Math.round(startMs)));
      assert.equal(ofSpike.length, 1, `one mark for the spike of ${labels.resource}: ${JSON.stringify(ofSpike.map((one) => one.labels))}`);
      const [mark] = ofSpike;
      assert.equal(mark?.labels.who, nameOf(labels));
      assert.equal(mark?.labels.page, `http://127.0.0.1:${scraped.culpritPort}`);
      for (const [, value] of mark?.values ?? []) assert.ok(Math.abs(value - startMs) < 1, "its time is the start of the spike");
    }

    const archives = await opened.ask(captures);
    const manual = archives.find(({ labels }) => labels.origin === "manual");
    const link = `${manual?.labels.page}/archives/${manual?.labels.id}.tar.gz`;
    const answer = await fetch(link, { headers: { Authorization: `Bearer ${scraped.machine.adminToken}` } });
    assert.equal(answer.status, 200, link);
    assert.ok((await untar(new Uint8Array(await answer.arrayBuffer()))).has("manifest.json"));
  });

  it("say in Fleet who it was last, and sort a host that is down before all others", async () => {
    const culprit = scraped.find("culprit-fleet", "Hosts, by trouble", "J");
    const rows = await (await scraped.open(culprit.dashboard)).ask(culprit);
    assert.equal(rows.length, 2);
    const named = await scraped.api.instant(`group by (process) (culprit_spike_culprit_share_ratio)`, Date.now());
    const names = named.map(({ labels }) => labels.process ?? "");
    for (const { labels } of rows) assert.ok(names.includes(labels.who ?? ""), `${labels.who}, not one of ${names.join(", ")}`);
    const trouble = scraped.find("culprit-fleet", "Hosts, by trouble", "A");
    const scores = await (await scraped.open(trouble.dashboard)).ask(trouble);
    assert.equal(scores.length, 2);
    for (const { values } of scores)
      assert.ok((values[0]?.[1] ?? 0) >= 100 && (values[0]?.[1] ?? 0) < 1000, "a trigger fires, nobody is down");
  });

  it("give a process that has ended the CPU time that it had, however short its part of the range", async function () {
    this.timeout(120_000);
    await scraped.burner.end();
    await sleep(windowSeconds + 3);
    const used = scraped.burner.at(Date.now());
    await agrees(async () => {
      const { value, rangeSeconds } = await scraped.shown(scraped.find("culprit-culprits", "CPU"), { process: "known-burner" });
      return { value: value * rangeSeconds, truth: used };
    });
    // what is before and behind the range is in one of its two factors only, which tells in a range of minutes
    await agrees(
      async () => ({
        value: (await scraped.shown(scraped.find("culprit-culprits", "CPU", "C"), { process: "known-burner" })).value,
        truth: used,
      }),
      0.15,
    );
  });
});

/** Labels that the legend of a panel shows. Those of units and containers are empty for programs of a test, and then left out. */
function labelsOf({ target }: PlacedQuery): readonly string[] {
  const labels = [...(target?.legendFormat ?? "").matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
  return labels.filter((label) => label !== "unit" && label !== "container");
}

/** How a mark calls the first line of a spike. */
function nameOf({ process, kind, unit, container }: Readonly<Record<string, string>>): string {
  if (process) return process;
  if (kind !== "short_lived") return "no single process";
  const place = container || unit;
  return place ? `short-lived processes of ${place}` : "short-lived processes";
}

function run(program: string, ...args: readonly string[]): string {
  const done = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}
