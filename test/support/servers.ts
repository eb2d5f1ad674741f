import { accessSync, appendFileSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs that tests run for real, each with the Debian package that brings it. */
const packages = {
  amtool: "prometheus-alertmanager",
  chromium: "chromium",
  curl: "curl",
  dmesg: "util-linux",
  "docker-compose": "docker-compose",
  free: "procps",
  iostat: "sysstat",
  influxd: "influxdb",
  ip: "iproute2",
  iptables: "iptables",
  mmdebstrap: "mmdebstrap",
  nginx: "nginx-light",
  openssl: "openssl",
  perl: "perl-base",
  podman: "podman",
  "prometheus-alertmanager": "prometheus-alertmanager",
  "prometheus-node-exporter": "prometheus-node-exporter",
  prometheus: "prometheus",
  promtool: "prometheus",
  ps: "procps",
  python3: "python3",
  runc: "runc",
  setpriv: "util-linux",
  ss: "iproute2",
  "systemd-analyze": "systemd",
  top: "procps",
  vmstat: "procps",
} as const;

/** A program of Debian's that a test may need. */
export type Program = keyof typeof packages;

/** Finds programs; `search` is a PATH and only tests of this file give their own. */
export function programPath(program: string, search = process.env.PATH ?? ""): string | undefined {
  return search
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/**
 * Marks the test (or, in a `before`, the whole suite) as pending unless all programs are there, and tells `npm test` which package
 * would run it. Call it as `requireServer(this, "prometheus")` from a `function () {}`.
 */
export function requireServer(context: Mocha.Context, ...programs: readonly Program[]): void {
  const missing = programs.filter((program) => programPath(program) === undefined);
  if (missing.length === 0) return;
  for (const program of missing) record({ program, package: packages[program] });
  context.skip();
}

/** Marks the test (or, in a `before`, the whole suite) as pending unless it runs as root, and tells `npm test` so. */
export function requireRoot(context: Mocha.Context): void {
  if (process.getuid?.() === 0) return;
  record({ reason: "it must run as root" });
  context.skip();
}

/** Marks the test (or, in a `before`, the whole suite) as pending unless a FUSE file system can be mounted. */
export function requireFuse(context: Mocha.Context): void {
  requireFree(context, whyNoFuse());
}

/** Why no FUSE file system can be mounted, or undefined when one can. */
export function whyNoFuse(): string | undefined {
  if (process.getuid?.() !== 0) return "it must run as root";
  return existsSync("/dev/fuse") ? undefined : "there must be a /dev/fuse";
}

/** Marks the test (or, in a `before`, the whole suite) as pending when there is an `obstacle`, and tells `npm test` what it is. */
export function requireFree(context: Mocha.Context, obstacle: string | undefined): void {
  if (obstacle === undefined) return;
  record({ reason: obstacle });
  context.skip();
}

/** Why a test is pending. */
type Want = { readonly program: Program; readonly package: string } | { readonly reason: string };

/** scripts/test.mjs reads the file after the run; without it (mocha started by hand) the test is pending without a word. */
function record(want: Want): void {
  const path = process.env.CULPRIT_TEST_MISSING;
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(want)}\n`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
