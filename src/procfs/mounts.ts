/** /proc/PID/mounts: `device mountpoint fstype options 0 0` (fstab(5), proc_pid_mounts(5)). */
import { isDenied } from "./errors.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** One mounted file system. */
export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly readOnly: boolean;
}

/** Reads the mounts of pid 1, which are the host's even for a container; our own when those are denied. */
export function readMounts(files: KernelFiles): Mount[] | undefined {
  const { procfs } = files.root;
  let text: Scanner | undefined;
  try {
    text = files.read(`${procfs}/1/mounts`);
  } catch (error) {
    if (!isDenied(error)) throw error;
  }
  text ??= files.read(`${procfs}/self/mounts`);
  return text && parseMounts(text);
}

/** Parses a mounts file. The last mount on a point hides the earlier ones, so only it is kept. */
export function parseMounts(text: Scanner): Mount[] {
  const byPoint = new Map<string, Mount>();
  while (!text.atEnd) {
    const mount = {
      device: unescapeMount(text.word()),
      mountpoint: unescapeMount(text.word()),
      fstype: text.word(),
      readOnly: text.word().split(",").includes("ro"),
    };
    byPoint.delete(mount.mountpoint);
    byPoint.set(mount.mountpoint, mount);
    text.skipLine();
  }
  return [...byPoint.values()];
}

/** Blanks and backslashes stand as octal numbers: `\040` is a space. */
export function unescapeMount(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes: number[] = [];
  const raw = Buffer.from(text, "utf8");
  for (let at = 0; at < raw.length; at++) {
    const octal = raw.toString("latin1", at, at + 4);
    if (/^\\[0-3][0-7]{2}$/.test(octal)) {
      bytes.push(Number.parseInt(octal.slice(1), 8));
      at += 3;
    } else bytes.push(raw[at] as number);
  }
  return Buffer.from(bytes).toString("utf8");
}
