/** `culprit [serve]`: runs until it is told to stop. */

import { getPriority } from "node:os";
import { type Config, configFlags, loadConfig, loadWritten, readVersion } from "../config.ts";
import type { Log } from "../log.ts";
import { type Logs, openLogs } from "../logs/openLogs.ts";
import { reasonOf, traceOf } from "../model/errors.ts";
import { goFirst } from "../priority.ts";
import { visibleLines } from "../visible.ts";
import { Opened } from "../wiring/opened.ts";
import type { Reachable } from "../wiring/reachable.ts";
import type { StorageClaim } from "../wiring/storageClaim.ts";
import type { Command, CommandContext } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";

/** `docker stop` and the like wait ten seconds by default before they kill. */
const longestStopSeconds = 9;

/** The command. */
export const serve: Command = {
  name: "serve",
  usage: ["culprit [serve] [FLAGS]"],
  summary: "Samples this machine, serves the metrics, captures when an alert arrives. This is what runs without a command.",
  flags: configFlags,
  mostWords: 0,
  run,
};

async function run(context: CommandContext): Promise<number> {
  const config = loadConfig({ flags: context.flags });
  const logs = await openLogs({ ...config.log, stream: context.err, clock: context.clock });
  const { log } = logs;
  context.lifetime.logCrashesTo(log, logs.flushNow);
  // ps and Culprit's own tables show it as culprit, not as node
  process.title = "culprit";
  // before any thread is made that would have the niceness of before
  const goesFirst = goFirst(getPriority());
  log.info("culprit starts", {
    version: readVersion(),
    config: config.file ?? "none, the defaults and flags",
    storage: config.storage.path,
    goesFirst,
  });
  const code = await Promise.race([untilStopped(config, context, logs), overdue(context, log)]);
  await logs.close();
  return code;
}

async function untilStopped(config: Config, context: CommandContext, logs: Logs): Promise<number> {
  const { log } = logs;
  const app = await startApp(config, context, logs);
  if (app === undefined) return exitCodes.failure;
  await context.lifetime.stopRequested;
  log.info("culprit stops");
  await app.stop();
  return exitCodes.ok;
}

/** The storage is ours alone. That it cannot be marked so (a full disk) keeps nobody from starting. */
async function claim(directory: string, log: Log): Promise<StorageClaim> {
  const { claimStorage } = await import("../wiring/storageClaim.ts");
  const onRefused = (error: unknown) => log.warn("the storage could not be marked as in use", { directory, reason: String(error) });
  const { openStorage } = await import("../wiring/storage.ts");
  await openStorage(directory, log);
  return claimStorage(directory, "serve", { onRefused });
}

/** Tells commands on this machine where this Culprit listens. */
async function announce(claimed: StorageClaim, urls: readonly string[], log: Log): Promise<void> {
  await claimed.announce(urls).catch((error) => log.warn("the addresses could not be written into the storage", { reason: String(error) }));
}

/** Starts everything, or says in one line why that is not possible and takes back what was started. */
async function startApp(
  config: Config,
  { flags, out, err, clock, lifetime }: CommandContext,
  logs: Logs,
): Promise<{ stop(): Promise<void> } | undefined> {
  const { log, ring: logLines } = logs;
  const opened = new Opened();
  try {
    const claimed = await claim(config.storage.path, log);
    opened.stage(() => claimed.release().catch(() => undefined));
    // Loaded here and not above, so that the other commands need not wait for the server and all that hangs on it.
    const { openApp } = await import("../app.ts");
    const settings = { load: () => loadConfig({ flags }), written: () => loadWritten({ flags }) };
    const app = await openApp(config, { log, logLines, logQueue: logs.fileFigures, clock, settings, claim: claimed });
    opened.stage(() => app.stop());
    // why it did not work is in the log
    lifetime.onHangUp(() => void app.reload().catch(() => undefined));
    lifetime.logCrashesTo(log, () => {
      logs.flushNow();
      app.flushNow();
    });
    const { openDoors } = await import("../wiring/openDoors.ts");
    for (const door of await openDoors(config)) log.warn(`open: ${door}`);
    await announce(claimed, app.reachable.urls, log);
    out.write(describeStart(app.reachable, out.isTTY === true));
    // what is printed goes to a file or a pipe, and a person sees the log
    if (out.isTTY !== true && err.isTTY === true) err.write(describeLogin(app.reachable));
    return {
      stop() {
        // not waited for: on a disk that hangs the stop must go on
        void claimed.end();
        return opened.close();
      },
    };
  } catch (error) {
    log.debug("the start failed", { reason: traceOf(error) });
    err.write(`culprit: ${visibleLines(reasonOf(error))}\n`);
    await opened.close().catch(() => undefined);
    return undefined;
  }
}

/** A stop that hangs, or a start that does while a stop is asked for, must not keep the machine from shutting down. */
async function overdue({ lifetime, clock }: CommandContext, log: Log): Promise<number> {
  await lifetime.stopRequested;
  await new Promise<void>((resolve) => void clock.after(longestStopSeconds, resolve));
  log.error("the orderly stop took too long and was given up", { seconds: longestStopSeconds });
  return exitCodes.failure;
}

/**
 * Where to look. The link that logs in goes to a terminal only: what a service prints ends up in a log, and there the file that holds the
 * token is named instead.
 */
export function describeStart(started: Reachable, isTerminal: boolean): string {
  const { urls, curlExample } = started;
  const login = (isTerminal ? describeLogin(started) : "") || describeTokenFile(started);
  return `Culprit is running: ${urls.join(" ")}\n${login}Archives: ${curlExample}\n`;
}

/** The line with the link, made anew; empty where nobody must log in. */
function describeLogin({ loginLink }: Reachable): string {
  return loginLink === undefined ? "" : `Log in:   ${loginLink()} (works once, within ten minutes)\n`;
}

/** The line that names the token's file instead. */
function describeTokenFile({ urls, adminTokenPath, isTokenWritten }: Reachable): string {
  if (isTokenWritten === false) return `Log in:   not yet: the token can be written to no disk; once it can, it is in ${adminTokenPath}\n`;
  return adminTokenPath === undefined ? "" : `Log in:   ${urls[0] ?? ""} with the token in ${adminTokenPath}\n`;
}
