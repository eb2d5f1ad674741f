/** /proc/net/udp and udp6: `sl local rem st tx_queue:rx_queue ...`, a line a socket (net/ipv4/udp.c). */
import type { UdpQueuesReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads both; undefined where the machine has neither. */
export function readUdpQueues(files: KernelFiles, skips: Skips): UdpQueuesReading | undefined {
  const known = (["v4", "v6"] as const).flatMap((ip) => {
    const text = readNetFile(files, ip === "v4" ? "udp" : "udp6");
    return text === undefined ? [] : [{ ip, ...parseUdpQueues(text, skips) }];
  });
  return known.length === 0 ? undefined : known;
}

/** Adds the queues of all sockets up. */
function parseUdpQueues(text: Scanner, skips: Skips): { readonly sending: number; readonly received: number } {
  let sending = 0;
  let received = 0;
  text.skipLine();
  parseLines(text, skips, () => {
    text.skipSpaces();
    for (let column = 0; column < 4; column++) {
      text.skipWord();
      text.skipSpaces();
    }
    const queued = text.hexadecimal();
    if (!text.take(":")) text.fail("tx_queue:rx_queue");
    sending += queued;
    received += text.hexadecimal();
  });
  return { sending, received };
}
