/** The visible list of everything on /metrics that is not an event. */
import type { Family } from "../family.ts";
import { captureFamilies } from "./captures.ts";
import { cpuFamilies } from "./cpu.ts";
import { diskFamilies } from "./disks.ts";
import { filesystemFamilies } from "./filesystems.ts";
import { hostFamilies } from "./host.ts";
import { ingestFamilies } from "./ingest.ts";
import { loadFamilies } from "./load.ts";
import { memoryFamilies } from "./memory.ts";
import { networkFamilies } from "./network.ts";
import { pressureFamilies } from "./pressure.ts";
import { processFamilies } from "./processes.ts";
import { pushFamilies } from "./push.ts";
import { selfFamilies } from "./self.ts";
import { spikeFamilies } from "./spikes.ts";
import { triggerFamilies } from "./triggers.ts";
import { unitFamilies } from "./units.ts";

/** All families, in the order in which they are shown. */
export const catalogue: readonly Family[] = [
  ...hostFamilies,
  ...cpuFamilies,
  ...loadFamilies,
  ...memoryFamilies,
  ...pressureFamilies,
  ...filesystemFamilies,
  ...diskFamilies,
  ...networkFamilies,
  ...processFamilies,
  ...triggerFamilies,
  ...spikeFamilies,
  ...captureFamilies,
  ...unitFamilies,
  ...pushFamilies,
  ...ingestFamilies,
  ...selfFamilies,
];
