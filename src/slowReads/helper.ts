/**
 * The helper: a process of its own that does the reads which may never come back. `HelperProcess` starts it; it takes orders on standard
 * input and answers on standard output. It imports as little as it can: all that it has in memory is paid for.
 */
import { closeSync, openSync } from "node:fs";
import { open, opendir, readdir, readlink, stat, statfs } from "node:fs/promises";
import { saveMemory } from "../engineFlags.ts";
import { FragmentSizes } from "../procfs/fragmentSize.ts";
import { readOomRecords } from "./kernelLog.ts";
import { readOomCounts } from "./oomCounts.ts";
import { Output } from "./output.ts";
import {
  type FileStat,
  type ListedEntry,
  type ListedLink,
  type Operation,
  type Order,
  type StatfsSize,
  startedNumber,
  type WirePath,
} from "./protocol.ts";

const chunkBytes = 64 * 1024;

saveMemory();
const output = new Output(1);
const fragmentSizes = new FragmentSizes();

/** Seen by `ps`, and by Culprit itself. */
process.title = "culprit-reader";
// Ctrl-C goes to all processes in the terminal; the helper ends when its input does
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

/** The beginning of a line whose end is still to come. */
const begun: string[] = [];
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text: string) => {
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    begun.push(line);
    if (index === lines.length - 1) break;
    obey(JSON.parse(begun.splice(0).join("")) as Order);
  }
});
// an ordinary end would wait for threads that hang
process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));

output.say(startedNumber, process.pid);
output.flush();

function obey({ first, operation, paths, most, careful }: Order): void {
  paths.forEach((path, index) => {
    if (careful) void answerCarefully(first + index, operation, bytesOf(path), most);
    else readNow(first + index, bytesOf(path), most);
  });
  output.flush();
}

function bytesOf(path: WirePath): string | Buffer {
  return typeof path === "string" ? path : Buffer.from(path.latin1, "latin1");
}

/** Nothing else is answered meanwhile. */
function readNow(question: number, path: string | Buffer, most: number): void {
  try {
    const descriptor = openSync(path, "r");
    try {
      output.read(question, descriptor, most);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    output.complain(question, error);
  }
}

/** Every call on a thread of the pool: one that never comes back holds that thread. */
async function answerCarefully(question: number, operation: Operation, path: string | Buffer, most: number): Promise<void> {
  try {
    if (operation === "read" || operation === "readOnce") output.give(question, await read(operation, path, most));
    else if (operation === "oomRecords") output.give(question, await readOomRecords(path, most));
    else output.say(question, await ask(operation, path, most));
  } catch (error) {
    output.complain(question, error);
  }
  output.flush();
}

async function read(operation: "read" | "readOnce", path: string | Buffer, most: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length < most) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, most - length));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, length);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      length += bytesRead;
      if (operation === "readOnce") break;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

async function ask(
  operation: Exclude<Operation, "read" | "readOnce" | "oomRecords">,
  path: string | Buffer,
  most: number,
): Promise<unknown> {
  switch (operation) {
    case "list":
      return (await readdir(path, { withFileTypes: true })).slice(0, most).map((entry): ListedEntry => [entry.name, entry.isFile()]);
    case "links":
      return readLinks(String(path), most);
    case "oomCounts":
      return readOomCounts(String(path), most);
    case "statfs": {
      const size = await statfs(path);
      return { ...size, fragmentBytes: (await fragmentSizes.of(path, size)) ?? null } satisfies StatfsSize;
    }
    case "stat": {
      const found = await stat(path, { bigint: true });
      return {
        isFile: found.isFile(),
        isFolder: found.isDirectory(),
        sizeBytes: Number(found.size),
        modifiedMs: Number(found.mtimeMs),
        identity: `${found.ino} ${found.size} ${found.mtimeNs}`,
      } satisfies FileStat;
    }
  }
}

/** A link that is gone by now is left out. */
async function readLinks(folder: string, most: number): Promise<readonly ListedLink[]> {
  const links: ListedLink[] = [];
  // not all names at once: a process may have a million descriptors
  for await (const { name } of await opendir(folder)) {
    if (links.length >= most) break;
    const target = await readlink(`${folder}/${name}`).catch(() => undefined);
    if (target !== undefined) links.push([name, target]);
  }
  return links;
}
