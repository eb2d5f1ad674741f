/** How the file descriptors that Culprit may open are shared out. */
import { readDescriptorLimit } from "../metrics/self.ts";

/** So many may be open for each. */
interface DescriptorShares {
  /** Of clients. */
  readonly connections: number;
  /** Of processes whose files are kept open, to be read again. */
  readonly processes: number;
}

/** For everything else: the recording, archives and those who download them, diagnostics, messages, Node itself. */
const forOthers = 160;
const mostConnections = 1000;
const leastConnections = 16;

/** Shares out a limit, this process' own unless told; where there is none to be known, 1024 are taken for granted. */
export function shareDescriptors(limit = readDescriptorLimit() ?? 1024): DescriptorShares {
  const half = Math.floor((limit - forOthers) / 2);
  const connections = Math.max(leastConnections, Math.min(mostConnections, half));
  return { connections, processes: Math.max(0, limit - forOthers - connections) };
}
