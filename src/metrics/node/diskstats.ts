import type { DiskReading } from "../../model/devices.ts";
import type { DiskPropertiesReading, DiskRotationReading } from "../../model/scraped.ts";
import { type Column, columns, LabelCache, type NodeCollector, type NodeFamily } from "./family.ts";

/** node_exporter shows discards in the kernel's sectors, which are 512 bytes whatever the disk says. */
const sectorBytes = 512;

function counter(name: string, help: string, value: (disk: DiskReading) => number | undefined): Column<DiskReading> {
  return { name: `node_disk_${name}`, help, type: "counter", value };
}

const all: readonly Column<DiskReading>[] = [
  counter("reads_completed_total", "Reads that were completed.", (disk) => disk.readsCompleted),
  counter("reads_merged_total", "Reads that were merged with another.", (disk) => disk.readsMerged),
  counter("read_bytes_total", "Bytes read.", (disk) => disk.readBytes),
  counter("read_time_seconds_total", "Seconds that all reads took together.", (disk) => disk.readSeconds),
  counter("writes_completed_total", "Writes that were completed.", (disk) => disk.writesCompleted),
  counter("writes_merged_total", "Writes that were merged with another.", (disk) => disk.writesMerged),
  counter("written_bytes_total", "Bytes written.", (disk) => disk.writtenBytes),
  counter("write_time_seconds_total", "Seconds that all writes took together.", (disk) => disk.writeSeconds),
  { name: "node_disk_io_now", help: "Requests that the disk works on.", type: "gauge", value: (disk) => disk.ioNow },
  counter("io_time_seconds_total", "Seconds in which the disk had work.", (disk) => disk.ioSeconds),
  counter(
    "io_time_weighted_seconds_total",
    "Seconds in which the disk had work, times the requests it had.",
    (disk) => disk.ioWeightedSeconds,
  ),
  counter("discards_completed_total", "Discards that were completed.", (disk) => disk.discardsCompleted),
  counter("discards_merged_total", "Discards that were merged with another.", (disk) => disk.discardsMerged),
  counter("discarded_sectors_total", "Sectors discarded.", ({ discardedBytes }) =>
    discardedBytes === undefined ? undefined : discardedBytes / sectorBytes,
  ),
  counter("discard_time_seconds_total", "Seconds that all discards took together.", (disk) => disk.discardSeconds),
  counter("flush_requests_total", "Flushes that were completed.", (disk) => disk.flushesCompleted),
  counter("flush_requests_time_seconds_total", "Seconds that all flushes took together.", (disk) => disk.flushSeconds),
];

/** Traffic of the block devices, and what udev knows of them. */
export function createDiskstatsCollector(excluded: RegExp): NodeCollector {
  const labels = new LabelCache("device");
  let shownBefore = "";
  let propertiesBefore: DiskPropertiesReading | undefined;
  let rotationBefore: DiskRotationReading | undefined;
  let described: readonly NodeFamily[] = [];
  return {
    collector: "diskstats",
    parts: ["disks", "diskProperties"],
    needs: ["diskRotation"],
    families({ disks = [], diskProperties, diskRotation }) {
      const shown = disks.filter((disk) => !excluded.test(disk.device));
      const names = shown.map((disk) => `${disk.device} ${disk.major}:${disk.minor}`).join();
      // what a disk is changes with the disks and with what udev writes, not from scrape to scrape
      if (names !== shownBefore || diskProperties !== propertiesBefore || diskRotation !== rotationBefore)
        described = describeDisks(shown, diskProperties, diskRotation);
      shownBefore = names;
      propertiesBefore = diskProperties;
      rotationBefore = diskRotation;
      return [...columns(shown, (disk) => labels.of(disk.device), all), ...described];
    },
  };
}

interface Described extends DiskReading {
  readonly udev: (property: string) => string;
  readonly turns: boolean;
}

function describeDisks(
  disks: readonly DiskReading[],
  properties: DiskPropertiesReading = new Map(),
  rotation: DiskRotationReading = new Map(),
): readonly NodeFamily[] {
  const known = disks.map((disk): Described => {
    const own = properties.get(`${disk.major}:${disk.minor}`);
    return { ...disk, udev: (property) => own?.get(property) ?? "", turns: rotation.get(disk.device) === true };
  });
  const one = () => 1;
  return [
    ...columns(known, infoLabels, [{ name: "node_disk_info", help: "What the disk is; always 1.", type: "gauge", value: one }]),
    ...columns(known.filter(has("ID_FS_TYPE")), filesystemLabels, [
      { name: "node_disk_filesystem_info", help: "What is on the disk; always 1.", type: "gauge", value: one },
    ]),
    ...columns(known.filter(has("DM_NAME")), mapperLabels, [
      { name: "node_disk_device_mapper_info", help: "What the device mapper made of disks; always 1.", type: "gauge", value: one },
    ]),
    ...columns(known.filter(has("ID_ATA")), ({ device }) => ({ device }), [
      ata("ata_write_cache", "1 when the disk has a write cache.", "ID_ATA_WRITE_CACHE"),
      ata("ata_write_cache_enabled", "1 when the disk's write cache is used.", "ID_ATA_WRITE_CACHE_ENABLED"),
      ata("ata_rotation_rate_rpm", "Turns a minute, 0 for a disk that does not turn.", "ID_ATA_ROTATION_RATE_RPM"),
    ]),
  ];
}

function has(property: string): (disk: Described) => boolean {
  return (disk) => disk.udev(property) !== "";
}

function infoLabels({ device, major, minor, udev, turns }: Described) {
  return {
    device,
    major: String(major ?? ""),
    minor: String(minor ?? ""),
    path: udev("ID_PATH"),
    wwn: udev("ID_WWN"),
    model: udev("ID_MODEL"),
    // the serial printed on the disk; virtio disks know only the last of the three
    serial: udev("SCSI_IDENT_SERIAL") || udev("ID_SERIAL_SHORT") || udev("ID_SERIAL"),
    revision: udev("ID_REVISION"),
    // a partition, and what does not say, counts as one that does not
    rotational: turns ? "1" : "0",
  };
}

function filesystemLabels({ device, udev }: Described) {
  return { device, type: udev("ID_FS_TYPE"), usage: udev("ID_FS_USAGE"), uuid: udev("ID_FS_UUID"), version: udev("ID_FS_VERSION") };
}

function mapperLabels({ device, udev }: Described) {
  return {
    device,
    name: udev("DM_NAME"),
    uuid: udev("DM_UUID"),
    vg_name: udev("DM_VG_NAME"),
    lv_name: udev("DM_LV_NAME"),
    lv_layer: udev("DM_LV_LAYER"),
  };
}

function ata(name: string, help: string, property: string): Column<Described> {
  const value = ({ udev }: Described) => (/^\d+$/.test(udev(property)) ? Number(udev(property)) : undefined);
  return { name: `node_disk_${name}`, help, type: "gauge", value };
}
