import { type Family, gauge } from "../family.ts";

const info: Family = {
  name: "culprit_host_info",
  help: "What the machine is; always 1.",
  type: "gauge",
  labels: ["hostname", "os", "kernel", "arch"],
  points: ({ host: { hostname, os, kernel, arch } }) => [{ labels: { hostname, os, kernel, arch }, value: 1 }],
};

/** The machine itself. */
export const hostFamilies: readonly Family[] = [
  info,
  gauge("culprit_boot_time_seconds", "When the machine was started, in seconds since 1970.", (view) => view.snapshot?.host.bootTimeSeconds),
];
