/** What differs between two files of settings, by their keys, and what of it can hold without a restart. Pure. */
import { isDeepStrictEqual } from "node:util";

type Written = Readonly<Record<string, unknown>>;

/** Keys that hold at once. Of a section that is not here whole, those that follow it. */
const reloadable: ReadonlySet<string> = new Set([
  ...["triggers", "notify", "groups", "hosts", "redact", "push"],
  ...["relay.tokenFile", "relay.tokens", "log.checkEvery"],
]);

/** The keys that say something else, in the order in which they are written: the sections, or what of them has changed. */
interface SettingChanges {
  /** They hold now. */
  readonly changed: readonly string[];
  /** They hold after a restart. */
  readonly needsRestart: readonly string[];
}

/** `started` is what Culprit was started with, `before` what it was last told. */
export function settingChanges(started: Written, before: Written, now: Written): SettingChanges {
  return {
    changed: changedKeys(before, now).filter(isReloadable),
    needsRestart: changedKeys(started, now).filter((key) => !isReloadable(key)),
  };
}

function changedKeys(before: Written, now: Written): readonly string[] {
  return keysOfBoth(now, before).flatMap((section) => {
    const [old, wanted] = [before[section], now[section]];
    if (isDeepStrictEqual(old, wanted)) return [];
    if (isReloadable(section) || Array.isArray(old ?? wanted)) return [section];
    const [oldKeys, wantedKeys] = [recordOf(old), recordOf(wanted)];
    return keysOfBoth(wantedKeys, oldKeys)
      .filter((key) => !isDeepStrictEqual(oldKeys[key], wantedKeys[key]))
      .map((key) => `${section}.${key}`);
  });
}

function isReloadable(key: string): boolean {
  return reloadable.has(key);
}

function keysOfBoth(one: Written, other: Written): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

/** A section may be left empty. */
function recordOf(section: unknown): Written {
  return typeof section === "object" && section !== null ? (section as Written) : {};
}
