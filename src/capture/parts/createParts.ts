/** The parts of a capture: the visible list. */
import type { MachineEvent } from "../../model/machineEvent.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import { carefulRedactor, type Redactor } from "../../redact/redactor.ts";
import type { SlowReads } from "../../slowReads/slowReads.ts";
import type { CommandSurroundings } from "../making/command.ts";
import type { Part } from "../making/part.ts";
import type { ProcessList } from "../making/processList.ts";
import { alertPart } from "./alert.ts";
import { afterCrashCommands, type DiagnosticCommand, defaultCommands, type OwnCommand, ownCommand } from "./commandList.ts";
import { commandsPart } from "./commands.ts";
import { crashRecordsPart } from "./crashRecords.ts";
import { type CulpritSources, culpritsPart } from "./culprits.ts";
import { eventsPart } from "./events.ts";
import { kernelFilesPart } from "./kernelFiles.ts";
import { oomKillsPart } from "./oomKills.ts";
import { processesPart } from "./processes.ts";
import { processesBeforePart } from "./processesBefore.ts";
import { snapshotsPart } from "./snapshots.ts";

interface PartsOptions {
  readonly root: ProcRoot;
  /** In place of the usual ones. */
  readonly commands?: readonly DiagnosticCommand[];
  readonly afterCrash?: readonly DiagnosticCommand[];
  readonly ownCommands?: readonly OwnCommand[];
  readonly surroundings: CommandSurroundings;
  /** Makes the reads that may never come back. */
  readonly reads: SlowReads;
  readonly readProcessList: () => Promise<ProcessList>;
  /** Who leads at this moment; without it the list of processes alone says so. */
  readonly culprits?: CulpritSources;
  /** What happened to the machine; without it the archive has no list of it. */
  readonly eventsBetween?: (fromMs: number, toMs: number) => readonly MachineEvent[];
  readonly redactor?: Redactor;
}

const nothingKnown: CulpritSources = { recentSnapshots: () => [], namedPids: () => [] };

/** Makes the parts, in the order in which they stand in the archive. */
export function createParts(options: PartsOptions): readonly Part[] {
  const {
    root,
    commands = defaultCommands,
    afterCrash = afterCrashCommands,
    ownCommands = [],
    surroundings,
    reads,
    culprits: sources = nothingKnown,
    redactor = carefulRedactor,
    eventsBetween,
  } = options;
  const external = commandsPart({ ...options, redactor, commands: [...commands, ...ownCommands.map(ownCommand)], afterCrash });
  const culprits = culpritsPart({ root, clock: surroundings.clock, reads, sources, redactor });
  const oomKills = oomKillsPart(root, reads, redactor);
  const crashRecords = crashRecordsPart(root, reads, redactor);
  const events = eventsBetween === undefined ? [] : [eventsPart(eventsBetween)];
  const now = [alertPart, processesPart, culprits, kernelFilesPart(root, redactor), oomKills, crashRecords, external];
  return [...now, snapshotsPart, processesBeforePart, ...events];
}
