/** Who it most likely was: the group whose CPU rose most between before and since the onset. */
import type { GroupLabels } from "../model/snapshot.ts";
import type { GroupDigest } from "./digest.ts";

/** Less than this is no rise worth naming. */
const leastCores = 0.05;

/**
 * The group that rose most, if that is worth half of what the busiest uses; else the busiest; undefined when nothing did anything.
 *
 * An alert's startsAt lies behind its `for`: who caused it was often busy "before" as well, and something small rises all the time.
 */
export function likeliestCulprit(groups: readonly GroupDigest[]): GroupDigest | undefined {
  // what could not be given to anybody is nobody to be named
  const nameable = groups.filter(({ labels }) => labels.kind !== "other" && labels.kind !== "unattributed");
  const busiest = topBy(nameable, (group) => group.coresSince, 1).find((group) => group.coresSince >= leastCores);
  const risen = topBy(nameable, riseOf, 1).find((group) => riseOf(group) >= leastCores);
  if (risen !== undefined && riseOf(risen) >= (busiest?.coresSince ?? 0) / 2) return risen;
  return busiest;
}

/** One sentence for the first line of the summary. */
export function culpritSentence(culprit: GroupDigest | undefined): string {
  if (culprit === undefined) return "Top CPU since onset: no group used more than a twentieth of a core.";
  const { coresBefore, coresSince, labels } = culprit;
  const name = describeGroup(labels);
  if (coresBefore === undefined) {
    return `Top CPU since onset: ${name} used ${cores(coresSince)} on average (nothing is recorded from before).`;
  }
  if (riseOf(culprit) < leastCores) {
    return `Top CPU since onset: ${name} with ${cores(coresSince)} on average, as before.`;
  }
  return `Top CPU since onset: ${name} used ${cores(coresSince)} on average, ${coresBefore.toFixed(2)} before.`;
}

/** `mysqld (unit mysql.service, user mysql)`; the remainders by what they are. */
export function describeGroup({ kind, process, unit, container, user }: GroupLabels): string {
  const details = [
    ...(unit === "" ? [] : [`unit ${unit}`]),
    ...(container === "" ? [] : [`container ${container}`]),
    ...(user === "" ? [] : [`user ${user}`]),
  ];
  const plain = {
    process,
    other: "all other processes",
    short_lived: "short-lived processes",
    interrupts: "interrupts",
    unattributed: "nobody known",
  };
  return details.length === 0 ? plain[kind] : `${plain[kind]} (${details.join(", ")})`;
}

/** The largest few that are above nothing. */
export function topBy(groups: readonly GroupDigest[], weight: (group: GroupDigest) => number, count: number): readonly GroupDigest[] {
  return groups
    .filter((group) => weight(group) > 0)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, count);
}

function riseOf({ coresBefore = 0, coresSince }: GroupDigest): number {
  return coresSince - coresBefore;
}

function cores(value: number): string {
  return `${value.toFixed(2)} ${value.toFixed(2) === "1.00" ? "core" : "cores"}`;
}
