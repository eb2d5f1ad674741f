/** Where the programs are that Culprit is compared with. */
import { spawnSync } from "node:child_process";
import { programPath } from "../../test/support/servers.ts";

/** A Python that has psutil: the first in PATH, or Debian's own (python3-psutil). */
export function pythonWithPsutil(): string | undefined {
  const candidates = [programPath("python3"), "/usr/bin/python3"].filter((path) => path !== undefined);
  return candidates.find((python) => spawnSync(python, ["-c", "import psutil"]).status === 0);
}

/** What to install for a peer that is missing. */
export const packagesOfPeers = {
  top: "procps",
  atop: "atop",
  psutil: "python3-psutil",
  netdata: "netdata",
  "process-exporter": "prometheus-process-exporter",
} as const;
