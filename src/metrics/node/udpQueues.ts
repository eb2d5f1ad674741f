import { columns, type NodeCollector } from "./family.ts";

/** What waits in UDP sockets. */
export function createUdpQueuesCollector(): NodeCollector {
  return {
    collector: "udp_queues",
    parts: ["udpQueues"],
    families({ udpQueues = [] }) {
      const queues = udpQueues.flatMap(({ ip, sending, received }) => [
        { queue: "tx", ip, bytes: sending },
        { queue: "rx", ip, bytes: received },
      ]);
      return columns(queues, ({ queue, ip }) => ({ queue, ip }), [
        { name: "node_udp_queues", help: "Bytes that wait in all UDP sockets.", type: "gauge", value: ({ bytes }) => bytes },
      ]);
    },
  };
}
