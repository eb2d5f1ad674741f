import type { FilesystemReading } from "../../model/sample.ts";
import type { Family } from "../family.ts";

type Size = NonNullable<FilesystemReading["size"]>;

/** A file system that does not answer has no points; the others stay. */
function filesystemGauge(name: string, help: string, value: (size: Size) => number | undefined): Family {
  return {
    name,
    help,
    type: "gauge",
    labels: ["device", "fstype", "mountpoint"],
    *points({ snapshot }) {
      for (const { device, fstype, mountpoint, size } of snapshot?.host.filesystems ?? []) {
        const known = size && value(size);
        if (known !== undefined) yield { labels: { device, fstype, mountpoint }, value: known };
      }
    },
  };
}

/** Space and inodes of every mounted file system. */
export const filesystemFamilies: readonly Family[] = [
  filesystemGauge("culprit_filesystem_usage_ratio", "Share of the file system that is not available to users, 0 to 1.", (size) =>
    size.sizeBytes > 0 ? 1 - size.availableBytes / size.sizeBytes : undefined,
  ),
  filesystemGauge("culprit_filesystem_size_bytes", "Size of the file system.", (size) => size.sizeBytes),
  filesystemGauge("culprit_filesystem_available_bytes", "Bytes that users can still write.", (size) => size.availableBytes),
  // some file systems (btrfs, vfat) have no fixed number of inodes and say 0
  filesystemGauge("culprit_filesystem_files", "Inodes of the file system.", (size) => size.files || undefined),
  filesystemGauge("culprit_filesystem_files_free", "Inodes that are free.", (size) => (size.files ? size.filesFree : undefined)),
];
