import type { HostNetwork } from "../../model/snapshot.ts";
import type { Family } from "../family.ts";

function networkCounter(name: string, help: string, value: (network: HostNetwork) => number): Family {
  return {
    name,
    help,
    type: "counter",
    labels: ["device"],
    *points({ snapshot }) {
      for (const network of snapshot?.host.network ?? []) yield { labels: { device: network.device }, value: value(network) };
    },
  };
}

/** Traffic of the network interfaces. */
export const networkFamilies: readonly Family[] = [
  networkCounter("culprit_network_receive_bytes_total", "Bytes received by the interface.", (network) => network.receiveBytes),
  networkCounter("culprit_network_transmit_bytes_total", "Bytes sent by the interface.", (network) => network.transmitBytes),
];
