/** Puts the captures together: what goes into an archive, and who it was. */

import { spawn } from "node:child_process";
import { namesOfCgroup } from "../attribution/cgroupNames.ts";
import { type CaptureService, openCaptureService } from "../capture/captureService.ts";
import { type ProcessList, readProcessList } from "../capture/making/processList.ts";
import { createParts } from "../capture/parts/createParts.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { HostInfo } from "../metrics/view.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { KernelUnits } from "../procfs/units.ts";
import type { Recording } from "../recorder/format/recording.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";

/** What they are put together of. */
interface MachineCaptureSurroundings {
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
  readonly redactor: Redactor;
  /** What happened to the machine, where that is kept. */
  readonly eventsBetween?: (fromMs: number, toMs: number) => readonly MachineEvent[];
  readonly onCaptured: Parameters<typeof openCaptureService>[0]["onCaptured"];
  readonly onFailedAttempt?: Parameters<typeof openCaptureService>[0]["onFailedAttempt"];
}

/** Diagnostics are looked for where the system keeps its own programs, not where a caller's PATH points. */
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The captures, and what they read the processes of this moment with. */
interface MachineCapture extends CaptureService {
  readonly readProcesses: () => Promise<ProcessList>;
}

/** Opens the captures that the settings ask for. */
export async function openMachineCapture(config: Config, surroundings: MachineCaptureSurroundings): Promise<MachineCapture> {
  const { archives, webhook, paths: root, storage } = config;
  const {
    log,
    clock,
    units,
    host,
    version,
    recording,
    spikes,
    recentSnapshots,
    containerName,
    reads,
    onCaptured,
    onFailedAttempt,
    eventsBetween,
    redactor,
  } = surroundings;
  const source = { root, units, clock, reads, namesOfCgroup, containerName, redactor };
  const readProcesses = () => readProcessList(source);
  const parts = createParts(
    defined({
      root,
      ownCommands: config.capture.commands,
      surroundings: { start: spawn, clock, searchPath },
      reads,
      readProcessList: readProcesses,
      eventsBetween,
      culprits: { recentSnapshots, namedPids: () => pidsNamedBy(spikes.active()) },
      redactor,
    }),
  );
  const capture = await openCaptureService({
    storageDirectory: storage.path,
    archivesDirectory: archives.path,
    clock,
    log,
    recording,
    spikes,
    parts,
    readProcessList: readProcesses,
    redactor,
    host,
    version,
    settings: {
      ...config.capture,
      ...webhook,
      limits: { maxBytes: archives.maxBytes, maxCount: archives.maxCount, maxAgeSeconds: archives.maxAgeSeconds },
    },
    onCaptured,
    onFailedAttempt,
  });
  return { ...capture, readProcesses };
}

function pidsNamedBy(spikes: readonly Spike[]): readonly number[] {
  return spikes.flatMap(({ verdict }) => verdict?.shares.flatMap(({ pids }) => pids) ?? []);
}
