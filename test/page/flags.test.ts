import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Archive } from "../../src/model/capture.ts";
import type { MachineEvent } from "../../src/model/machineEvent.ts";
import type { TriggerFiring } from "../../src/model/trigger.ts";
import { flagsOf, flagTarget, flagWords, groupFlags } from "../../src/page/logic/lane.ts";
import { packageRoot } from "../support/paths.ts";
import { t0 } from "./support.ts";

const stretch = { fromMs: t0, toMs: t0 + 1_200_000 };

describe("flags on the timeline", () => {
  const archive = (id: string, origin: Archive["origin"], atSecond: number, process?: string): Archive => ({
    ...{
      id,
      origin,
      name: origin === "manual" ? "manual" : "HighLoad",
      createdAtMs: t0 + atSecond * 1000,
      incidentKey: "k",
      sizeBytes: 1,
      sha256: "",
      span: { fromMs: 0, toMs: 1 },
      missing: [],
    },
    ...(process === undefined ? {} : { process }),
  });

  it("are the archives and the firings of the stretch, in their order", () => {
    const firing: TriggerFiring = {
      id: "f",
      trigger: "HighCpuUsage",
      metric: "cpu",
      instance: "",
      reason: "CPU usage is 99 %",
      onsetMs: t0,
      firedAtMs: t0 + 60_000,
    };
    const flags = flagsOf(
      [archive("b", "alert", 90, "tar"), archive("a", "manual", 30), archive("old", "alert", -5)],
      [firing],
      [],
      stretch,
    );
    assert.deepEqual(
      flags.map(({ id, kind, label }) => [id, kind, label]),
      [
        ["a", "capture", "capture"],
        ["f", "alert", "HighCpuUsage"],
        ["b", "alert", "HighLoad"],
      ],
    );
    assert.match(flags[2]?.detail ?? "", /most likely tar/);
  });

  it("say what happened to the machine and who told of it; an alert beside it leads", () => {
    const events: MachineEvent[] = [
      { id: "r", atMs: t0 + 10_000, kind: "reboot", text: "the machine was started", detail: "after 2 min" },
      { id: "d", atMs: t0 + 40_000, kind: "deployment", text: "deployed 1.4", by: "ci" },
      { id: "old", atMs: t0 - 1, kind: "packages", text: "nginx was upgraded" },
    ];
    const flags = flagsOf([archive("a", "alert", 42)], [], events, stretch);
    const groups = groupFlags(flags, 1000);
    assert.deepEqual(
      groups.map((group) => [group.kind, flagWords(group)]),
      [
        ["event", "Start: the machine was started (after 2 min)"],
        ["alert", "2 flags\nEvent: deployed 1.4 told by ci\nAlert HighLoad: Archive made for the alert HighLoad"],
      ],
    );
  });

  const flag = (id: string, atSecond: number, kind: "alert" | "capture" = "capture") => ({
    ...{ id, kind, atMs: t0 + atSecond * 1000, label: id, detail: "made" },
  });

  it("are one where they would lie on each other, which leads to where they can be told apart", () => {
    const groups = groupFlags([flag("a", 0), flag("b", 15, "alert"), flag("c", 100)], 1000);
    assert.deepEqual(
      groups.map(({ flags, kind, atMs }) => [flags.length, kind, atMs - t0]),
      [
        [2, "alert", 0],
        [1, "capture", 100_000],
      ],
    );
    const [both, single] = groups;
    assert.ok(both !== undefined && single !== undefined);
    assert.equal(flagWords(both), "2 flags\nCapture a: made\nAlert b: made");
    assert.deepEqual(flagTarget(both), { range: { fromMs: t0 - 15_000, toMs: t0 + 30_000 } });
    assert.deepEqual(flagTarget(single), { atMs: t0 + 100_000 });
  });

  it("have kinds that no rule of the style sheet gives to anything else: a dialog's width once made them wide", () => {
    const style = readFileSync(join(packageRoot(), "src", "page", "view", "style.css"), "utf8");
    const selectors = style
      .split("}")
      .flatMap((rule) => (rule.split("{")[0] ?? "").split(","))
      .map((one) => one.trim());
    for (const kind of ["capture", "alert"]) {
      assert.deepEqual(
        selectors.filter((one) => new RegExp(`^\\.${kind}(?![\\w-])`).test(one)),
        [],
      );
    }
  });

  it("of a person tell the reason", () => {
    const archive: Archive = {
      ...{ id: "a", origin: "manual", name: "manual", reason: "it is slow", createdAtMs: t0, incidentKey: "k" },
      ...{ sizeBytes: 1, sha256: "", span: { fromMs: 0, toMs: 1 }, missing: [] },
    };
    assert.equal(flagsOf([archive], [], [], stretch)[0]?.detail, "Archive asked for by a person (it is slow)");
  });
});
