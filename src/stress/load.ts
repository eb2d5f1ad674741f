/** What a trial puts on the machine: which load, of how many, how large, for how long. Pure. */
import { bytesText } from "../text.ts";

/** The loads that there are. */
export const stressKinds = ["cpu", "memory", "io", "fork-storm"] as const;

/** One of them. */
export type StressKind = (typeof stressKinds)[number];

/** The name under which all processes of a trial run: whoever is asked who it was must say this. The kernel keeps 15 characters. */
export const stressName = "culprit-stress";

/** A load, bounded in size and time. */
export interface Load {
  readonly kind: StressKind;
  /** Busy loops, or loops that fork; 1 of what fills memory or writes. */
  readonly processes: number;
  /** What memory is filled with, or how large the file is that is written again and again; 0 of the others. */
  readonly bytes: number;
  /** It ends by itself after so long. */
  readonly seconds: number;
  /** Whose disk is written to. */
  readonly directory: string;
}

/** The machine, as far as a load must fit into it. */
interface Room {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** On the disk that is written to; undefined where nobody knows. */
  readonly freeDiskBytes?: number | undefined;
}

/** What a person wishes to be otherwise. */
interface LoadWishes {
  readonly processes?: number | undefined;
  readonly bytes?: number | undefined;
  readonly seconds?: number | undefined;
}

/** So many tasks for each core lift the mean of five minutes above the number of cores within 40 s. */
const loopsPerCore = 8;
const mostProcesses = 2000;
const usualSeconds: Readonly<Record<StressKind, number>> = { cpu: 150, memory: 60, io: 60, "fork-storm": 60 };
const mostSeconds = 900;
const mebibyte = 1024 * 1024;
const usualFileBytes = 256 * mebibyte;

/** No load: it does not fit, or makes no sense; the message says what does. */
export class LoadProblem extends Error {
  override readonly name = "LoadProblem";
}

/** The load for a machine. @throws LoadProblem */
export function planLoad(kind: StressKind, room: Room, directory: string, wishes: LoadWishes = {}): Load {
  const seconds = wishes.seconds ?? usualSeconds[kind];
  if (seconds < 1 || seconds > mostSeconds) throw new LoadProblem(`expected from 1 to ${mostSeconds} seconds, got ${seconds}`);
  const many = kind === "cpu" || kind === "fork-storm";
  if (!many && wishes.processes !== undefined) throw new LoadProblem(`a load of ${kind} is one process; its size can be chosen`);
  if (many && wishes.bytes !== undefined) throw new LoadProblem(`a load of ${kind} has no size; its number of processes can be chosen`);
  const processes = many ? (wishes.processes ?? room.cores * (kind === "cpu" ? loopsPerCore : 1)) : 1;
  if (processes < 1 || processes > mostProcesses) throw new LoadProblem(`expected from 1 to ${mostProcesses} processes, got ${processes}`);
  return { kind, processes, bytes: many ? 0 : bytesOf(kind, room, wishes.bytes), seconds, directory };
}

function bytesOf(kind: StressKind, { memoryBytes, freeMemoryBytes, freeDiskBytes }: Room, wanted: number | undefined): number {
  if (kind === "memory") {
    // a quarter is a jump that nobody overlooks; a tenth is left to the others whatever happens
    const mostBytes = Math.max(0, freeMemoryBytes - memoryBytes / 10);
    const bytes = wanted ?? Math.min(memoryBytes / 4, mostBytes);
    if (bytes > mostBytes || bytes < mebibyte) throw tooLarge("memory", wanted, freeMemoryBytes);
    return Math.floor(bytes);
  }
  const mostBytes = (freeDiskBytes ?? Number.POSITIVE_INFINITY) / 2;
  const bytes = wanted ?? Math.min(usualFileBytes, mostBytes);
  if (bytes > mostBytes || bytes < mebibyte) throw tooLarge("the disk", wanted, freeDiskBytes ?? 0);
  return Math.floor(bytes);
}

function tooLarge(where: string, wanted: number | undefined, freeBytes: number): LoadProblem {
  const what = wanted === undefined ? "a load that can be noticed" : bytesText(wanted);
  return new LoadProblem(`${what} does not fit: of ${where} ${bytesText(freeBytes)} are free, and some of that is left to others`);
}

/** What is begun, for a person. */
export function loadText({ kind, processes, bytes, seconds }: Load): string {
  const loops = processes === 1 ? "loop" : "loops";
  const what: Readonly<Record<StressKind, string>> = {
    cpu: `${processes} busy ${loops}`,
    memory: `${bytesText(bytes)} of memory`,
    io: `a file of ${bytesText(bytes)} that is written again and again`,
    "fork-storm": `${processes} ${loops} that ${processes === 1 ? "forks" : "fork"}`,
  };
  return `${what[kind]}, at the lowest priority, for ${seconds} s at most`;
}
