import type { NvmeNamespaceReading } from "../../model/hardware.ts";
import { type Column, columns, type NodeCollector } from "./family.ts";

interface Namespace extends NvmeNamespaceReading {
  readonly device: string;
}

function bytes(name: string, help: string, value: Column<Namespace>["value"]): Column<Namespace> {
  return { name: `node_nvme_namespace_${name}_bytes`, help, type: "gauge", value };
}

const times = (blocks: number | undefined, blockBytes: number | undefined) =>
  blocks === undefined || blockBytes === undefined ? undefined : blocks * blockBytes;

const all: readonly Column<Namespace>[] = [
  // the same twice, as node_exporter has it
  bytes("capacity", "Size of the namespace.", ({ blocks, blockBytes }) => times(blocks, blockBytes)),
  bytes("size", "Size of the namespace.", ({ blocks, blockBytes }) => times(blocks, blockBytes)),
  bytes("used", "What the device has given to the namespace.", ({ blocksUsed, blockBytes }) => times(blocksUsed, blockBytes)),
  bytes("logical_block_size", "Size of a block.", ({ blockBytes }) => blockBytes),
];

/** NVMe controllers and the disks that they are. */
export function createNvmeCollector(): NodeCollector {
  return {
    collector: "nvme",
    parts: ["nvme"],
    families({ nvme = [] }) {
      const namespaces = nvme.flatMap(({ device, namespaces: own }) => own.map((one): Namespace => ({ ...one, device })));
      const one = () => 1;
      return [
        ...columns(nvme, ({ device, texts }) => infoLabels(device, texts), [
          { name: "node_nvme_info", help: "What the controller says of itself; always 1.", type: "gauge", value: one },
        ]),
        ...columns(namespaces, ({ device, id, anaState }) => ({ device, nsid: id, ana_state: anaState }), [
          { name: "node_nvme_namespace_info", help: "The namespaces of the controller; always 1.", type: "gauge", value: one },
        ]),
        ...columns(namespaces, ({ device, id }) => ({ device, nsid: id }), all),
      ];
    },
  };
}

function infoLabels(device: string, texts: ReadonlyMap<string, string>) {
  const text = (file: string) => texts.get(file) ?? "";
  return {
    device,
    firmware_revision: text("firmware_rev"),
    model: text("model"),
    serial: text("serial"),
    state: text("state"),
    cntlid: text("cntlid"),
  };
}
