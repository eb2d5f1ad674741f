#!/usr/bin/env node
/** The program: arguments in, signals, exit code out. */
import { setFlagsFromString } from "node:v8";
import { runCommandLine } from "./commands/index.ts";
import { Lifetime } from "./commands/lifetime.ts";
import { systemClock } from "./sampler/clock.ts";

// Here and not in a script's command line, so that every way to start it takes as little memory: a young generation that stays at
// 1 MB, and a heap that grows slowly. Both are in effect before the bulk of the program is loaded.
for (const flag of ["--semi-space-growth-factor=1", "--optimize-for-size"]) setFlagsFromString(flag);

const lifetime = new Lifetime({
  clock: systemClock,
  exit: (code) => process.exit(code),
  complain: (text) => void process.stderr.write(text),
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => lifetime.signalled());
process.on("uncaughtException", (error) => lifetime.crashed(error));
process.on("unhandledRejection", (error) => lifetime.crashed(error));
// Whoever read our output has gone away (`culprit --help | head`): no reason to die.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const code = await runCommandLine({ argv: process.argv.slice(2), out: process.stdout, err: process.stderr, lifetime, clock: systemClock });
process.exit(code);
