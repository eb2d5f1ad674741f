/** /proc/net/dev: one line an interface, eight columns received, eight sent (proc_pid_net(5)). */
import type { NetworkCounters, NetworkReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { LineCache } from "./lineCache.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads the interfaces of the host again and again; one that carried nothing is the same object as the time before. */
export class NetDevReader {
  readonly #files: KernelFiles;
  readonly #lines = new LineCache(parseLine);

  constructor(files: KernelFiles) {
    this.#files = files;
  }

  /** Undefined where there is no such file. */
  read(): readonly NetworkReading[] | undefined {
    const text = readNetFile(this.#files, "dev");
    return text && parseBelowHead(text, this.#lines);
  }
}

/** Parses /proc/net/dev; the two head lines hold a `|`. */
export function parseNetDev(text: Scanner): readonly NetworkReading[] {
  return parseBelowHead(text, new LineCache(parseLine));
}

function parseBelowHead(text: Scanner, lines: LineCache<NetworkReading>): readonly NetworkReading[] {
  text.skipLine();
  text.skipLine();
  return lines.parse(text);
}

function parseLine(text: Scanner): NetworkReading {
  text.skipSpaces();
  const device = text.until(":");
  if (device === undefined) text.fail("an interface's name and a colon");
  return { device, receive: parseCounters(text), transmit: parseCounters(text) };
}

function parseCounters(text: Scanner): NetworkCounters {
  return {
    bytes: text.number(),
    packets: text.number(),
    errors: text.number(),
    drops: text.number(),
    fifo: text.number(),
    frameOrCollisions: text.number(),
    compressed: text.number(),
    multicastOrCarrier: text.number(),
  };
}
