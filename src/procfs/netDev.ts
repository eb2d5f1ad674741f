/** /proc/net/dev: one line an interface, eight columns received, eight sent (proc_pid_net(5)). */
import type { NetworkCounters, NetworkReading } from "../model/devices.ts";
import { atOnce, type Steps } from "../model/steps.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { LineCache } from "./lineCache.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads the interfaces of the host again and again; one that carried nothing is the same object as the time before. */
export class NetDevReader {
  readonly #files: KernelFiles;
  readonly #lines: LineCache<NetworkReading>;

  constructor(files: KernelFiles, skips: Skips) {
    this.#files = files;
    this.#lines = new LineCache(parseLine, skips);
  }

  /** Undefined where there is no such file. */
  read(): readonly NetworkReading[] | undefined {
    return atOnce(this.readInSteps());
  }

  /** The same in steps; only one reading at a time. */
  *readInSteps(): Steps<readonly NetworkReading[] | undefined> {
    const text = readNetFile(this.#files, "dev");
    if (text === undefined) return undefined;
    skipHead(text);
    return yield* this.#lines.parseInSteps(text);
  }
}

/** Parses /proc/net/dev; the two head lines hold a `|`. */
export function parseNetDev(text: Scanner, skips: Skips): readonly NetworkReading[] {
  skipHead(text);
  return new LineCache(parseLine, skips).parse(text);
}

function skipHead(text: Scanner): void {
  while (!text.atEnd) {
    const start = text.at;
    const isHead = text.until("|") !== undefined;
    text.at = start;
    if (!isHead) break;
    text.skipLine();
  }
}

/** An alias has a colon in its name (`eth0:1`), and old kernels no blank behind the last one. */
function parseLine(text: Scanner): NetworkReading {
  text.skipSpaces();
  const device = text.untilLast(":");
  if (!device) text.fail("an interface's name and a colon");
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
