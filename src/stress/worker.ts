/**
 * The load itself: a process of its own, started by `startLoad`. It ends when its standard input does, after its time, or when it is told
 * to; what it has started ends with it, even when it is killed: each loop looks whether its parent is still there. The file that it writes
 * has no name, so nothing is left of it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Load, stressName } from "./load.ts";

const load = JSON.parse(process.argv[2] ?? "{}") as Load;
/** It ends by itself when its parent has gone: $PPID stays what it was. */
const busyLoop = "while :; do i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; kill -0 $PPID 2>/dev/null || exit; done";
const forkingLoop = "while kill -0 $PPID 2>/dev/null; do i=0; while [ $i -lt 50 ]; do i=$((i+1)); (:); done; done";
const nodeLoop = "const p=process.ppid;for(;;){for(const t=Date.now();Date.now()-t<200;);try{process.kill(p,0)}catch{process.exit()}}";
const chunkBytes = 4 * 1024 * 1024;
const children: ChildProcess[] = [];

process.title = stressName;
setPriority(constants.priority.PRIORITY_LOW);
// where memory ends after all, this is to be ended first
ignoring(() => writeFileSync("/proc/self/oom_score_adj", "1000"));

process.stdin.on("end", () => end(0)).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(0));
setTimeout(() => end(0), load.seconds * 1000);

try {
  if (load.kind === "memory") await fillMemory(load.bytes);
  else if (load.kind === "io") await writeOn(load.directory, load.bytes);
  else startLoops(load.kind === "cpu" ? busyLoop : forkingLoop, load.processes);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  end(1);
}

/** Tells who works, one pid a line; an empty line is the end of them. */
function tell(pids: readonly (number | undefined)[]): void {
  process.stdout.write(`${[process.pid, ...pids].filter((pid) => pid !== undefined).join("\n")}\n\n`);
}

async function fillMemory(bytes: number): Promise<void> {
  tell([]);
  const held: Buffer[] = [];
  // what is never written to takes no memory; in pieces, so that an end is heard
  for (let left = bytes; left > 0; left -= chunkBytes) {
    held.push(Buffer.alloc(Math.min(left, chunkBytes)).fill(1));
    await sleep(1);
  }
  setInterval(() => held.length, 60_000);
}

async function writeOn(directory: string, bytes: number): Promise<void> {
  const path = join(directory, `.${stressName}-${process.pid}`);
  const file = await open(path, "wx", 0o600);
  unlinkSync(path);
  tell([]);
  // no file system saves itself the work on such bytes
  const chunk = Buffer.alloc(Math.min(chunkBytes, bytes), "culprit");
  for (let position = 0; ; position = position + 2 * chunk.length > bytes ? 0 : position + chunk.length) {
    await file.write(chunk, 0, chunk.length, position);
    if (position % (16 * chunkBytes) === 0) await file.datasync();
  }
}

/** In a shell, for a hundred of them must not take much memory. */
function startLoops(script: string, processes: number): void {
  if (process.platform === "win32") {
    for (let index = 0; index < processes; index++) keep(spawn(process.execPath, ["-e", nodeLoop], { stdio: "ignore" }));
  } else {
    const folder = mkdtempSync(join(tmpdir(), `${stressName}-`));
    try {
      // the kernel calls a program as the path that it was started by
      const shell = join(folder, stressName);
      symlinkSync("/bin/sh", shell);
      for (let index = 0; index < processes; index++) {
        keep(spawn(shell, ["-c", `ulimit -t ${load.seconds}; ${script}`], { argv0: "sh", stdio: "ignore" }));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  tell(children.map(({ pid }) => pid));
}

function keep(child: ChildProcess): void {
  children.push(child);
  child.once("error", (error) => {
    process.stderr.write(`a loop could not be started: ${error.message}\n`);
    end(1);
  });
}

function end(code: number): never {
  for (const child of children) child.kill("SIGKILL");
  process.exit(code);
}

function ignoring(work: () => void): void {
  try {
    work();
  } catch {
    // only where /proc is
  }
}
