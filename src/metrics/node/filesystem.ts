import type { FilesystemReading } from "../../model/devices.ts";
import { type Column, columns, type NodeCollector } from "./family.ts";

const all: readonly Column<FilesystemReading>[] = [
  { name: "node_filesystem_size_bytes", help: "Size of the file system.", type: "gauge", value: (one) => one.size?.sizeBytes },
  {
    name: "node_filesystem_free_bytes",
    help: "Free bytes, those kept for root included.",
    type: "gauge",
    value: (one) => one.size?.freeBytes,
  },
  {
    name: "node_filesystem_avail_bytes",
    help: "Bytes that users can still write.",
    type: "gauge",
    value: (one) => one.size?.availableBytes,
  },
  { name: "node_filesystem_files", help: "Inodes of the file system.", type: "gauge", value: (one) => one.size?.files },
  { name: "node_filesystem_files_free", help: "Inodes that are free.", type: "gauge", value: (one) => one.size?.filesFree },
  // without a size nothing is said of the mount but that it has an error
  {
    name: "node_filesystem_readonly",
    help: "1 when the file system is mounted read-only.",
    type: "gauge",
    value: (one) => (one.size === undefined || one.readOnly === undefined ? undefined : Number(one.readOnly)),
  },
  {
    name: "node_filesystem_device_error",
    help: "1 when the file system did not answer or refused to.",
    type: "gauge",
    value: (one) => Number(one.size === undefined),
  },
];

/** Space and inodes of the mounted file systems. */
export function createFilesystemCollector(mountpoints: RegExp, types: RegExp): NodeCollector {
  // a reading's labels do not change, and neither do most readings: the sampler hands the same objects on for ten seconds
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const labelsOf = ({ device, fstype, mountpoint, size, error }: FilesystemReading) => {
    const device_error = size === undefined ? (error ?? "") : "";
    const key = `${device} ${fstype} ${mountpoint} ${device_error}`;
    let known = labels.get(key);
    if (known === undefined) {
      if (labels.size >= mostLabels) labels.clear();
      known = Object.freeze({ device: escapeAsKernel(device), fstype, mountpoint, ...(device_error && { device_error }) });
      labels.set(key, known);
    }
    return known;
  };
  return {
    collector: "filesystem",
    parts: ["filesystems"],
    families({ filesystems = [] }) {
      const shown = filesystems.filter((one) => !mountpoints.test(one.mountpoint) && !types.test(one.fstype));
      return [
        ...columns(shown, labelsOf, all),
        // what has no superblock that the kernel tells of has no numbers either; one with an error is not shown beyond it
        ...columns(shown.filter(isKnown), mountLabels, [
          { name: "node_filesystem_mount_info", help: "Which device the file system is on; always 1.", type: "gauge", value: () => 1 },
        ]),
      ];
    },
  };
}

const mostLabels = 10_000;

function isKnown({ superblock, size }: FilesystemReading): boolean {
  return superblock !== undefined && size !== undefined;
}

function mountLabels({ device, mountpoint, superblock = "" }: FilesystemReading) {
  const [major = "", minor = ""] = superblock.split(":");
  return { device: escapeAsKernel(device), major, minor, mountpoint };
}

/** node_exporter decodes the blanks of mount points but shows devices as the kernel wrote them: `\040` for a blank. */
function escapeAsKernel(device: string): string {
  return device.replace(/[ \t\n\\#]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
