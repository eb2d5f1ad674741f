import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MatchedAlert, ReceivedAlert } from "../../src/capture/contract.ts";
import { type IncidentState, isOpen } from "../../src/capture/requests/incident.ts";
import { createIncidentFile } from "../../src/capture/requests/incidentFile.ts";
import { incidentKeyOf } from "../../src/capture/requests/incidentKey.ts";
import { receiveAlerts, rememberRequests } from "../../src/capture/requests/incidents.ts";
import { kinshipBy } from "../../src/capture/requests/storm.ts";

import { defaults } from "../../src/config/settings.ts";
import type { CaptureRequest } from "../../src/model/capture.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const t0 = Date.UTC(2026, 10, 21, 10, 0, 0);
const minute = 60_000;
const hour = 60 * minute;

const options = {
  ignoreLabels: defaults.webhook.ignoreLabels,
  cooldownSeconds: 600,
  lookbackSeconds: 1800,
  maxSpanSeconds: 6 * 3600,
  isTaken: () => false,
  room: 1000,
  open: [],
  kinship: kinshipBy(undefined, 0),
};

function alert(changes: Partial<ReceivedAlert> = {}, match: MatchedAlert["match"] = { kind: "own" }): MatchedAlert {
  const usual = {
    status: "firing",
    labels: { alertname: "HighCpu", instance: "web1", severity: "warning" },
    annotations: { summary: "hot" },
    startsAtMs: t0 - 5 * minute,
    fingerprint: "fp1",
  } as const;
  return { alert: { ...usual, ...changes }, match };
}

/** Plays payloads one after the other, each at its own minute. */
function play(...steps: readonly [atMinutes: number, ...alerts: MatchedAlert[]][]) {
  let state: IncidentState = new Map();
  const answers: string[][] = [];
  const requests: CaptureRequest[] = [];
  for (const [atMinutes, ...alerts] of steps) {
    const received = receiveAlerts(state, alerts, t0 + atMinutes * minute, options);
    state = received.state;
    answers.push(received.outcomes.map(({ result }) => result));
    requests.push(...received.requests);
  }
  return { state, answers, requests };
}

const resolved = (changes: Partial<ReceivedAlert> = {}) => alert({ status: "resolved", ...changes });

