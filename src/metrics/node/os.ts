import type { OsReleaseReading } from "../../model/scraped.ts";
import { columns, type NodeCollector, single } from "./family.ts";

const names = [
  "build_id",
  "id",
  "id_like",
  "image_id",
  "image_version",
  "name",
  "pretty_name",
  "variant",
  "variant_id",
  "version",
  "version_codename",
  "version_id",
];

/** What the system calls itself, and until when it is supported. */
export function createOsCollector(): NodeCollector {
  return {
    collector: "os",
    parts: ["osRelease"],
    families({ osRelease }) {
      if (osRelease === undefined) return [];
      const labelsOf = (wanted: readonly string[]) =>
        Object.fromEntries(wanted.map((name) => [name, osRelease.get(name.toUpperCase()) ?? ""]));
      return [
        ...columns([osRelease], () => labelsOf(names), [
          { name: "node_os_info", help: "What the system calls itself; always 1.", type: "gauge", value: () => 1 },
        ]),
        ...columns([osRelease], () => labelsOf(["id", "id_like", "name"]), [
          { name: "node_os_version", help: "The first two parts of the system's version.", type: "gauge", value: versionOf },
        ]),
        ...single(
          { name: "node_os_support_end_timestamp_seconds", help: "When the system's support ends.", type: "gauge" },
          secondsOf(osRelease.get("SUPPORT_END")),
        ),
      ];
    },
  };
}

function versionOf(osRelease: OsReleaseReading): number | undefined {
  const [digits] = /^\d+(?:\.\d*)?/.exec(osRelease.get("VERSION_ID") ?? "") ?? [];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}

function secondsOf(day: string | undefined): number | undefined {
  if (day === undefined || !/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
