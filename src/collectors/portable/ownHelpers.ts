import type { ListedProcess } from "./system.ts";

/** The ps that made the list, and the shell around it: they are there in every list, running, and stand for nothing else. */
export function withoutOwnHelpers(list: readonly ListedProcess[], ownPid: number): readonly ListedProcess[] {
  const ownChildren = new Set(list.filter((one) => one.parentPid === ownPid).map((one) => one.pid));
  const helpers = new Set<number>();
  for (const { pid, parentPid, name } of list) {
    if (name !== "ps" || !(parentPid === ownPid || ownChildren.has(parentPid))) continue;
    helpers.add(pid);
    if (parentPid !== ownPid) helpers.add(parentPid);
  }
  return helpers.size === 0 ? list : list.filter((one) => !helpers.has(one.pid));
}
