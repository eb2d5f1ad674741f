/** The incidents on disk, so that a restart neither forgets nor repeats a capture. */
import type { Log } from "../../log.ts";
import type { Clock } from "../../model/clock.ts";
import { JsonFile } from "../../spool/jsonFile.ts";
import { parseIncidents } from "../schemas.ts";
import type { IncidentState } from "./incident.ts";

/** Their file at `path`. */
export function createIncidentFile(path: string, clock: Clock, log: Log): JsonFile<IncidentState> {
  return new JsonFile<IncidentState>({
    path,
    parse: (json) => new Map(parseIncidents(json).map((incident) => [incident.key, incident])),
    toJson: (state) => ({ schemaVersion: 1, incidents: [...state.values()] }),
    what: "capture: the list of incidents",
    ifLost: "an alert that still fires is captured again",
    ifUnwritten: "after a restart an alert might be captured again",
    clock,
    log,
  });
}
