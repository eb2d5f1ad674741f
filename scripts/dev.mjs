/**
 * `npm run dev -- FLAGS`: builds whenever a source changes, and starts Culprit anew after every build that succeeded.
 *
 * It looks instead of being told: TypeScript 7.0's own watcher sees nothing at all in some containers and virtual machines, and
 * Node 20's recursive one loses a file once an editor has replaced it. Looking at a few hundred files costs milliseconds.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "./lib/build.mjs";
import { whenNpmIsGone } from "./lib/npmParent.mjs";
import { listBuildInputs, root } from "./lib/project.mjs";

const lookMs = 400;

const main = join(root, "dist", "src", "main.js");

/** @type {import("node:child_process").ChildProcess | undefined} */
let server;
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort());
whenNpmIsGone(() => stop.abort());

let seen = "";
while (!stop.signal.aborted) {
  const now = look();
  if (now !== seen) {
    seen = now;
    await rebuild();
  }
  await sleep(lookMs, undefined, { signal: stop.signal }).catch(() => undefined);
}
await stopServer();

/** Which sources there are and when they were written. */
function look() {
  return listBuildInputs()
    .map((path) => `${path} ${statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs}`)
    .join("\n");
}

async function rebuild() {
  console.error("building...");
  const { code, output } = await build();
  process.stderr.write(output);
  if (stop.signal.aborted) return;
  if (code !== 0) return console.error("the build failed; waiting for a change");
  await stopServer();
  if (!stop.signal.aborted) startServer();
}

function startServer() {
  const started = spawn(process.execPath, ["--enable-source-maps", main, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
  server = started;
  started.on("exit", (code, signal) => {
    if (server !== started || stop.signal.aborted) return;
    console.error(`Culprit ended with ${code === null ? signal : `exit code ${code}`}; waiting for a change`);
  });
}

async function stopServer() {
  const running = server;
  server = undefined;
  if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
  running.kill("SIGTERM");
  await once(running, "exit");
}
