/** The parts of a capture: the visible list. */
import type { ProcRoot } from "../../procfs/root.ts";
import type { CommandSurroundings } from "../command.ts";
import type { Part } from "../part.ts";
import type { ProcessTable } from "../processTable.ts";
import { alertPart } from "./alert.ts";
import { commandsPart, type DiagnosticCommand } from "./commands.ts";
import { kernelFilesPart } from "./kernelFiles.ts";
import { processesPart } from "./processes.ts";
import { processesBeforePart } from "./processesBefore.ts";
import { snapshotsPart } from "./snapshots.ts";

/** What the parts are made with. */
export interface PartsOptions {
  readonly root: ProcRoot;
  readonly commands: readonly DiagnosticCommand[];
  readonly surroundings: CommandSurroundings;
  readonly readProcessTable: () => Promise<ProcessTable>;
}

/** Makes the parts, in the order in which they stand in the archive. */
export function createParts({ root, ...options }: PartsOptions): readonly Part[] {
  return [alertPart, processesPart, kernelFilesPart(root), commandsPart(options), snapshotsPart, processesBeforePart];
}
