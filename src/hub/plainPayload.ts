/**
 * What a script tells of its host:
 *
 *     {hostname, timestamp, cpu: {percent, per_core}, memory: {total, used, free, percent}, disk: {total, used, free, percent}}
 *
 * with whatever figures of a history's entry beside it (`load1`, `runningTasks`, ...). What it does not tell is unknown. Pure.
 */
import { defined } from "../model/defined.ts";
import type { FilesystemReading } from "../model/devices.ts";
import type { HostCpu, HostMemory, HostUsage, Stall } from "../model/snapshot.ts";
import type { RecordedSnapshot } from "../recorder/format/line.ts";
import { FieldProblem, type Fields, readFields, readMoment, readNumber } from "./readings.ts";

const mostCores = 4096;
const mostTasks = 1e7;
/** Of shares that are told in several figures, rounding may have moved one. */
const percentSlack = 1;

/** One of them as a second of the recording. @throws FieldProblem */
export function readPlainPayload(payload: Fields): RecordedSnapshot {
  const takenAtMs = readMoment(payload.timestamp, "timestamp");
  const host: HostUsage = defined({
    cpu: readCpu(payload),
    load: readLoad(payload),
    tasks: partsOf({
      running: readNumber(payload.runningTasks, "runningTasks", 0, mostTasks),
      uninterruptible: readNumber(payload.uninterruptibleTasks, "uninterruptibleTasks", 0, mostTasks),
    }),
    memory: readMemory(payload),
    pressure: partsOf({
      cpu: readPressure(payload, "cpuPressureRatio"),
      memory: readPressure(payload, "memoryPressureRatio"),
      io: readPressure(payload, "ioPressureRatio"),
    }),
    filesystems: readDisk(payload),
  });
  if (host.cpu === undefined && host.memory === undefined && host.filesystems === undefined && host.load === undefined)
    throw new FieldProblem("cpu", "expected at least one of cpu, memory, disk and load1");
  return defined({
    takenAtMs,
    elapsedSeconds: readNumber(payload.elapsedSeconds, "elapsedSeconds", 0, 86_400),
    gap: payload.gap === true,
    host,
    groups: [],
  });
}

function readCpu(payload: Fields): HostCpu | undefined {
  const cpu = readFields(payload.cpu, "cpu");
  if (cpu === undefined) return undefined;
  const ratios = readPerCore(cpu.per_core);
  const mean = ratios === undefined ? undefined : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const percent = readNumber(cpu.percent, "cpu.percent", 0, 100);
  const usageRatio = percent === undefined ? mean : percent / 100;
  if (usageRatio === undefined) throw new FieldProblem("cpu.percent", "expected a number from 0 to 100, got nothing");
  // who does not tell how many there are is taken for one
  const cores = ratios?.length ?? readNumber(cpu.cores, "cpu.cores", 1, mostCores) ?? 1;
  return defined({
    cores,
    busyCores: usageRatio * cores,
    busySeconds: 0,
    usageRatio,
    coreUsageRatios: ratios?.map((ratio, place) => ({ cpu: place, ratio })),
  });
}

function readPerCore(value: unknown): readonly number[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > mostCores)
    throw new FieldProblem("cpu.per_core", `expected a list of at most ${mostCores} numbers`);
  const ratios = value.map((one: unknown, place) => {
    const percent = readNumber(one, `cpu.per_core[${place}]`, 0, 100);
    if (percent === undefined) throw new FieldProblem(`cpu.per_core[${place}]`, "expected a number from 0 to 100, got nothing");
    return percent / 100;
  });
  return ratios.length === 0 ? undefined : ratios;
}

function readLoad(payload: Fields): HostUsage["load"] {
  const [load1, load5, load15] = (["load1", "load5", "load15"] as const).map((name) => readNumber(payload[name], name, 0));
  return load1 === undefined || load5 === undefined || load15 === undefined ? undefined : { load1, load5, load15 };
}

function readMemory(payload: Fields): HostMemory | undefined {
  const fill = readFill(payload.memory, "memory");
  if (fill === undefined) return undefined;
  return defined({
    totalBytes: fill.total,
    availableBytes: fill.free,
    usageRatio: fill.usageRatio,
    swapTotalBytes: readNumber(payload.swapTotalBytes, "swapTotalBytes", 0),
    swapUsedBytes: readNumber(payload.swapUsedBytes, "swapUsedBytes", 0),
  });
}

function readDisk(payload: Fields): readonly FilesystemReading[] | undefined {
  const fill = readFill(payload.disk, "disk");
  if (fill === undefined) return undefined;
  const size = { sizeBytes: fill.total, freeBytes: fill.free, availableBytes: fill.free };
  return [{ device: "disk", fstype: "", mountpoint: "/", size }];
}

interface Fill {
  readonly total: number;
  readonly free: number;
  readonly usageRatio: number;
}

/** `total`, and of the others as many as its sender knows: one is enough. */
function readFill(value: unknown, name: string): Fill | undefined {
  const fields = readFields(value, name);
  if (fields === undefined) return undefined;
  const total = readNumber(fields.total, `${name}.total`, 1);
  if (total === undefined) throw new FieldProblem(`${name}.total`, "expected a number of bytes, got nothing");
  const used = readNumber(fields.used, `${name}.used`, 0, total);
  const free = readNumber(fields.free, `${name}.free`, 0, total);
  const percent = readNumber(fields.percent, `${name}.percent`, 0, 100);
  const fromBytes = free ?? (used === undefined ? undefined : total - used);
  if (fromBytes === undefined && percent === undefined)
    throw new FieldProblem(`${name}.percent`, `expected one of ${name}.used, ${name}.free and ${name}.percent`);
  const left = fromBytes ?? total * (1 - (percent ?? 0) / 100);
  // `free` of Linux is less than what can still be had: then it is `percent` and `used` that tell how full it is
  const usageRatio = percent === undefined ? 1 - left / total : percent / 100;
  const isOtherwise = Math.abs((1 - left / total) * 100 - usageRatio * 100) > percentSlack;
  return { total, free: isOtherwise ? total * (1 - usageRatio) : left, usageRatio };
}

function readPressure(payload: Fields, name: string): Stall | undefined {
  const some = readNumber(payload[name], name, 0, 1);
  return some === undefined ? undefined : { some };
}

/** Undefined where none of the parts is known. */
function partsOf<Parts extends object>(parts: Parts): ReturnType<typeof defined<Parts>> | undefined {
  return Object.values(parts).every((part) => part === undefined) ? undefined : defined(parts);
}
