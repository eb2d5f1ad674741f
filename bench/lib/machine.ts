/** What stands beside every figure: when it was measured, and on what. */
import { cpus, release, totalmem } from "node:os";

/** One line about this machine. */
export function describeMachine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? "?"}, ${memory}, Linux ${release()}, Node ${process.versions.node}`;
}
