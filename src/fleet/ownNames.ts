/** What this machine is called: by its owner, by itself, by its network, by those who link to it. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

interface OwnNamesSources {
  readonly hostname: string;
  /** `identity.names` of the configuration. */
  readonly names: readonly string[];
  readonly externalUrl?: string | undefined;
  /** Usually /etc/hosts, where Debian keeps the full name. */
  readonly hostsFile?: string;
}

/** Collects the names as they are now: addresses come and go. Not compared yet, so ports and cases are as they were. */
export function readOwnNames(sources: OwnNamesSources): readonly string[] {
  const { hostname, names, externalUrl, hostsFile = "/etc/hosts" } = sources;
  const found = new Set([...names, hostname, ...aliasesOf(hostname, readOrNothing(hostsFile))]);
  // Red Hat's hostname is the full one, and people write the short one into `instance`
  const short = hostname.split(".", 1)[0];
  if (short !== undefined) found.add(short);
  if (externalUrl !== undefined) found.add(externalUrl);
  for (const addresses of Object.values(networkInterfaces())) for (const { address } of addresses ?? []) found.add(address);
  found.delete("");
  return [...found];
}

/** `127.0.1.1 web1.example.org web1`: a line that has our name has our other names, unless it is the loopback's own. */
export function aliasesOf(hostname: string, hostsText: string): readonly string[] {
  const wanted = hostname.toLowerCase();
  return hostsText.split("\n").flatMap((line) => {
    const [, ...names] = line.replace(/#.*/, "").trim().toLowerCase().split(/\s+/);
    return names.includes(wanted) ? names.filter((name) => !/^(?:localhost|ip6-)/.test(name)) : [];
  });
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
