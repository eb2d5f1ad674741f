/** Workloads of memory, disk and waiting. */
import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, symlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isNamed } from "./cpuWorkloads.ts";
import { ownName, type Workload } from "./workload.ts";

const mebibyte = 1024 * 1024;

/** Appends to a file, evenly. */
export function steadyWriter(): Workload {
  const name = ownName("writer");
  return {
    name: "a writer",
    process: name,
    command: (tools) => [...tools.node(name, "steadyWriter.ts"), `${tools.seconds}`, join(tools.directory, "written")],
    owns: isNamed(name),
  };
}

/** Reads a file from the disk, evenly. */
export function steadyReader(bytes = 64 * mebibyte): Workload {
  const name = ownName("reader");
  return {
    name: "a reader",
    process: name,
    command(tools) {
      const file = join(tools.directory, "to-be-read");
      writeOnDisk(file, bytes);
      return [...tools.node(name, "steadyReader.ts"), `${tools.seconds}`, file];
    },
    owns: isNamed(name),
  };
}

/** A file whose content is on the disk and not in memory. */
function writeOnDisk(file: string, bytes: number): void {
  const descriptor = openSync(file, "w");
  for (let at = 0; at < bytes; at += mebibyte) writeSync(descriptor, Buffer.alloc(mebibyte, 1));
  fsyncSync(descriptor);
  closeSync(descriptor);
  // dd asks the kernel to forget what it has cached of the file
  const dropped = spawnSync("dd", [`if=${file}`, "iflag=nocache", "count=0"], { encoding: "utf8" });
  if (dropped.status !== 0) throw new Error(`dd: ${dropped.stderr}`);
}

/** Writers that are gone before anybody sees what they have written: it is their parent's. */
export function shortWriters(): Workload {
  const name = ownName("writers");
  return {
    name: "short-lived writers",
    process: name,
    command(tools) {
      // dd by another name: what is seen of one is the workload's as well
      const dd = join(tools.directory, `${name}-dd`);
      symlinkSync(spawnSync("sh", ["-c", "command -v dd"], { encoding: "utf8" }).stdout.trim(), dd);
      return [tools.program(name, "shortWriters.sh"), `${tools.seconds}`, join(tools.directory, "written"), dd];
    },
    owns: isNamed(name),
  };
}

/** How the processes are called that reap a writer, and have written nothing themselves. */
export const writersReapers = { parent: ownName("waiting"), adopter: ownName("taking-in") };

/** A writer that is seen at work, and is then reaped by the shell that waits for it. */
export function reapedWriter(): Workload {
  const name = ownName("reaped");
  return {
    name: "a writer that its shell reaps",
    process: name,
    command: (tools) => [
      tools.program(writersReapers.parent, "reapedWriter.sh"),
      `${tools.seconds}`,
      ...tools.node(name, "steadyWriter.ts"),
      `${tools.seconds}`,
      join(tools.directory, "written"),
    ],
    owns: isNamed(name),
  };
}

/** A writer that is seen at work, and is then reaped by one that takes in orphans, as init does. */
export function orphanWriter(): Workload {
  const name = ownName("orphan");
  return {
    name: "a writer that an adopter reaps",
    process: name,
    command: (tools) => [
      tools.program(writersReapers.adopter, "reaper.pl"),
      "0",
      "-",
      tools.program(ownName("leaver"), "orphanWriter.sh"),
      `${tools.seconds}`,
      tools.report,
      ...tools.node(name, "steadyWriter.ts"),
      `${tools.seconds}`,
      join(tools.directory, "written"),
    ],
    owns: isNamed(name),
  };
}

/** Memory that grows step by step. */
export function growingMemory(bytes = 160 * mebibyte): Workload {
  const name = ownName("growing");
  return {
    name: "memory growth",
    process: name,
    command: (tools) => [...tools.node(name, "growingMemory.ts"), `${tools.seconds}`, `${bytes}`],
    owns: isNamed(name),
  };
}

/** Workers that share one mapping, which is there once and not once per worker. */
export function sharedMemory(workers = 4, bytes = 192 * mebibyte): Workload {
  const name = ownName("sharing");
  return {
    name: "shared memory",
    process: name,
    command: (tools) => [...tools.python(name, "sharedMemory.py"), `${bytes}`, `${workers}`],
    owns: isNamed(name),
  };
}

/** How the shells are called that wait. */
export const blockedName = ownName("blocked");

/** A shell that waits in D for a child that cannot have its program. It burns nothing. */
export function blockedParent(deadDirectory: string, index: number): Workload {
  return {
    name: `a parent blocked in vfork (${index})`,
    process: blockedName,
    command: (tools) => [tools.program(blockedName, "blockedParent.sh"), deadDirectory],
    owns: isNamed(blockedName),
  };
}
