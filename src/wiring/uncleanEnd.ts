/**
 * A start that finds that the run before had no orderly end: people are told, and the last recorded half hour becomes an archive.
 *
 * All of it is asked for before this run records its first second: a run that is killed meanwhile leaves the same to the next one.
 */

import type { CaptureService } from "../capture/captureService.ts";
import { digestSpan } from "../capture/report/digest.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Audit } from "../logs/audit.ts";
import { culpritName, wholeVerdict } from "../model/culprit.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import { groupName } from "../model/group.ts";
import { type NotificationFigures, uncleanEndName } from "../model/notification.ts";
import type { Verdict } from "../model/spike.ts";
import type { Notifications } from "../notify/contract.ts";
import { busiestGroup, type RecordedLine, type RecordedSnapshot } from "../recorder/format/line.ts";
import { parseRecorded } from "../recorder/format/parseLine.ts";
import { endText, type LastSeconds } from "../spikes/lastSeconds.ts";
import { whoText } from "../spikes/sentence.ts";
import { rankAtEnd } from "../spikes/subject.ts";
import { culpritsOf, topLines } from "../triggers/context.ts";
import { NewestFigures } from "../triggers/newestFigures.ts";
import { archiveUrl, linkNote, pageUrl } from "./links.ts";
import type { RecordedPast } from "./recordedPast.ts";
import type { LeftBehind } from "./storageClaim.ts";

interface UncleanEndParts {
  readonly log: Log;
  readonly server: string;
  readonly past: Pick<RecordedPast, "recorder" | "store" | "events" | "lastRecordedMs">;
  /** Whom the kernel says to have killed for memory since it was booted, with how long ago. */
  readonly killedByKernel: () => Promise<readonly { readonly pid: number; readonly secondsAgo: number }[]>;
  readonly nowMs: () => number;
  readonly requestCapture: CaptureService["requestFor"];
  readonly notifications: Pick<Notifications, "notify">;
  readonly audit: Pick<Audit, "record">;
}

/** So much of the recording is read to say who it was; the archive has more. */
const readMs = 300_000;
/** A kill so short a time before an end belongs to it. */
const killMs = 60_000;
/** What ends again and again is told of once in so long. */
const cooldownSeconds = 600;

/** Asks for the archive and tells people, where somebody was left behind. Never rejects: a start must not fail for what was before. */
export async function tellOfUncleanEnd(left: LeftBehind | undefined, config: Config, parts: UncleanEndParts): Promise<void> {
  const { log, past } = parts;
  const { lastRecordedMs: lastMs } = past;
  if (left?.command !== "serve") return;
  if (lastMs === undefined) {
    log.warn("the run before had no orderly end, and nothing is recorded of it");
    return;
  }
  try {
    await tell(left, lastMs, config, parts);
  } catch (error) {
    log.error("the run before had no orderly end; it could not be told, nor its archive be asked for", { reason: reasonOf(error) });
  }
}

async function tell({ isOfEarlierBoot = false, pid }: LeftBehind, lastMs: number, config: Config, parts: UncleanEndParts): Promise<void> {
  const { log, server, past, requestCapture, notifications, audit } = parts;
  const lines = await linesOf(past, lastMs);
  const snapshots = lines.flatMap((line) => parseRecorded(line) ?? []);
  const last = snapshots.at(-1);
  const verdict = await verdictOf(past, lines, lastMs);
  const end: LastSeconds = {
    ...{ isMachine: isOfEarlierBoot, server, lastMs, verdict },
    nextMs: lastMs + config.sample.intervalSeconds * 1000,
    ...memoryOf(snapshots),
    kill: killBefore(past, lastMs),
    isKilledForMemory: !isOfEarlierBoot && (await isKilledForMemory(pid, lastMs, parts)),
  };
  const reason = endText(end);
  log.warn(reason);
  const request = { origin: "crash", name: uncleanEndName, labels: {}, annotations: { summary: reason } } as const;
  const archive = await requestCapture({ ...request, onsetMs: lastMs, incidentKey: `crash-${lastMs}` }).catch((error: unknown) => {
    log.error("capture: the archive of an unclean end could not be asked for", { reason: reasonOf(error) });
  });
  const figures = figuresAtEnd(snapshots);
  audit.record("unclean_end", { lastMs, isMachine: isOfEarlierBoot, reason, archive: archive?.id }, figures);
  await notifications.notify(
    defined({
      id: `crash-${lastMs}`,
      key: uncleanEndName,
      status: "firing",
      origin: "crash",
      name: uncleanEndName,
      title: isOfEarlierBoot ? "Stopped Without a Shutdown" : "Culprit Was Killed",
      server,
      what: isOfEarlierBoot ? "stopped without a shutdown" : "Culprit was killed or crashed",
      culprits: verdict && culpritsOf(verdict),
      who: verdict === undefined || verdict.basis === "use" ? undefined : whoText(verdict, true),
      reason,
      figures,
      top: last === undefined ? [] : topLines(usedLinesOf(last), "memory"),
      links: defined({
        page: pageUrl(config, lastMs),
        archive: archive === undefined ? undefined : archiveUrl(config, archive.id),
        note: linkNote(config),
      }),
      startedAtMs: lastMs,
    }),
    { cooldownSeconds },
  );
  log.info("the archive of the last recorded half hour is being made", { id: archive?.id, who: verdict && culpritName(verdict) });
}

