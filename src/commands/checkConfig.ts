/** `culprit check-config`: would Culprit start with this configuration? */
import { ConfigError, configFlags, formatProblem, loadConfig } from "../config.ts";
import { visibleLines } from "../visible.ts";
import type { Command } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";

/** The command. */
export const checkConfig: Command = {
  name: "check-config",
  usage: ["culprit check-config [--config.file=FILE] [FLAGS]"],
  summary:
    "Checks the configuration file and the flags, says what stands open, and starts nothing. Exits with 0 when they are fine and with 1 when not.",
  flags: configFlags,
  mostWords: 0,
  async run({ flags, out, err }) {
    // A misspelt flag is a wrong call, not a wrong configuration.
    if (flags.problems.length > 0) throw new ConfigError(flags.problems);
    try {
      const config = loadConfig({ flags });
      const { file } = config;
      const { openDoors } = await import("../wiring/openDoors.ts");
      for (const door of await openDoors(config)) out.write(`OPEN: ${visibleLines(door)}\n`);
      out.write(file === undefined ? "OK: no culprit.yml here, the defaults and flags hold\n" : `OK: ${file}\n`);
      return exitCodes.ok;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) err.write(`${formatProblem(problem)}\n`);
      const { length } = error.problems;
      err.write(`FAILED: ${length} ${length === 1 ? "problem" : "problems"}\n`);
      return exitCodes.failure;
    }
  },
};
