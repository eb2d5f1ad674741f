/** One preparation at a time: a lock file that a dead or hung holder loses. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const heartbeatMs = 2_000;
const silentMs = 60_000;
const pollMs = 150;

/**
 * Waits for the lock, does the work, gives the lock back.
 *
 * @template Result
 * @param {string} path
 * @param {() => Promise<Result>} work
 * @param {(holder: string) => void} onWait called once when somebody else has it
 * @returns {Promise<Result>}
 */
export async function withLock(path, work, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!tryTake(path)) {
    const holder = readHolder(path);
    if (holder !== undefined && isGone(path, holder)) dropStale(path, holder);
    else {
      if (holder !== undefined && !told) onWait(holder);
      told = told || holder !== undefined;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  const heartbeat = setInterval(() => touch(path), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (readHolder(path) === String(process.pid)) rmSync(path, { force: true });
  }
}

/**
 * The file appears with its content in one step, so that nobody ever reads an empty holder.
 *
 * @param {string} path
 */
function tryTake(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function readHolder(path) {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * A holder is gone when its process is, or when it has not touched the lock for a minute (its pid may be somebody else's by now).
 *
 * @param {string} path
 * @param {string} holder
 */
function isGone(path, holder) {
  try {
    if (Date.now() - statSync(path).mtimeMs > silentMs) return true;
    process.kill(Number(holder), 0);
    return false;
  } catch (error) {
    const code = codeOf(error);
    return code === "ESRCH" || code === "ERR_INVALID_ARG_TYPE";
  }
}

/**
 * Moves the lock away before removing it: of two that find it stale only one succeeds, and a lock taken in between is put back.
 *
 * @param {string} path
 * @param {string} holder
 */
function dropStale(path, holder) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readHolder(aside) !== holder) linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EEXIST") throw error;
  }
  rmSync(aside, { force: true });
}

/** @param {string} path */
function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
