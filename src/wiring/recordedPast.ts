/** Puts together the recorded past: the flight recorder, the spikes found in it, and the newest Snapshots. */
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { groupId } from "../model/group.ts";
import type { NotificationFigures } from "../model/notification.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { Steps } from "../model/steps.ts";
import { FlightRecorder } from "../recorder/flightRecorder.ts";
import type { RecordedHost } from "../recorder/format/header.ts";
import type { RecordedSnapshot } from "../recorder/format/line.ts";
import { parseRecorded, parseWithoutProcesses } from "../recorder/format/parseLine.ts";
import { Ring } from "../recorder/ring.ts";
import { openSpikeStore, type SpikeStore } from "../recorder/spikeStore.ts";
import type { ShownTick } from "../sampler/sampling.ts";
import type { Spikes } from "../spikes/contract.ts";
import { eventWindow } from "../spikes/fittingEvent.ts";
import { type HeldBefore, memoryLook } from "../spikes/memoryPast.ts";
import { createSpikes } from "../spikes/spikes.ts";
import { mentioning } from "../spikes/withEvents.ts";
import { NewestFigures } from "../triggers/newestFigures.ts";
import { type MachineEvents, openMachineEvents } from "./machineEvents.ts";
import { isInDanger } from "./urgency.ts";

interface RecordedPastSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly host: RecordedHost;
  readonly version: string;
  readonly ancestorsOf: (pid: number) => readonly string[];
}

/** What is kept of this machine's past. */
export interface RecordedPast {
  readonly recorder: FlightRecorder;
  readonly spikes: Spikes;
  readonly store: SpikeStore;
  /** What happened to the machine. */
  readonly events: MachineEvents;
  /** The last second of the run before; undefined where nothing is recorded. */
  readonly lastRecordedMs: number | undefined;
  /** The machine now, as messages, the audit and the check line show it. */
  figures(): NotificationFigures;
  /** The newest few, oldest first. */
  recentSnapshots(): readonly Snapshot[];
  /** Those that last, and those that have ended a while ago. */
  knownSpikes(): readonly Spike[];
  /** Takes the next tick in; gives back its line, which is made once for all who want it. `isFiring`: a trigger has fired and lasts. */
  take(tick: ShownTick, isFiring?: boolean): Steps<string>;
  close(): Promise<void>;
}

/** An alert arrives minutes after its onset (`for`, group_wait): so much more than the look-back is kept. */
const onsetToWebhookSeconds = 900;
const mostRingBytes = 64 * 1024 * 1024;
const recentCount = 5;
/** Later than this nothing of a machine becomes known while Culprit runs. */
const lateMs = 3_600_000;

/** Opens it. @throws when the storage cannot be used */
export async function openRecordedPast(
  config: Config,
  { log, clock, host, version, ancestorsOf }: RecordedPastSurroundings,
): Promise<RecordedPast> {
  const directory = join(config.storage.path, "recording");
  const recorder = new FlightRecorder({
    directory,
    ring: new Ring({ keepSeconds: config.capture.lookbackSeconds + onsetToWebhookSeconds, mostBytes: mostRingBytes }),
    host,
    version,
    limits: config.recording,
    minuteLimits: config.recording.minutes,
    // days are kept when they are over: the store is open by then
    spikesOf: (fromMs, toMs) => store.overlapping(fromMs, toMs),
    clock,
    log,
  });
  const lastRecordedMs = (await recorder.lookBack.history(1)).at(-1)?.takenAtMs;
  const store = await openSpikeStore({ directory, clock, log, lastRecordedMs });
  const events: MachineEvents = await openMachineEvents(config, {
    ...{ directory, clock, log },
    before: await lastSecondOf(recorder, lastRecordedMs),
    // a spike that is over by now is told of once more; what is found of long ago had its time
    onNew(news) {
      const sinceMs = clock.wallMs() - lateMs;
      const late = news.filter(({ atMs, kind }) => kind === "deployment" || atMs >= sinceMs);
      for (const spike of late.flatMap(({ atMs }) => store.overlapping(atMs, atMs + eventWindow.beforeMs))) {
        const told = mentioning(spike, events.between);
        if (told.verdict?.sentence !== spike.verdict?.sentence) store.save(told);
      }
    },
  });
  const spikes = createSpikes({ ancestorsOf, eventsBetween: events.between, before: await heldBefore(recorder, clock.wallMs()) });
  const machine = new NewestFigures();
  let recent: readonly Snapshot[] = [];
  return {
    recorder,
    spikes,
    store,
    events,
    lastRecordedMs,
    figures: () => machine.figures,
    recentSnapshots: () => recent,
    knownSpikes: () => [...spikes.active(), ...spikes.recent()],
    *take({ snapshot, shown }, isFiring = false) {
      machine.take(snapshot);
      recent = [...recent, snapshot].slice(-recentCount);
      events.take(snapshot);
      const changes = spikes.take(snapshot, shown);
      yield;
      const line = yield* recorder.recordInSteps(snapshot, shown, isFiring || spikes.isAnyActive || isInDanger(snapshot.host));
      for (const { kind, spike } of changes) {
        store.save(spike);
        if (kind === "started") log.info("spike: it begins", { id: spike.id, resource: spike.resource });
        if (kind === "ended") log.info("spike: it is over", { id: spike.id, resource: spike.resource, verdict: spike.verdict?.sentence });
      }
      return line;
    },
    async close() {
      await events.close();
      await recorder.close();
      await store.close();
    },
  };
}

/** Some seconds of the last minutes, which the run before has recorded. */
async function heldBefore(recorder: FlightRecorder, nowMs: number): Promise<readonly HeldBefore[]> {
  const recorded = await recorder.between(nowMs - memoryLook.keptMs, nowMs);
  try {
    const seconds: HeldBefore[] = [];
    let nextMs = 0;
    for await (const line of recorded) {
      if (line.takenAtMs < nextMs) continue;
      const second = parseWithoutProcesses(line);
      if (second === undefined) continue;
      nextMs = line.takenAtMs + memoryLook.betweenMs;
      seconds.push({ takenAtMs: second.takenAtMs, groups: second.groups.map((group) => ({ ...group, id: groupId(group) })) });
    }
    return seconds;
  } finally {
    await recorded.close();
  }
}

async function lastSecondOf(recorder: FlightRecorder, lastMs: number | undefined): Promise<RecordedSnapshot | undefined> {
  if (lastMs === undefined) return undefined;
  const recorded = await recorder.between(lastMs, lastMs);
  try {
    let last: RecordedSnapshot | undefined;
    for await (const line of recorded) last = parseRecorded(line) ?? last;
    return last;
  } finally {
    await recorded.close();
  }
}
