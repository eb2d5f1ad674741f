/**
 * Software RAID: /proc/mdstat (drivers/md/md.c), and /sys/block/NAME/md of those that are named there.
 *
 *     md0 : active raid1 sdb1[1] sda1[0](F)
 *           523712 blocks super 1.2 [2/1] [U_]
 *           [=>...................]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec
 */
import { defined } from "../model/defined.ts";
import type { DiskArrayHealthReading, DiskArrayReading, DiskArraysReading } from "../model/hardware.ts";
import type { AskedFiles } from "./askedFiles.ts";
import { folderNames } from "./deviceFolders.ts";
import { MalformedError } from "./errors.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Skips } from "./skips.ts";

/** Reads the arrays; undefined where the kernel has no software RAID. */
export async function readDiskArrays(files: KernelFiles, asked: AskedFiles, skips: Skips): Promise<DiskArraysReading | undefined> {
  const text = files.read(`${files.root.procfs}/mdstat`);
  if (text === undefined) return undefined;
  const { path } = text;
  let whole = "";
  while (!text.atEnd) whole += `${text.line()}\n`;
  const arrays = parseMdstat(whole, path, skips);
  return { arrays, health: arrays.length === 0 ? [] : await readHealth(`${files.root.sysfs}/block`, asked, skips) };
}

async function readHealth(folder: string, asked: AskedFiles, skips: Skips): Promise<DiskArrayHealthReading[]> {
  const devices = (await folderNames(asked, folder, /^md/)) ?? [];
  const paths = devices.map((device) => ({
    device,
    level: `${folder}/${device}/md/level`,
    disks: `${folder}/${device}/md/raid_disks`,
    degraded: `${folder}/${device}/md/degraded`,
  }));
  const texts = await asked.texts(
    paths.flatMap(({ level, disks, degraded }) => [level, disks, degraded].map((path) => ({ path, mayRefuse: true }))),
    skips,
  );
  return paths.flatMap(({ device, ...path }) => {
    const level = texts.get(path.level)?.trim();
    if (level === undefined) return [];
    // "11 (10)" while an array is made larger
    const numberIn = (text: string | undefined) => (/^\d+/.test(text ?? "") ? Number.parseInt(text ?? "", 10) : undefined);
    const hasDisks = !["", "container", "imsm", "ddf"].includes(level);
    return [
      {
        device,
        ...defined({
          disks: hasDisks ? numberIn(texts.get(path.disks)) : undefined,
          degraded: isWithoutSpare(level) ? 0 : numberIn(texts.get(path.degraded)),
        }),
      },
    ];
  });
}

/** Nothing can be lacking while such an array is there. */
function isWithoutSpare(level: string): boolean {
  return level === "raid0" || level === "linear";
}

const syncs: readonly (readonly [word: string, state: DiskArrayReading["state"]])[] = [
  ["recovery", "recovering"],
  ["reshape", "other"],
  ["check", "check"],
  ["resync", "resync"],
];

/** Parses /proc/mdstat. An array whose lines are odd is left out. */
function parseMdstat(text: string, path: string, skips: Skips): DiskArrayReading[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    if (!/^md\S* : /.test(line)) return [];
    const following = lines.slice(at + 1);
    const end = following.findIndex((one) => !/^\s+\S/.test(one));
    return skips.attempt(path, () => [parseArray(line, end < 0 ? following : following.slice(0, end), path)]) ?? [];
  });
}

function parseArray(line: string, below: readonly string[], path: string): DiskArrayReading {
  const [device = "", , word = ""] = line.split(/\s+/);
  const status = below[0] ?? "";
  const blocks = Number.parseInt(status, 10);
  if (Number.isNaN(blocks)) throw new MalformedError(path, status, "a number of blocks");
  const count = (mark: RegExp) => line.match(mark)?.length ?? 0;
  const [required, active] = disksOf(line, status, path);
  const sync = below.slice(1).find((one) => syncs.some(([name]) => one.includes(name)));
  const synced = /\((\d+)\/\d+\)/.exec(sync ?? "");
  if (sync !== undefined && synced === null && !/PENDING|DELAYED|REMOTE/.test(sync)) throw new MalformedError(path, sync, "(synced/all)");
  const state = syncs.find(([name]) => sync?.includes(name))?.[1] ?? (word === "active" || word === "inactive" ? word : "other");
  return {
    device,
    state,
    required,
    active,
    failed: count(/\(F\)/g),
    spare: count(/\(S\)/g),
    blocks,
    blocksSynced: sync === undefined ? blocks : Number(synced?.[1] ?? 0),
  };
}

/** What the array is made for, and what works. Without redundancy all must work, and an array that is not started says nothing of it. */
function disksOf(line: string, status: string, path: string): readonly [required: number, active: number] {
  if (/raid0|linear/.test(line)) {
    const disks = line.match(/\[/g)?.length ?? 0;
    return [disks, disks];
  }
  if (line.includes("inactive")) return [0, 0];
  const match = /\[(\d+)\/(\d+)\]/.exec(status);
  if (match === null) throw new MalformedError(path, status, "[disks/active]");
  return [Number(match[1]), Number(match[2])];
}