describe("an incident", () => {
  it("begins with a capture that says what it is for", () => {
    const { requests, answers, state } = play([0, alert()]);
    assert.deepEqual(answers, [["captured"]]);
    const [request] = requests;
    assert.match(request?.id ?? "", /^20261121T100000Z-alert-HighCpu-[0-9a-f]{6}$/);
    assert.deepEqual(request, {
      id: request?.id,
      origin: "alert",
      name: "HighCpu",
      labels: { alertname: "HighCpu", instance: "web1", severity: "warning" },
      annotations: { summary: "hot" },
      fingerprint: "fp1",
      requestedAtMs: t0,
      onsetMs: t0 - 5 * minute,
      lookbackSeconds: 1800,
      incidentKey: incidentKeyOf({ alertname: "HighCpu", instance: "web1" }, []),
      match: { kind: "own" },
    });
    assert.equal([...state.values()][0]?.archiveId, request?.id);
  });

  it("is joined by every re-send, with the same archive, whatever startsAt says", () => {
    const { answers, requests } = play([0, alert()], [240, alert()], [480, alert({ startsAtMs: t0 + 480 * minute })]);
    assert.deepEqual(answers, [["captured"], ["joined"], ["joined"]]);
    assert.equal(requests.length, 1);
  });

  it("answers re-sends with the id of the archive that there is", () => {
    const first = receiveAlerts(new Map(), [alert()], t0, options);
    const second = receiveAlerts(first.state, [alert(), resolved()], t0 + minute, options);
    const id = first.requests[0]?.id;
    assert.ok(id);
    assert.deepEqual(
      second.outcomes.map(({ archiveId }) => archiveId),
      [id, id],
    );
  });

  it("is one for the two of an HA pair and for a warning that grows critical", () => {
    const replica = (name: string, fingerprint: string, severity = "warning") =>
      alert({ fingerprint, labels: { alertname: "HighCpu", instance: "web1", replica: name, severity } });
    const { answers, requests } = play([0, replica("a", "fa"), replica("b", "fb")], [2, replica("a", "fc", "critical")]);
    assert.deepEqual(answers, [["captured", "joined"], ["joined"]]);
    assert.equal(requests.length, 1);
  });

  it("goes on while one of an HA pair still fires, and ends with the last of them", () => {
    const a = { fingerprint: "fa", labels: { alertname: "HighCpu", replica: "a" } };
    const b = { fingerprint: "fb", labels: { alertname: "HighCpu", replica: "b" } };
    const until = play([0, alert(a), alert(b)], [5, resolved(a)]);
    assert.ok([...until.state.values()].every(isOpen));
    const again = play([0, alert(a), alert(b)], [5, resolved(a)], [60, alert(a)]);
    assert.deepEqual(again.answers[2], ["joined"], "an hour later it is still the same trouble: b never ended");
    const over = play([0, alert(a), alert(b)], [5, resolved(a)], [6, resolved(b)], [60, alert(a)]);
    assert.deepEqual(over.answers[3], ["captured"]);
  });

  it("is another one for another rule, and all of them may come in one payload", () => {
    const other = alert({ fingerprint: "fp2", labels: { alertname: "MemoryLow", instance: "web1" } });
    const { answers, requests } = play([0, alert(), other, alert()]);
    assert.deepEqual(answers, [["captured", "captured", "joined"]]);
    assert.equal(new Set(requests.map((request) => request.id)).size, 2);
  });

  it("that flaps within the cooldown after its end is appended to, and captured again only after it", () => {
    const { answers, requests, state } = play(
      [0, alert()],
      [30, resolved()],
      [39, alert()],
      [41, resolved()],
      [50, alert()],
      [52, resolved()],
      [62, alert()],
    );
    assert.deepEqual(answers.flat(), ["captured", "resolved", "cooldown", "resolved", "cooldown", "resolved", "captured"]);
    assert.equal(requests.length, 2);
    assert.notEqual(requests[0]?.id, requests[1]?.id);
    assert.deepEqual([...state.values()][0]?.firedAtMs, [t0 + 62 * minute]);
    const flapping = play([0, alert()], [30, resolved()], [39, alert()]).state;
    assert.deepEqual([...flapping.values()][0]?.firedAtMs, [t0, t0 + 39 * minute]);
  });

  it("does not begin with a resolved that nobody knows, and such a one is no trouble", () => {
    const { answers, state } = play([0, resolved()]);
    assert.deepEqual(answers, [["resolved"]]);
    assert.equal(state.size, 0);
  });

  it("does not end later because the other Alertmanager of a pair repeats the end", () => {
    const { answers } = play([0, alert()], [1, resolved()], [9, resolved()], [12, alert()]);
    assert.deepEqual(answers.flat(), ["captured", "resolved", "resolved", "captured"]);
  });

  for (const [when, endsAtMs] of [
    ["before it began", t0 - minute],
    ["in the year 1", -62_135_596_800_000],
    ["in an hour", t0 + hour],
  ] as const) {
    it(`is over when its alert is resolved, also where the sender's clock says that it ended ${when}`, () => {
      const { answers, state } = play([0, alert({ startsAtMs: t0 })], [1, resolved({ endsAtMs })], [30, alert()]);
      assert.deepEqual(answers.flat(), ["captured", "resolved", "captured"]);
      assert.equal([...state.values()][0]?.openedAtMs, t0 + 30 * minute);
    });
  }

  it("is forgotten when nobody spoke of it for a day, not before", () => {
    assert.deepEqual(play([0, alert()], [24 * 60 - 1, alert()], [47 * 60, alert()]).answers.flat(), ["captured", "joined", "joined"]);
    assert.deepEqual(play([0, alert()], [24 * 60, alert()]).answers.flat(), ["captured", "captured"]);
    assert.equal(play([0, alert()], [48 * 60 + 1]).state.size, 0);
  });

  it("lies not in the future, not more than six hours back, and not in the year 1", () => {
    const onset = (startsAtMs: number) => play([0, alert({ startsAtMs })]).requests[0]?.onsetMs;
    assert.equal(onset(t0 + hour), t0);
    assert.equal(onset(t0 - 100 * hour), t0 - 6 * hour);
    assert.equal(onset(Date.parse("0001-01-01T00:00:00Z")), t0);
    assert.equal(onset(t0 - hour), t0 - hour);
  });

  it("is known after a crash that left its request in the queue but not its own file", () => {
    const { requests } = play([0, alert()]);
    const state = rememberRequests(new Map(), requests, options.ignoreLabels);
    const again = receiveAlerts(state, [alert()], t0 + minute, options);
    assert.deepEqual(again.outcomes[0]?.result, "joined");
    assert.equal(again.outcomes[0]?.archiveId, requests[0]?.id);
  });

  it("that went on since is not set back by a request that still waits", () => {
    const before = play([0, alert()], [5, resolved()]);
    assert.deepEqual(rememberRequests(before.state, before.requests, options.ignoreLabels), before.state);
  });

  it("has an id that no other archive has", () => {
    const taken = new Set<string>();
    for (let turn = 0; turn < 3; turn++) {
      const { requests } = receiveAlerts(new Map(), [alert()], t0, { ...options, isTaken: (id) => taken.has(id) });
      taken.add(requests[0]?.id ?? "");
    }
    assert.equal(taken.size, 3);
  });
});

describe("the file of incidents", () => {
  const tempDirectory = tempDirectories();
  const clock = new ManualClock();

  it("gives back after a restart what was saved", async () => {
    const path = join(await tempDirectory(), "incidents.json");
    const { log } = recordedLog();
    assert.equal(await createIncidentFile(path, clock, log).load(), undefined);
    const other = alert({ fingerprint: "fp2", labels: { alertname: "Disk" } }, { kind: "other", host: "web2" });
    const { state } = play([0, alert(), other], [5, resolved()]);
    await createIncidentFile(path, clock, log).save(state);
    assert.deepEqual(await createIncidentFile(path, clock, log).load(), state);
    assert.deepEqual(await readdir(join(path, "..")), ["incidents.json"]);
  });

  for (const [what, content] of [
    ["torn", '{"schemaVersion":1,"incidents":[{"key":"a'],
    ["empty", ""],
    ["from a later version", '{"schemaVersion":2,"incidents":[]}'],
  ] as const) {
    it(`moves a file aside that is ${what}, and begins anew`, async () => {
      const path = join(await tempDirectory(), "incidents.json");
      await writeFile(path, content);
      const { log, lines } = recordedLog();
      assert.equal(await createIncidentFile(path, clock, log).load(), undefined);
      assert.equal(await readFile(`${path}.bad`, "utf8"), content);
      assert.equal(lines().filter((line) => line.level === "error").length, 1);
    });
  }
});
