/** As much of FUSE's protocol (linux/fuse.h) as a small file system needs; run as a program of its own, for who asks it may hang. */
import { spawnSync } from "node:child_process";
import { openSync, read, writeSync } from "node:fs";

/** The operations that these file systems know. */
export const operations = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  open: 14,
  read: 15,
  statfs: 17,
  release: 18,
  flush: 25,
  init: 26,
  opendir: 27,
  interrupt: 36,
  batchForget: 42,
} as const;
const notImplemented = -38;

/** What kind of file system it is. */
interface FuseSystem {
  readonly name: string;
  readonly path: string;
  /** Besides those to which the protocol has no answer. */
  readonly neverAnswered?: readonly number[];
  /** The answer's body; undefined: not implemented. */
  readonly bodyFor: (operation: number, request: Buffer) => Buffer | undefined;
}

/** Mounts it, says so, and answers until it is told to end. */
export function serveFuse({ name, path, neverAnswered = [], bodyFor }: FuseSystem): void {
  const device = openSync("/dev/fuse", "r+");
  const options = "fd=3,rootmode=40000,user_id=0,group_id=0,allow_other";
  const mount = spawnSync("mount", ["-i", "-t", "fuse", "-o", options, name, path], { stdio: ["ignore", "ignore", "inherit", device] });
  if (mount.status !== 0) process.exit(1);
  process.once("SIGTERM", () => {
    spawnSync("umount", ["-l", path]);
    // an ordinary end would wait for the thread that reads the next question, and none comes as long as anybody waits for an answer
    process.kill(process.pid, "SIGKILL");
  });
  const unanswered: readonly number[] = [operations.forget, operations.interrupt, operations.batchForget, ...neverAnswered];
  const request = Buffer.alloc(1 << 17);

  function serve(): void {
    read(device, request, 0, request.length, null, (error) => {
      // unmounted
      if (error?.code === "ENODEV") process.exit(0);
      if (error === null) answer();
      serve();
    });
  }

  function answer(): void {
    const operation = request.readUInt32LE(4);
    if (unanswered.includes(operation)) return;
    const body = operation === operations.init ? greeting(request) : bodyFor(operation, request);
    const head = Buffer.alloc(16);
    head.writeUInt32LE(16 + (body?.length ?? 0), 0);
    head.writeInt32LE(body === undefined ? notImplemented : 0, 4);
    request.copy(head, 8, 8, 16);
    writeSync(device, Buffer.concat([head, body ?? Buffer.alloc(0)]));
    if (operation === operations.init) process.stdout.write("mounted\n");
  }

  serve();
}

function greeting(request: Buffer): Buffer {
  const body = Buffer.alloc(64);
  body.writeUInt32LE(7, 0);
  body.writeUInt32LE(31, 4);
  body.writeUInt32LE(request.readUInt32LE(48), 8);
  body.writeUInt32LE(1 << 16, 20);
  return body;
}
