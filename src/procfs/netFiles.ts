/** Files below /proc/net belong to a network namespace: the host's is the one of pid 1, even seen from a container that shares the host's pids. */
import { isDenied } from "./errors.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads `<procfs>/1/net/<name>`; our own where that one is denied or missing. */
export function readNetFile(files: KernelFiles, name: string): Scanner | undefined {
  return readOfInit(files, name) ?? files.read(`${files.root.procfs}/net/${name}`);
}

function readOfInit(files: KernelFiles, name: string): Scanner | undefined {
  try {
    return files.read(`${files.root.procfs}/1/net/${name}`);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}
