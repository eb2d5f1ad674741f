/** /proc/net/dev: one line an interface, eight columns received, eight sent (proc_pid_net(5)). */
import type { NetworkCounters, NetworkReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads the interfaces of the host. */
export function readNetDev(files: KernelFiles): NetworkReading[] | undefined {
  const text = readNetFile(files, "dev");
  return text && parseNetDev(text);
}

/** Parses /proc/net/dev; the two head lines hold a `|`. */
export function parseNetDev(text: Scanner): NetworkReading[] {
  const interfaces: NetworkReading[] = [];
  text.skipLine();
  text.skipLine();
  while (!text.atEnd) {
    text.skipSpaces();
    const device = text.until(":");
    if (device === undefined) text.fail("an interface's name and a colon");
    interfaces.push({ device, receive: parseCounters(text), transmit: parseCounters(text) });
    text.skipLine();
  }
  return interfaces;
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
