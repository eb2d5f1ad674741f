/** Puts the captures together: what goes into an archive, whose alert it is, who it was. */
import { spawn } from "node:child_process";
import { namesOfCgroup } from "../attribution/cgroupNames.ts";
import { type ProcessTable, readProcessTable } from "../capture/making/processTable.ts";
import { type Capture, openCapture } from "../capture/openCapture.ts";

import { createParts } from "../capture/parts/createParts.ts";
import type { Config } from "../config.ts";
import { type HostList, openHostList } from "../fleet/hosts.ts";
import { matchAlert } from "../fleet/ownership.ts";
import { readOwnNames } from "../fleet/ownNames.ts";
import type { Log } from "../log.ts";
import type { HostInfo } from "../metrics/view.ts";
import type { AlertMatch } from "../model/capture.ts";
import type { Clock } from "../model/clock.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { KernelUnits } from "../procfs/units.ts";
import type { Recording } from "../recorder/format/recording.ts";
import { createRedactor } from "../redact/redactor.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";

/** What they are put together of. */
interface CapturesSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly units: KernelUnits;
  readonly host: HostInfo;
  readonly version: string;
  readonly recording: Recording;
  readonly spikes: { overlapping(fromMs: number, toMs: number): readonly Spike[]; active(): readonly Spike[] };
  readonly recentSnapshots: () => readonly Snapshot[];
  readonly containerName: (cgroupPath: string) => string | undefined;
  readonly reads: SlowReads;
  readonly onCaptured: Parameters<typeof openCapture>[0]["onCaptured"];
  readonly onFailedAttempt?: Parameters<typeof openCapture>[0]["onFailedAttempt"];
}

/** Diagnostics are looked for where the system keeps its own programs, not where a caller's PATH points. */
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The captures, what they read the processes of this moment with, and how they know whose an alert is. */
export interface MachineCapture extends Capture {
  readonly readProcesses: () => Promise<ProcessTable>;
  readonly hosts: HostList;
  readonly ownNames: () => readonly string[];
  readonly matchHost: (labels: Readonly<Record<string, string>>) => Promise<AlertMatch>;
}

/** Opens the captures that the settings ask for. */
export async function openCaptures(config: Config, surroundings: CapturesSurroundings): Promise<MachineCapture> {
  const { archives, webhook, identity, web, hosts: hostFiles, paths: root, storage } = config;
  const { log, clock, units, host, version, recording, spikes, recentSnapshots, containerName, reads, onCaptured, onFailedAttempt } =
    surroundings;
  const hosts = await openHostList({ files: hostFiles.files, log, clock });
  const { externalUrl } = web;
  const names = { hostname: host.hostname, names: identity.names, externalUrl };
  const ownNames = forAWhile(() => readOwnNames(names), clock);
  const matchHost: MachineCapture["matchHost"] = async (labels) => matchAlert(labels, await hosts.current(), ownNames());
  const redactor = createRedactor(config.redact);
  const source = { root, units, clock, reads, namesOfCgroup, containerName, redactor };
  const readProcesses = () => readProcessTable(source);
  const parts = createParts({
    root,
    ownCommands: config.capture.commands,
    surroundings: { start: spawn, clock, searchPath },
    reads,
    readProcessTable: readProcesses,
    culprits: { recentSnapshots, namedPids: () => pidsNamedBy(spikes.active()) },
    redactor,
  });
  const capture = await openCapture({
    storageDirectory: storage.path,
    archivesDirectory: archives.path,
    clock,
    log,
    recording,
    spikes,
    parts,
    readProcessTable: readProcesses,
    redactor,
    host,
    version,
    settings: {
      ...config.capture,
      ...webhook,
      limits: { maxBytes: archives.maxBytes, maxCount: archives.maxCount, maxAgeSeconds: archives.maxAgeSeconds },
    },
    match: async (labels) => {
      const match = await matchHost(labels);
      // the relay has passed on what is another host's; what it leaves here was relayed once already and goes no further
      return match.kind === "other" ? { kind: "unmatched" } : match;
    },
    onCaptured,
    onFailedAttempt,
  });
  return { ...capture, readProcesses, hosts, ownNames, matchHost };
}

/** A payload of a thousand alerts asks a thousand times. */
function forAWhile<Value>(read: () => Value, clock: Clock): () => Value {
  let newest: { readonly value: Value; readonly atSeconds: number } | undefined;
  return () => {
    const nowSeconds = clock.monotonicSeconds();
    if (newest === undefined || nowSeconds - newest.atSeconds >= 1) newest = { value: read(), atSeconds: nowSeconds };
    return newest.value;
  };
}

function pidsNamedBy(spikes: readonly Spike[]): readonly number[] {
  return spikes.flatMap(({ verdict }) => verdict?.shares.flatMap(({ pids }) => pids) ?? []);
}
