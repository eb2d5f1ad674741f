/** The configuration as the rest of Culprit sees it: complete, checked, in seconds and bytes, with absolute paths. */
import type { ChannelSettings } from "../model/channels.ts";
import type { GroupRule } from "../model/groupRule.ts";
import type { QuietHours } from "../model/quiet.ts";
import type { TriggerRule } from "../model/trigger.ts";
import type { RedactSettings } from "../redact/redactor.ts";
import type { ListenAddress } from "./listenAddress.ts";
import type { RelaySettings } from "./relay.ts";

/** A command that captures run; its name is free, unique, and safe as the name of a file. */
export interface OwnCommandSettings {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
}

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
  readonly identity: {
    /** What this machine is called, where its own name cannot be seen. */
    readonly hostname?: string;
    readonly names: readonly string[];
  };
  readonly sample: { readonly intervalSeconds: number; readonly windowSeconds: number };
  /** Names of the user's own for processes; the first that fits counts. */
  readonly groups: readonly GroupRule[];
  readonly source: "procfs" | "portable";
  /** Where the kernel's file systems are mounted. */
  readonly paths: { readonly procfs: string; readonly sysfs: string; readonly rootfs: string };
  /** Collectors that are switched off, and where the textfile collector looks. */
  readonly collectors: { readonly disabled: readonly string[]; readonly textfileDirectories: readonly string[] };
  readonly storage: { readonly path: string };
  /** How much of the flight recorder's files is kept. */
  readonly recording: { readonly maxBytes: number; readonly maxAgeSeconds: number };
  readonly archives: {
    readonly path: string;
    readonly maxBytes: number;
    readonly maxCount: number;
    readonly maxAgeSeconds: number;
  };
  readonly capture: {
    readonly lookbackSeconds: number;
    readonly afterSeconds: number;
    /** The user's own, beside the usual ones. */
    readonly commands: readonly OwnCommandSettings[];
  };
  readonly webhook: {
    readonly ignoreLabels: readonly string[];
    readonly cooldownSeconds: number;
    /** Alerts that came by webhook are told to people, too. */
    readonly notify: boolean;
  };
  /** The channels through which people are told; none when empty. */
  readonly notify: ChannelSettings;
  /** When their messages wait. */
  readonly quietHours: readonly QuietHours[];
  /** How much is cut out of command lines and texts. */
  readonly redact: RedactSettings;
  readonly hosts: { readonly files: readonly string[] };
  /** How alerts of those hosts are passed on to them. */
  readonly relay: RelaySettings;
  /** Thresholds of this machine; their names differ. */
  readonly triggers: readonly TriggerRule[];
  readonly log: {
    readonly level: "error" | "warn" | "info" | "debug";
    readonly format: "text" | "json";
    /** Lines go there, too. */
    readonly file?: string;
    /** How large a file becomes before the next one is begun, and how many there are at most; the audit's as well. */
    readonly maxBytes: number;
    readonly maxFiles: number;
    /** 0: never. */
    readonly checkEverySeconds: number;
  };
}
