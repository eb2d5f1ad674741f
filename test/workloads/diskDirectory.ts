/** Where a file is on a disk: the kernel counts no writes to a file system that lives in memory. */
import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";

const tmpfsMagic = 0x01021994;
const ramfsMagic = 0x858458f6;

/** A folder on a disk, the system's own for temporary files if it is; an obstacle where there is none. */
export function diskDirectory(): { readonly path: string; readonly obstacle: string | undefined } {
  const path = [tmpdir(), "/var/tmp", join(packageRoot(), "dist")].find((one) => {
    const { type } = statfsSync(one);
    return type !== tmpfsMagic && type !== ramfsMagic;
  });
  return { path: path ?? tmpdir(), obstacle: path === undefined ? "there must be a folder on a disk" : undefined };
}
