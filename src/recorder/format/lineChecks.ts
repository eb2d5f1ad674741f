/**
 * Whether what stands in a line can be a second of a recording. A line may come out of somebody else's file, or be damaged: what is looked
 * at without asking again must be there and be a number that can be reckoned with. Pure.
 */
import { groupKinds, groupLabelNames } from "../../model/group.ts";
import type { OomKill } from "../../model/oomKill.ts";
import { type HostUsage, numericHostParts } from "../../model/snapshot.ts";
import type { RecordedGroup, RecordedProcess } from "./line.ts";

/** The year 9999: names of segments and pages show no later one. */
const latestMs = Date.UTC(9999, 0, 1);
/** No name is nearly as long. */
const mostNameCharacters = 16 * 1024;

type Unknown = Readonly<Record<string, unknown>>;

/** A moment that a recording can have. */
export function isMoment(ms: unknown): ms is number {
  return typeof ms === "number" && ms >= 0 && ms < latestMs;
}

/** A length of time. */
export function isLength(seconds: unknown): seconds is number {
  return isNumber(seconds) && seconds >= 0;
}

/** What the host used: parts that are not there are not known. */
export function isHost(host: unknown): host is HostUsage {
  if (!isObject(host)) return false;
  for (const part of numericHostParts) {
    if (!isNumeric(host[part], 3)) return false;
  }
  return isList(host.disks, isDevice) && isList(host.network, isDevice) && isList(host.filesystems, isFilesystem);
}

/** A group and what it used. */
export function isGroup(group: unknown): group is RecordedGroup {
  if (!isObject(group)) return false;
  return groupLabelNames.every((name) => isName(group[name])) && isUsage(group.usage);
}

/** A process and what it used. */
export function isProcess(one: unknown): one is RecordedProcess {
  if (!isObject(one)) return false;
  const { key, pid, parentPid, process, state, threads, commandLine, waitChannel, usage } = one;
  const names = isName(key) && isName(process) && isName(state) && typeof commandLine === "string";
  const numbers = isNumber(pid) && isNumber(parentPid) && (threads === undefined || isNumber(threads));
  return names && numbers && (waitChannel === undefined || isName(waitChannel)) && isUsage(usage);
}

/** One that was killed for memory. */
export function isOomKill(one: unknown): one is OomKill {
  if (!isObject(one) || !isMoment(one.killedAtMs) || !isObject(one.group)) return false;
  const { group, limitCgroup, pid, residentBytes, limitBytes } = one;
  const labels = groupLabelNames.every((name) => isName(group[name])) && groupKinds.some((kind) => kind === group.kind);
  const numbers = [pid, residentBytes, limitBytes].every((value) => value === undefined || isNumber(value));
  return labels && numbers && (limitCgroup === undefined || isName(limitCgroup));
}

function isUsage(usage: unknown): boolean {
  return isObject(usage) && isNumeric(usage, 1);
}

function isDevice(device: unknown): boolean {
  if (!isObject(device) || !isName(device.device)) return false;
  return Object.values(device).every((value) => isNumber(value) || typeof value === "string" || typeof value === "boolean");
}

function isFilesystem(one: unknown): boolean {
  if (!isObject(one) || !isName(one.mountpoint)) return false;
  return Object.values(one).every(
    (value) => isNumber(value) || typeof value === "string" || typeof value === "boolean" || isNumeric(value, 1),
  );
}

/** Numbers, and lists and objects of them, so many levels deep. */
function isNumeric(value: unknown, levels: number): boolean {
  if (value === undefined || isNumber(value)) return true;
  if (levels === 0 || typeof value !== "object" || value === null) return false;
  for (const one of Array.isArray(value) ? value : Object.values(value)) if (!isNumeric(one, levels - 1)) return false;
  return true;
}

function isList(list: unknown, isSound: (one: unknown) => boolean): boolean {
  return list === undefined || (Array.isArray(list) && list.every(isSound));
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= mostNameCharacters;
}

function isObject(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
