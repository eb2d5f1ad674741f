/** The recorder's lines, read back. */
import { defined } from "../../model/defined.ts";
import { parseJsonObject } from "../../model/json.ts";
import type { RecordedLine, RecordedSnapshot } from "./line.ts";
import { isGroup, isHost, isLength, isMoment, isOomKill, isProcess } from "./lineChecks.ts";

/** Three times the longest interval that can be set, and more. */
export const longestTickSeconds = 300;

/** Reads one line; undefined when it is none, so that one bad second does not cost the others. */
export function parseRecorded({ line }: RecordedLine): RecordedSnapshot | undefined {
  return parse(line);
}

/** The same without the processes, of which hours are read a third faster. */
export function parseWithoutProcesses({ line }: RecordedLine): RecordedSnapshot | undefined {
  return parse(withoutProcesses(line));
}

function parse(line: string): RecordedSnapshot | undefined {
  const { takenAtMs, elapsedSeconds, gap, host, groups, processes, oomKills } = parseJsonObject(line) ?? {};
  if (!isMoment(takenAtMs) || !isHost(host) || !Array.isArray(groups) || !groups.every(isGroup)) return undefined;
  if (elapsedSeconds !== undefined && !isLength(elapsedSeconds)) return undefined;
  return defined({
    takenAtMs,
    // no tick is as long, whatever the line says of itself
    gap: gap === true || (elapsedSeconds ?? 0) > longestTickSeconds,
    host,
    groups,
    processes: Array.isArray(processes) ? processes.filter(isProcess) : undefined,
    elapsedSeconds,
    oomKills: Array.isArray(oomKills) ? oomKills.filter(isOomKill) : undefined,
  });
}

/** What is looked for cannot stand in a string, where every quotation mark has a backslash before it. */
function withoutProcesses(line: string): string {
  const start = line.indexOf('"processes":[');
  const end = start < 0 ? -1 : line.indexOf('"groups":[', start);
  return end < 0 ? line : line.slice(0, start) + line.slice(end);
}
