import type { NodeFamily } from "./family.ts";

/** What Culprit was built as, for node_exporter_build_info. */
export interface NodeBuild {
  /** Culprit's version: it does not pose as a release of node_exporter. */
  readonly version: string;
  /** process.version */
  readonly nodeVersion: string;
  /** process.platform */
  readonly platform: string;
  /** process.arch */
  readonly arch: string;
}

/** What Go calls processors that Node calls otherwise. */
const goArchitectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le", mipsel: "mipsle" };

/** node_exporter_build_info with its own labels, filled as truly as they can be: dashboards find instances by it. */
export function buildInfo({ version, nodeVersion, platform, arch }: NodeBuild): NodeFamily {
  const labels = {
    branch: "culprit",
    goarch: goArchitectures[arch] ?? arch,
    goos: platform === "win32" ? "windows" : platform,
    goversion: `node${nodeVersion}`,
    revision: "",
    version,
  };
  const help = "What answers here in the place of node_exporter; always 1.";
  return { name: "node_exporter_build_info", help, type: "gauge", points: [{ labels, value: 1 }] };
}
