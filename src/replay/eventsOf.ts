/** The events of a recording that keeps them. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "../model/json.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import { eventsFileName, parseEventsFile } from "../recorder/format/eventsFile.ts";

/** Ten times what all that are kept take. */
const mostBytes = 16 * 1024 * 1024;

/** Reads `events.json` beside segments and leaves it as it is; undefined where there is none of ours. */
export async function readStoredEvents(directory: string): Promise<readonly MachineEvent[] | undefined> {
  const path = join(directory, eventsFileName);
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || !facts.isFile() || facts.size > mostBytes) return undefined;
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parseEventsFile(parseJson(text));
  } catch {
    return undefined;
  }
}
