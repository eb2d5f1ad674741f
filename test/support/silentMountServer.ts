/** The server of a `SilentMount`: as much of FUSE's protocol (linux/fuse.h) as it takes to open a file, and no answer to its reading. */
import { spawnSync } from "node:child_process";
import { openSync, read, writeSync } from "node:fs";

const [path = ""] = process.argv.slice(2);
const device = openSync("/dev/fuse", "r+");
const options = "fd=3,rootmode=40000,user_id=0,group_id=0,allow_other";
const mount = spawnSync("mount", ["-i", "-t", "fuse", "-o", options, "silent", path], { stdio: ["ignore", "ignore", "inherit", device] });
if (mount.status !== 0) process.exit(1);
process.once("SIGTERM", () => {
  spawnSync("umount", ["-l", path]);
  // an ordinary end would wait for the thread that reads the next question, and none comes as long as anybody waits for an answer
  process.kill(process.pid, "SIGKILL");
});

const operations = { lookup: 1, forget: 2, getattr: 3, open: 14, read: 15, statfs: 17, release: 18, flush: 25, init: 26, opendir: 27 };
const neverAnswered: readonly number[] = [operations.forget, operations.read, operations.statfs, 36, 42];
const notImplemented = -38;
const request = Buffer.alloc(1 << 17);
const nodes = new Map<string, bigint>();

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
  if (neverAnswered.includes(operation)) return;
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
    case operations.lookup: {
      const name = request.toString("utf8", 40, request.readUInt32LE(0) - 1);
      const node = nodes.get(name) ?? BigInt(nodes.size + 2);
      nodes.set(name, node);
      const body = Buffer.alloc(40);
      body.writeBigUInt64LE(node, 0);
      return Buffer.concat([body, attributes(node)]);
    }
    case operations.getattr:
      return Buffer.concat([Buffer.alloc(16), attributes(request.readBigUInt64LE(16))]);
    case operations.open: {
      const body = Buffer.alloc(16);
      // every read of the file is a question to the server
      body.writeUInt32LE(1, 8);
      return body;
    }
    case operations.opendir:
      return Buffer.alloc(16);
    case operations.release:
    case operations.flush:
      return Buffer.alloc(0);
    default:
      return undefined;
  }
}

/** Node 1 is the folder. */
function attributes(node: bigint): Buffer {
  const body = Buffer.alloc(88);
  body.writeBigUInt64LE(node, 0);
  body.writeBigUInt64LE(4096n, 8);
  body.writeUInt32LE(node === 1n ? 0o40755 : 0o100444, 60);
  body.writeUInt32LE(1, 64);
  return body;
}

serve();
