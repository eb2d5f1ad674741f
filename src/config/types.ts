/** The configuration as the rest of Culprit sees it: complete, checked, in seconds and bytes, with absolute paths. */
import type { ListenAddress } from "./listenAddress.ts";

/** All settings. */
export interface Config {
  /** The file that was read, if there was one. */
  readonly file?: string;
  readonly web: {
    readonly listenAddresses: readonly ListenAddress[];
    readonly telemetryPath: string;
    readonly externalUrl?: string;
    readonly auth: "auto" | "always";
    readonly allowedHosts: readonly string[];
  };
  readonly identity: { readonly names: readonly string[] };
  readonly sample: { readonly intervalSeconds: number; readonly windowSeconds: number };
  /** Where the kernel's file systems are mounted. */
  readonly paths: { readonly procfs: string; readonly sysfs: string; readonly rootfs: string };
  readonly storage: { readonly path: string };
  readonly archives: {
    readonly path: string;
    readonly maxBytes: number;
    readonly maxCount: number;
    readonly maxAgeSeconds: number;
  };
  readonly capture: { readonly lookbackSeconds: number; readonly afterSeconds: number };
  readonly webhook: { readonly ignoreLabels: readonly string[]; readonly cooldownSeconds: number };
  readonly hosts: { readonly files: readonly string[] };
  readonly log: { readonly level: "error" | "warn" | "info" | "debug"; readonly format: "text" | "json" };
}
