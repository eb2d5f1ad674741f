/** Starts the programs that the scripts need and collects what they say. */
import { spawn } from "node:child_process";
import { whenNpmIsGone } from "./npmParent.mjs";
import { root } from "./project.mjs";

/**
 * Runs a program to its end, silently; SIGINT and SIGTERM go to it first, and it does not outlive the npm that started us.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runQuietly(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env });
    let output = "";
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const stopRelaying = relaySignals(child);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      stopRelaying();
      resolve({ code: code ?? exitCodeOf(signal), output });
    });
  });
}

/**
 * Runs a program that shares this terminal.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function runOpenly(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", env });
    const stopRelaying = relaySignals(child);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      stopRelaying();
      resolve(code ?? exitCodeOf(signal));
    });
  });
}

/**
 * What a shell would say of a program that a signal ended.
 *
 * @param {NodeJS.Signals | null} signal
 */
function exitCodeOf(signal) {
  return signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} stops it
 */
function relaySignals(child) {
  const relay = (/** @type {NodeJS.Signals} */ signal) => {
    child.kill(signal);
  };
  process.on("SIGINT", relay);
  process.on("SIGTERM", relay);
  const stopLooking = whenNpmIsGone(() => relay("SIGTERM"));
  return () => {
    stopLooking();
    process.off("SIGINT", relay);
    process.off("SIGTERM", relay);
  };
}
