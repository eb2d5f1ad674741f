/** What this process may do beyond an ordinary user, from /proc/self/status (capabilities(7)). */
import { readFileSync } from "node:fs";

/** True for root and with added capabilities: such a process shows more than its clients may see themselves. */
export function readIsElevated(userId: number | undefined, path = "/proc/self/status"): boolean {
  if (userId === 0) return true;
  try {
    return hasCapabilities(readFileSync(path, "utf8"));
  } catch {
    // no /proc, no capabilities
    return false;
  }
}

/** True when the effective set is not empty. */
function hasCapabilities(status: string): boolean {
  const effective = /^CapEff:\s+([0-9a-fA-F]+)$/m.exec(status)?.[1];
  return effective !== undefined && /[1-9a-fA-F]/.test(effective);
}
