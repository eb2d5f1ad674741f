/**
 * Ends what npm started when npm has ended.
 *
 * npm starts a script through a shell. A signal that reaches npm alone goes to that shell, which dies of it and leaves its child behind,
 * and npm's own death by SIGKILL tells nobody. So whoever must not survive npm looks at its ancestors once a second, which costs nothing.
 * On Windows the console ends its processes, and none of this is done.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** @typedef {{ readonly parent: number, readonly name: string }} Ancestor */

const lookMs = 1000;

/** What npm's `script-shell` may be. A shell hands no signal on, so the one that counts is above it. */
const shellPattern = /^-?(?:sh|ash|bash|busybox|dash|fish|ksh|mksh|zsh)$/;

/** In a container npm itself may be process 1, which adopts the orphans everywhere else. */
const runnerPattern = /^(?:npm|pnpm|yarn|bun|node|MainThread)/;

/**
 * Calls `end` once, when the npm that started this process has gone. Does nothing when npm did not start it.
 *
 * @param {() => void} end
 * @param {NodeJS.ProcessEnv} env
 * @returns {() => void} stops looking
 */
export function whenNpmIsGone(end, env = process.env) {
  if (process.platform === "win32" || env.npm_lifecycle_event === undefined) return () => undefined;
  const watched = findRunner();
  const timer = setInterval(look, lookMs);
  timer.unref();
  return () => clearInterval(timer);

  function look() {
    if (watched?.every(({ child, parent }) => isStillBelow(child, parent))) return;
    clearInterval(timer);
    end();
  }
}

/**
 * The way up to npm: this process below its parent and, where that is a shell, the shell below npm.
 *
 * @returns {readonly { readonly child: number, readonly parent: number }[] | undefined} undefined when npm has gone already
 */
function findRunner() {
  const way = [];
  let child = process.pid;
  let parent = process.ppid;
  for (;;) {
    way.push({ child, parent });
    const ancestor = readAncestor(parent);
    if (ancestor === undefined || !shellPattern.test(ancestor.name)) {
      const isOrphan = parent === 1 && ancestor !== undefined && !runnerPattern.test(ancestor.name);
      return isOrphan ? undefined : way;
    }
    [child, parent] = [parent, ancestor.parent];
  }
}

/**
 * @param {number} child
 * @param {number} parent
 */
function isStillBelow(child, parent) {
  if (child === process.pid) return process.ppid === parent;
  // A dead process whose own parent does not ask for it still answers to signal 0, so where there is a /proc that is asked.
  if (process.platform === "linux") return readAncestor(child)?.parent === parent;
  try {
    return process.kill(parent, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * @param {number} pid
 * @returns {Ancestor | undefined} undefined when there is none, or nobody tells
 */
function readAncestor(pid) {
  try {
    if (process.platform === "linux") {
      const match = /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "latin1"));
      return match === null ? undefined : { name: match[1] ?? "", parent: Number(match[2]) };
    }
    const match = /^\s*(\d+)\s+(.+?)\s*$/.exec(execFileSync("ps", ["-o", "ppid=,comm=", "-p", `${pid}`], { encoding: "utf8" }));
    return match === null ? undefined : { name: basename(match[2] ?? ""), parent: Number(match[1]) };
  } catch {
    return undefined;
  }
}
