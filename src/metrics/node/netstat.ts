import type { NodeCollector } from "./family.ts";
import { NamedFamilies } from "./namedCounters.ts";

/** node_exporter's default for --collector.netstat.fields. */
const shownFields =
  /^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$/;

/** Counters of the network protocols. */
export function createNetstatCollector(): NodeCollector {
  const named = new NamedFamilies(shownFields, (field) => ({
    name: `node_netstat_${field}`,
    help: `The counter ${field.replace("_", " ")} of the kernel's network statistics.`,
  }));
  return { collector: "netstat", parts: ["netstat"], families: ({ netstat }) => (netstat === undefined ? [] : named.families(netstat)) };
}
