#!/usr/bin/env node
/** The program: arguments in, signals, exit code out. */
import { giveMemoryBack } from "./burstMemory.ts";
import { saveMemory } from "./engineFlags.ts";
import { readTooFewFiles } from "./openFiles.ts";

const tooFew = readTooFewFiles();
if (tooFew !== undefined) {
  process.stderr.write(tooFew);
  process.exit(1);
}
// before the rest is loaded: loading it is the first thing that V8 would find worth optimising
saveMemory();
giveMemoryBack();
const [{ runCommandLine }, { Lifetime }, { systemClock }] = await Promise.all([
  import("./commands/commandLine.ts"),
  import("./commands/lifetime.ts"),
  import("./sampler/clock.ts"),
]);

const lifetime = new Lifetime({
  clock: systemClock,
  exit: (code) => process.exit(code),
  complain: (text) => void process.stderr.write(text),
  isInTerminal: process.stdout.isTTY === true || process.stderr.isTTY === true,
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => lifetime.signalled());
process.on("SIGHUP", () => lifetime.hungUp());
process.on("uncaughtException", (error) => lifetime.crashed(error));
process.on("unhandledRejection", (error) => lifetime.crashed(error));
// The reader of our output is gone (`culprit --help | head`): no reason to crash.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const code = await runCommandLine({
  argv: process.argv.slice(2),
  input: () => process.stdin,
  out: process.stdout,
  err: process.stderr,
  lifetime,
  clock: systemClock,
});
process.exit(code);
