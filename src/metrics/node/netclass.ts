import type { InterfaceReading } from "../../model/scraped.ts";
import { type Column, columns, LabelCache, type NodeCollector, type NodeFamilyType } from "./family.ts";

function attribute(name: string, file: string, type: NodeFamilyType = "gauge"): Column<InterfaceReading> {
  return {
    name: `node_network_${name}`,
    help: `The attribute ${file} of the interface in /sys/class/net.`,
    type,
    value: (one) => one.numbers.get(file),
  };
}

const all: readonly Column<InterfaceReading>[] = [
  {
    name: "node_network_up",
    help: "1 when the interface can pass packets.",
    type: "gauge",
    value: (one) => Number(one.texts.get("operstate") === "up"),
  },
  attribute("address_assign_type", "addr_assign_type"),
  attribute("carrier", "carrier"),
  attribute("carrier_changes_total", "carrier_changes", "counter"),
  attribute("carrier_up_changes_total", "carrier_up_count", "counter"),
  attribute("carrier_down_changes_total", "carrier_down_count", "counter"),
  attribute("device_id", "dev_id"),
  attribute("dormant", "dormant"),
  attribute("flags", "flags"),
  attribute("iface_id", "ifindex"),
  attribute("iface_link", "iflink"),
  attribute("iface_link_mode", "link_mode"),
  attribute("mtu_bytes", "mtu"),
  attribute("name_assign_type", "name_assign_type"),
  attribute("net_dev_group", "netdev_group"),
  {
    // the kernel says megabits, and -1 when it does not know
    name: "node_network_speed_bytes",
    help: "Speed of the interface in bytes a second; negative when it is not known.",
    type: "gauge",
    value: (one) => {
      const megabits = one.numbers.get("speed");
      return megabits === undefined ? undefined : (megabits * 1_000_000) / 8;
    },
  },
  attribute("transmit_queue_length", "tx_queue_len"),
  attribute("protocol_type", "type"),
];

/** What the network interfaces are, and whether they are up. */
export function createNetclassCollector(excluded: RegExp): NodeCollector {
  const labels = new LabelCache("device");
  return {
    collector: "netclass",
    parts: ["interfaces"],
    families({ interfaces = [] }) {
      const shown = interfaces.filter((one) => !excluded.test(one.device));
      return [
        ...columns(shown, infoLabels, [
          { name: "node_network_info", help: "What the interface says of itself; always 1.", type: "gauge", value: () => 1 },
        ]),
        ...columns(shown, (one) => labels.of(one.device), all),
      ];
    },
  };
}

const ifUp = 1;

function infoLabels({ device, texts, numbers }: InterfaceReading) {
  const text = (name: string) => texts.get(name) ?? "";
  const flags = numbers.get("flags");
  return {
    device,
    address: text("address"),
    broadcast: text("broadcast"),
    duplex: text("duplex"),
    operstate: text("operstate"),
    adminstate: flags === undefined ? "unknown" : (flags & ifUp) === 0 ? "down" : "up",
    ifalias: text("ifalias"),
  };
}
