/** The incidents on disk: one JSON file, written whole, so that a restart neither forgets nor repeats a capture. */
import { access, readFile } from "node:fs/promises";
import type { Log } from "../../log.ts";
import { moveAside, writeDurably } from "../../spool/durable.ts";
import type { IncidentState } from "./incidents.ts";
import { parseIncidents } from "./schemas.ts";

/** Reads and writes the incidents. */
export interface IncidentStore {
  load(): Promise<IncidentState>;
  /** Resolves once the state is on disk. */
  save(state: IncidentState): Promise<void>;
  /** False when there is no file, or somebody has removed it. */
  isThere(): Promise<boolean>;
}

/** The store in the file at `path`. */
export function createIncidentStore(path: string, log: Log): IncidentStore {
  return {
    async load() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      if (text === undefined) return new Map();
      try {
        return new Map(parseIncidents(JSON.parse(text)).map((incident) => [incident.key, incident]));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.error("the file of incidents cannot be understood and was moved aside: an alert that still fires is captured again", {
          file: `${path}.bad`,
          reason,
        });
        await moveAside(path);
        return new Map();
      }
    },
    isThere: () =>
      access(path).then(
        () => true,
        () => false,
      ),
    save: (state) => writeDurably(path, `${JSON.stringify({ schemaVersion: 1, incidents: [...state.values()] })}\n`),
  };
}
