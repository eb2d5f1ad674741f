/** `proc/*`: the kernel's files about the whole machine, as they are. */
import { readFile } from "node:fs/promises";
import { reasonOf } from "../../model/errors.ts";
import { isDenied, isGone } from "../../procfs/errors.ts";
import type { ProcRoot } from "../../procfs/root.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { textContent } from "../making/content.ts";
import type { NowPart, PartFile } from "../making/part.ts";

interface KernelFile {
  readonly name: string;
  /** Below /proc, the better one first: those of pid 1 are the host's even for a container. */
  readonly paths: readonly string[];
  /** It may hold texts chosen by users, not only the kernel's numbers. */
  readonly mayHoldSecrets?: boolean;
}

const files: readonly KernelFile[] = [
  ...["stat", "loadavg", "meminfo", "vmstat", "diskstats", "uptime", "version", "interrupts", "softirqs"].map(plain),
  ...["pressure/cpu", "pressure/memory", "pressure/io"].map(plain),
  { name: "net/dev", paths: ["1/net/dev", "net/dev"] },
  { name: "mounts", paths: ["1/mounts", "self/mounts"], mayHoldSecrets: true },
  { name: "swaps", paths: ["swaps"], mayHoldSecrets: true },
  { name: "cmdline", paths: ["cmdline"], mayHoldSecrets: true },
];

function plain(name: string): KernelFile {
  return { name, paths: [name] };
}

/** The raw texts of /proc. */
export function kernelFilesPart(root: ProcRoot, redactor: Redactor): NowPart {
  return {
    name: "proc",
    when: "now",
    run: (_context, signal) => Promise.all(files.map((file) => readKernelFile(root, file, redactor, signal))),
  };
}

async function readKernelFile(
  root: ProcRoot,
  { name, paths, mayHoldSecrets }: KernelFile,
  redactor: Redactor,
  signal: AbortSignal,
): Promise<PartFile> {
  const shown = `proc/${name}`;
  let reason = "";
  for (const path of paths) {
    try {
      const text = await readFile(`${root.procfs}/${path}`, { encoding: "utf8", signal });
      return { name: shown, content: textContent(mayHoldSecrets ? redactor.text(text) : text) };
    } catch (error) {
      reason ||= whyMissing(error);
    }
  }
  return { name: shown, result: "missing", reason };
}

function whyMissing(error: unknown): string {
  if (isGone(error)) return "this machine has none";
  if (isDenied(error)) return "not allowed to read it";
  return reasonOf(error);
}
