import type { Clock } from "../model/clock.ts";
import type { DiskReading } from "../model/devices.ts";
import { atOnce, mapInSteps, type Steps } from "../model/steps.ts";
import { type BlockDevice, isHeadSilent, type Multipath, multipathsOf, readBlockDevice, wholeDevices } from "../procfs/blockDevices.ts";
import { type DiskCounters, DiskstatsReader } from "../procfs/diskstats.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { OneOfEach } from "../procfs/oneOfEach.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { Skips } from "../procfs/skips.ts";
import type { Collector } from "./collector.ts";
import { inSlices } from "./slices.ts";

/** Block devices. How they are stacked is looked up only when their list changes; one that did nothing is the same object again. */
export function createDisksCollector(files: KernelFiles): Collector<"disks"> {
  const skips = new Skips();
  const reader = new DiskstatsReader(files, skips);
  const unique = new OneOfEach<DiskCounters>();
  const stack = new Stack(files.root);
  let before: readonly DiskCounters[] = [];
  let readings: readonly DiskReading[] = [];

  function* collectInSteps(): Steps<readonly DiskReading[] | undefined> {
    const listed = yield* reader.readInSteps();
    const counters = listed && unique.of(listed);
    if (counters === undefined || counters === before) return counters && readings;
    const sameDevices = counters.length === before.length && counters.every((disk, index) => disk.device === before[index]?.device);
    const sameStack = stack.update(counters, sameDevices);
    yield;
    readings = yield* mapInSteps(counters, (disk, index) => {
      const known = sameStack && disk === before[index] ? readings[index] : undefined;
      return known ?? { ...disk, whole: stack.whole.has(disk.device) };
    });
    before = counters;
    return readings;
  }

  return {
    part: "disks",
    skips,
    async prepare(clock) {
      if (!stack.mustLearn) return;
      try {
        // odd lines are counted by the collector that shows them
        const listed = new DiskstatsReader(files, new Skips()).read();
        if (listed !== undefined) await stack.learn(clock, new Set(listed.map((disk) => disk.device)));
      } catch {
        // so is what cannot be read
      }
    },
    collect: () => atOnce(collectInSteps()),
    collectInSteps,
  };
}

/** Looking up so many devices at once takes a few milliseconds. */
const fewDevices = 200;

/**
 * Which devices count. Where there are few, they are looked up whenever their list changes; where there are many, in slices before the
 * next tick: for one tick one that is new may be counted beside what it is built from.
 */
class Stack {
  readonly #root: ProcRoot;
  #learned: ReadonlyMap<string, BlockDevice> | undefined;
  mustLearn = true;
  #devices: Parameters<typeof wholeDevices>[0] = new Map();
  #multipaths: readonly Multipath[] = [];
  #silentHeads: ReadonlySet<string> = new Set();
  whole: ReadonlySet<string> = new Set();

  constructor(root: ProcRoot) {
    this.#root = root;
  }

  async learn(clock: Clock, names: ReadonlySet<string>): Promise<void> {
    this.mustLearn = false;
    if (names.size <= fewDevices) return;
    const learned = new Map<string, BlockDevice>();
    await inSlices(clock, [...names], (name) => learned.set(name, readBlockDevice(this.#root, name, names)));
    this.#learned = learned;
  }

  /** True when nothing has changed. */
  update(counters: readonly DiskCounters[], hasSameDevices: boolean): boolean {
    const learned = this.#learned;
    const sameDevices = hasSameDevices && learned === undefined;
    if (sameDevices && this.#multipaths.length === 0) return true;
    if (!sameDevices) {
      const names = new Set(counters.map((disk) => disk.device));
      const before = names.size > fewDevices ? (learned ?? this.#devices) : new Map<string, BlockDevice>();
      this.#devices = new Map([...names].map((name) => [name, before.get(name) ?? readBlockDevice(this.#root, name, names)]));
      this.#multipaths = multipathsOf(names);
      this.mustLearn = learned === undefined && names.size > fewDevices;
      this.#learned = undefined;
    }
    const moved = new Map(counters.map(({ device, readBytes, writtenBytes }) => [device, readBytes + writtenBytes]));
    const isSilent = (one: Multipath) => isHeadSilent(one, (device) => moved.get(device) ?? 0);
    const silent = new Set(this.#multipaths.filter(isSilent).map(({ head }) => head));
    if (sameDevices && silent.size === this.#silentHeads.size && [...silent].every((head) => this.#silentHeads.has(head))) return true;
    this.#silentHeads = silent;
    this.whole = wholeDevices(this.#devices, this.#multipaths, silent);
    return false;
  }
}
