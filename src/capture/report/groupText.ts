/** Groups in the words of the summary. */
import { type GroupLabels, groupName } from "../../model/group.ts";
import type { GroupDigest } from "./spanFold.ts";

/** `mysqld (unit mysql.service, user mysql)`; the remainders by what they are. */
export function describeGroup({ kind, process, unit, container, user }: GroupLabels): string {
  const details = [
    ...(unit === "" ? [] : [`unit ${unit}`]),
    ...(container === "" ? [] : [`container ${container}`]),
    ...(user === "" ? [] : [`user ${user}`]),
  ];
  const name = kind === "other" ? "all other processes" : groupName({ kind, process });
  return details.length === 0 ? name : `${name} (${details.join(", ")})`;
}

/** The largest few that are above nothing. */
export function topBy(groups: readonly GroupDigest[], weight: (group: GroupDigest) => number, count: number): readonly GroupDigest[] {
  return groups
    .filter((group) => weight(group) > 0)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, count);
}
