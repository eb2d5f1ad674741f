import { join } from "node:path";
import { FuseMount } from "./fuseMount.ts";

/**
 * A FUSE file system in which every name is a file that can be opened and whose reading is never answered. The server has taken the
 * question, so not even SIGKILL reaches who waits for the answer: that ends only with the server.
 */
export class SilentMount extends FuseMount {
  static async open(path: string): Promise<SilentMount> {
    return new SilentMount(path, await FuseMount.start("./silentMountServer.js", path));
  }

  /** A file of it. */
  file(name: string): string {
    return join(this.path, name);
  }
}
