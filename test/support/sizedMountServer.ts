/** The server of a `SizedMount`: as much of FUSE's protocol (linux/fuse.h) as a file system with nothing in it needs. */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, read, writeSync } from "node:fs";
import type { SaidSize } from "./sizedMount.ts";

const [path = "", json = "{}"] = process.argv.slice(2);
const size = JSON.parse(json) as SaidSize;
const device = openSync("/dev/fuse", "r+");
const options = "fd=3,rootmode=40000,user_id=0,group_id=0,allow_other";
const mount = spawnSync("mount", ["-i", "-t", "fuse", "-o", options, "sized", path], { stdio: ["ignore", "ignore", "inherit", device] });
if (mount.status !== 0) process.exit(1);
process.once("SIGTERM", () => {
  spawnSync("umount", ["-l", path]);
  closeSync(device);
  process.exit(0);
});

const operations = { getattr: 3, statfs: 17, init: 26, opendir: 27, forget: 2, batchForget: 42 };
const notImplemented = -38;
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
  if (operation === operations.forget || operation === operations.batchForget) return;
  const body = bodyFor(operation);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(16 + (body?.length ?? 0), 0);
  head.writeInt32LE(body === undefined ? notImplemented : 0, 4);
  request.copy(head, 8, 8, 16);
  writeSync(device, Buffer.concat([head, body ?? Buffer.alloc(0)]));
  if (operation === operations.init) process.stdout.write("mounted\n");
}

function bodyFor(operation: number): Buffer | undefined {
  switch (operation) {
    case operations.init: {
      const body = Buffer.alloc(64);
      body.writeUInt32LE(7, 0);
      body.writeUInt32LE(31, 4);
      body.writeUInt32LE(request.readUInt32LE(48), 8);
      body.writeUInt32LE(1 << 16, 20);
      return body;
    }
    case operations.statfs: {
      const body = Buffer.alloc(80);
      const { blocks, bfree, bavail, files = 1000, ffree = 500 } = size;
      // a number below zero is written as the kernel's, without a sign
      [blocks, bfree, bavail, files, ffree].forEach((count, index) => void body.writeBigInt64LE(BigInt(count), 8 * index));
      [size.bsize, 255, size.frsize].forEach((count, index) => void body.writeUInt32LE(count, 40 + 4 * index));
      return body;
    }
    case operations.getattr: {
      const body = Buffer.alloc(104);
      body.writeBigUInt64LE(1n, 16);
      body.writeUInt32LE(0o40755, 16 + 60);
      body.writeUInt32LE(2, 16 + 64);
      return body;
    }
    case operations.opendir:
      return Buffer.alloc(16);
    default:
      return undefined;
  }
}

serve();
