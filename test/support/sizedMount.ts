import { FuseMount } from "./fuseMount.ts";

/** What a mounted file system says of itself, as statvfs(3) calls it. */
export interface SaidSize {
  readonly bsize: number;
  readonly frsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files?: number;
  readonly ffree?: number;
}

/** An empty FUSE file system that says of its size what it is told. */
export class SizedMount extends FuseMount {
  static async open(path: string, size: SaidSize): Promise<SizedMount> {
    return new SizedMount(path, await FuseMount.start("./sizedMountServer.js", path, JSON.stringify(size)));
  }
}
