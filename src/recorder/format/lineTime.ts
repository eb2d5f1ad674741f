/** When the second of a line was, told from its bytes: of a reader that passes over most lines. */
import { parseJsonObject } from "../../model/json.ts";

const usualStart = /^\{"takenAtMs":(\d{1,16})[,}]/;

/** The time of a line, without parsing all of it; undefined when it is none. */
export function timeOf(bytes: Buffer): number | undefined {
  const usual = usualStart.exec(bytes.toString("latin1", 0, 40));
  if (usual !== null) return Number(usual[1]);
  const takenAtMs = parseJsonObject(bytes.toString("utf8"))?.takenAtMs;
  return typeof takenAtMs === "number" ? takenAtMs : undefined;
}
