/** What `culprit once` has to say of a machine, before it is put into words. Pure. */
import type { Suffering } from "../model/culprit.ts";
import { defined } from "../model/defined.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { HostMemory, PressureResource, Snapshot, Stall } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import type { GroupStats, WindowStats } from "../sampler/window.ts";
import type { Judgement } from "../spikes/judgement.ts";
import { fullestDisk } from "../triggers/metrics.ts";

/** A device over the look. */
export interface DeviceUse {
  readonly device: string;
  readonly readBytesPerSecond: number;
  readonly writtenBytesPerSecond: number;
  readonly busyRatio?: number;
}

/** The machine over the look; what is unknown is absent. */
export interface OnceFigures {
  readonly load?: { readonly load1: number; readonly load5: number; readonly load15: number };
  readonly cpu?: { readonly cores?: number; readonly busyCores?: number; readonly usageRatio?: number; readonly peakUsageRatio?: number };
  readonly tasks?: { readonly running?: number; readonly uninterruptible?: number };
  /** Of a table only how full it was. */
  readonly memory?: Pick<HostMemory, "usageRatio"> & Partial<HostMemory>;
  /** Of whole devices, the busiest first. */
  readonly disks?: readonly DeviceUse[];
  readonly fullestFilesystem?: { readonly mountpoint: string; readonly ratio: number };
  readonly pressure: Readonly<Partial<Record<PressureResource, Stall>>>;
  readonly coverage: { readonly cpu?: number; readonly tasks?: number };
}

/** All of it. */
export interface OnceView {
  readonly hostname: string;
  readonly takenAtMs: number;
  /** So long the machine was looked at. */
  readonly seconds: number;
  readonly figures: OnceFigures;
  readonly lines: readonly GroupStats[];
  /** What strains the machine most. */
  readonly strained: SpikeResource;
  readonly calm: boolean;
  /** What it suffers from though nothing has left its baseline, as the page says it. */
  readonly suffering?: Suffering;
  readonly judgement?: Judgement;
  /** How much of the look the judgement holds against the rest; absent where there is no past to compare with. */
  readonly pastSeconds?: number;
  /** What must be known of the look, in sentences without a full stop. */
  readonly notes?: readonly string[];
  /** Those that were noticed meanwhile, the newest first. */
  readonly spikes: readonly Spike[];
  /** Of a look back: when its first second begins, what it comes from, and what happened meanwhile. */
  readonly lookBack?: {
    readonly fromMs: number;
    readonly source: { readonly kind: "recording" | "archive" | "table"; readonly fromMs: number; readonly toMs: number };
    /** The oldest first. */
    readonly events: readonly MachineEvent[];
  };
}

/** Adds up what the window does not keep. */
interface DeviceWatch {
  take(snapshot: Snapshot): void;
  uses(): readonly DeviceUse[] | undefined;
}

/** Makes one. */
export function watchDevices(): DeviceWatch {
  const sums = new Map<string, { seconds: number; read: number; written: number; busy: number; busySeconds: number }>();
  return {
    take({ host, elapsedSeconds: seconds = 0, gap }) {
      if (gap || seconds <= 0) return;
      for (const { device, whole, readBytesPerSecond, writtenBytesPerSecond, busyRatio } of host.disks ?? []) {
        if (!whole || readBytesPerSecond === undefined || writtenBytesPerSecond === undefined) continue;
        const sum = sums.get(device) ?? { seconds: 0, read: 0, written: 0, busy: 0, busySeconds: 0 };
        sum.seconds += seconds;
        sum.read += readBytesPerSecond * seconds;
        sum.written += writtenBytesPerSecond * seconds;
        if (busyRatio !== undefined) {
          sum.busy += busyRatio * seconds;
          sum.busySeconds += seconds;
        }
        sums.set(device, sum);
      }
    },
    uses() {
      if (sums.size === 0) return undefined;
      const uses = [...sums].map(([device, { seconds, read, written, busy, busySeconds }]) =>
        defined({
          device,
          readBytesPerSecond: read / seconds,
          writtenBytesPerSecond: written / seconds,
          busyRatio: busySeconds > 0 ? busy / busySeconds : undefined,
        }),
      );
      return uses.sort((a, b) => (b.busyRatio ?? 0) - (a.busyRatio ?? 0) || trafficOf(b) - trafficOf(a));
    },
  };
}

