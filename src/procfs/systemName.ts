/** What uname(2) says, from /proc/sys/kernel: Node's `os` knows neither the domain name nor the version. */
import type { SystemNameReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Skips } from "./skips.ts";

/** Reads the names; `machine` is what os.machine() says, for kernels before 6.1 have no file for it. */
export function readSystemName(files: KernelFiles, machine: string, skips: Skips): SystemNameReading | undefined {
  const read = (name: string) => {
    const path = `${files.root.procfs}/sys/kernel/${name}`;
    return skips.attempt(path, () => files.read(path)?.line());
  };
  const sysname = read("ostype");
  if (sysname === undefined) return undefined;
  return {
    sysname,
    nodename: read("hostname") ?? "",
    release: read("osrelease") ?? "",
    version: read("version") ?? "",
    machine: read("arch") ?? machine,
    domainname: read("domainname") ?? "",
  };
}
