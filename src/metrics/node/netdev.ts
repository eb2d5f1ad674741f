import type { NetworkReading } from "../../model/devices.ts";
import { type Column, columns, LabelCache, type NodeCollector } from "./family.ts";

function counter(name: string, help: string, value: (one: NetworkReading) => number | undefined): Column<NetworkReading> {
  return { name: `node_network_${name}_total`, help, type: "counter", value };
}

const all: readonly Column<NetworkReading>[] = [
  counter("receive_bytes", "Bytes received.", (one) => one.receive.bytes),
  counter("receive_packets", "Packets received.", (one) => one.receive.packets),
  counter("receive_errs", "Packets received with an error.", (one) => one.receive.errors),
  counter("receive_drop", "Packets received and dropped.", (one) => one.receive.drops),
  counter("receive_fifo", "Packets lost because the receive buffer was full.", (one) => one.receive.fifo),
  counter("receive_frame", "Packets received with a broken frame.", (one) => one.receive.frameOrCollisions),
  counter("receive_compressed", "Compressed packets received.", (one) => one.receive.compressed),
  counter("receive_multicast", "Multicast packets received.", (one) => one.receive.multicastOrCarrier),
  counter("transmit_bytes", "Bytes sent.", (one) => one.transmit.bytes),
  counter("transmit_packets", "Packets sent.", (one) => one.transmit.packets),
  counter("transmit_errs", "Packets that could not be sent.", (one) => one.transmit.errors),
  counter("transmit_drop", "Packets dropped before they were sent.", (one) => one.transmit.drops),
  counter("transmit_fifo", "Packets lost because the send buffer was full.", (one) => one.transmit.fifo),
  counter("transmit_colls", "Collisions.", (one) => one.transmit.frameOrCollisions),
  counter("transmit_carrier", "Losses of the carrier while sending.", (one) => one.transmit.multicastOrCarrier),
  counter("transmit_compressed", "Compressed packets sent.", (one) => one.transmit.compressed),
];

/** Traffic of the network interfaces. */
export function createNetdevCollector(excluded: RegExp): NodeCollector {
  const labels = new LabelCache("device");
  return {
    collector: "netdev",
    parts: ["network"],
    needs: ["interfaces"],
    families({ network, interfaces = [] }) {
      if (network === undefined) return [];
      const shown = network.filter((one) => !excluded.test(one.device));
      const devices = new Set(shown.map((one) => one.device));
      return [
        ...columns(shown, (one) => labels.of(one.device), all),
        // not in /proc/net/dev
        ...columns(
          interfaces.filter((one) => devices.has(one.device)),
          (one) => labels.of(one.device),
          [
            {
              name: "node_network_receive_nohandler_total",
              help: "Packets received that nobody wanted.",
              type: "counter",
              value: (one) => one.numbers.get("rx_nohandler"),
            },
          ],
        ),
      ];
    },
  };
}