/** The last kill that was recorded, where it was so short a time before that the end may come from it. */
function killBefore({ events }: UncleanEndParts["past"], lastMs: number): LastSeconds["kill"] {
  const [kill] = events
    .between(lastMs - killMs, lastMs)
    .flatMap((event) => (event.kind === "oom_kill" ? [event] : []))
    .slice(-1);
  return kill && { text: kill.text, secondsBefore: (lastMs - kill.atMs) / 1000 };
}

/** The kernel log counts from the boot, by a clock that may go a little wrong over weeks. */
async function isKilledForMemory(pid: number, lastMs: number, { killedByKernel, nowMs }: UncleanEndParts): Promise<boolean> {
  const kills = await killedByKernel();
  return kills.some((kill) => kill.pid === pid && nowMs() - kill.secondsAgo * 1000 >= lastMs - killMs);
}

async function linesOf({ recorder }: UncleanEndParts["past"], lastMs: number): Promise<readonly RecordedLine[]> {
  const recorded = await recorder.between(lastMs - readMs, lastMs);
  const lines: RecordedLine[] = [];
  try {
    for await (const line of recorded) lines.push(line);
  } finally {
    await recorded.close();
  }
  return lines;
}

/** That of the spike that lasted at the end; without one, by what had risen in the last minute. */
async function verdictOf({ store }: UncleanEndParts["past"], lines: readonly RecordedLine[], lastMs: number): Promise<Verdict | undefined> {
  const lasting = store.overlapping(lastMs, lastMs).filter(({ verdict }) => verdict !== undefined);
  const { judgement } = await digestSpan(lines, lastMs, { before: "memory" });
  const [spike] = rankAtEnd(lastMs, lasting, judgement?.resource).fitting;
  return (spike && wholeVerdict(spike)) ?? judgement?.verdict;
}

function memoryOf(snapshots: readonly RecordedSnapshot[]): Pick<LastSeconds, "memoryRatio" | "leastMemoryRatio" | "holder"> {
  const known = snapshots.filter(({ host }) => host.memory !== undefined);
  const last = known.at(-1);
  const memory = last?.host.memory;
  if (last === undefined || memory === undefined) return {};
  const holder = busiestGroup(last.groups, "residentBytes");
  return {
    memoryRatio: memory.usageRatio,
    leastMemoryRatio: known.reduce((least, { host }) => Math.min(least, host.memory?.usageRatio ?? 1), 1),
    holder: holder && { name: groupName(holder), ratio: (holder.usage.residentBytes ?? 0) / memory.totalBytes },
  };
}

/** As a message would have shown them in the last second. */
function figuresAtEnd(snapshots: readonly RecordedSnapshot[]): NotificationFigures {
  const newest = new NewestFigures();
  for (const snapshot of snapshots) newest.take(snapshot);
  return newest.figures;
}

function usedLinesOf({ groups }: RecordedSnapshot) {
  return groups.map(({ usage, ...labels }) => ({ labels, usage }));
}
