/** A recorded second as a Judge takes it: with the ids that its line leaves out. */
import { groupId } from "../../model/group.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import type { JudgedTick } from "../../spikes/judge.ts";

/** A process belongs to the group of its name; where several have it, nobody can tell to which. */
export function judgedTick({ groups, processes = [], ...tick }: RecordedSnapshot): JudgedTick {
  const identified = groups.map((group) => ({ ...group, id: groupId(group) }));
  const byName = new Map<string, string>();
  for (const { kind, process, id } of identified) {
    if (kind === "process") byName.set(process, byName.has(process) ? "" : id);
  }
  return { ...tick, groups: identified, processes: processes.map((one) => ({ ...one, groupId: byName.get(one.process) ?? "" })) };
}