function trafficOf({ readBytesPerSecond, writtenBytesPerSecond }: DeviceUse): number {
  return readBytesPerSecond + writtenBytesPerSecond;
}

/** The machine's figures. */
export function figuresOf(stats: WindowStats, disks: readonly DeviceUse[] | undefined): OnceFigures {
  const { newest, busyCores, cpuUsageRatio, runningTasks, uninterruptibleTasks, pressure, cpuCoverage, taskCoverage } = stats;
  const { load, cpu, memory } = newest.host;
  const fullest = fullestDisk(newest.host);
  return defined({
    load,
    cpu:
      cpu === undefined
        ? undefined
        : defined({
            cores: cpu.cores,
            busyCores: busyCores?.mean,
            usageRatio: cpuUsageRatio?.mean,
            peakUsageRatio: cpuUsageRatio?.peak,
          }),
    tasks:
      runningTasks === undefined && uninterruptibleTasks === undefined
        ? undefined
        : defined({
            running: runningTasks?.mean,
            uninterruptible: uninterruptibleTasks?.mean,
          }),
    memory,
    disks,
    fullestFilesystem: fullest,
    pressure,
    coverage: defined({
      cpu: cpuCoverage,
      tasks: taskCoverage,
    }),
  });
}

/** Where the usual triggers would say that it is too much. */
const much = { cpu: 0.9, memory: 0.9, memoryPressure: 0.1, ioPressure: 0.4, diskBusy: 0.9, waitingPerCore: 1 } as const;
/** A strain below this part of the threshold counts as none. */
const calmStrain = 0.5;

/** What strains the machine most: the CPU, where nothing else is nearer to being too much. */
export function strainOf({ cpu, memory, pressure, disks, tasks }: OnceFigures): {
  readonly resource: SpikeResource;
  readonly strain: number;
} {
  const busiest = Math.max(0, ...(disks ?? []).map(({ busyRatio = 0 }) => busyRatio));
  const isFull = (memory?.usageRatio ?? 0) >= much.memory;
  const strains: readonly (readonly [SpikeResource, number])[] = [
    ["cpu", (cpu?.usageRatio ?? 0) / much.cpu],
    ["io", Math.max((pressure.io?.some ?? 0) / much.ioPressure, busiest / much.diskBusy)],
    // files fill what is free of it: a high level alone says little
    ["memory", Math.max((pressure.memory?.some ?? 0) / much.memoryPressure, isFull ? (memory?.usageRatio ?? 0) / much.memory : 0)],
    ["load", (tasks?.uninterruptible ?? 0) / (cpu?.cores ?? 1) / much.waitingPerCore],
  ];
  let [resource, strain] = strains[0] ?? ["cpu", 0];
  for (const [other, value] of strains) if (value > strain && value >= calmStrain) [resource, strain] = [other, value];
  return { resource, strain };
}

/** Whether it is so little that there is nothing to blame anybody for. */
export function isCalm(strain: number): boolean {
  return strain < calmStrain;
}

/** So much past makes a comparison, and "right now" is at most so long. */
const leastPastSeconds = 10;
const longestNowSeconds = 30;
const leastNowSeconds = 5;

/** How a look is divided into what is judged and what it is held against; without a past all of it is judged. */
export function divide(seconds: number): { readonly nowSeconds: number; readonly pastSeconds?: number } {
  const rounded = Math.round(seconds);
  if (rounded < leastPastSeconds + leastNowSeconds) return { nowSeconds: seconds + 1 };
  const nowSeconds = Math.min(longestNowSeconds, rounded - leastPastSeconds, Math.max(leastNowSeconds, Math.round(rounded / 3)));
  return { nowSeconds, pastSeconds: rounded - nowSeconds };
}
