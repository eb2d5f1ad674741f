/** The server of a `SizedMount`: a file system with nothing in it. */
import { operations, serveFuse } from "./fuseServer.ts";
import type { SaidSize } from "./sizedMount.ts";

const [path = "", json = "{}"] = process.argv.slice(2);
const size = JSON.parse(json) as SaidSize;

serveFuse({ name: "sized", path, bodyFor });

function bodyFor(operation: number): Buffer | undefined {
  switch (operation) {
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
