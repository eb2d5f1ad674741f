/** The server of a `SilentMount`: its files can be opened, and reading them is never answered. */
import { operations, serveFuse } from "./fuseServer.ts";

const [path = ""] = process.argv.slice(2);
const nodes = new Map<string, bigint>();

serveFuse({ name: "silent", path, neverAnswered: [operations.read, operations.statfs], bodyFor });

function bodyFor(operation: number, request: Buffer): Buffer | undefined {
  switch (operation) {
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
