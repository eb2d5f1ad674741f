/** `culprit push-test`: sends one real batch to the sinks of push and says what the servers answered. */
import { hostname } from "node:os";
import { configFlags, loadConfig, nearest, readVersion } from "../config.ts";
import { reasonOf } from "../model/errors.ts";
import { visibleLines } from "../visible.ts";
import { type Command, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";

/** The command. */
export const pushTest: Command = {
  name: "push-test",
  usage: ["culprit push-test [SINK]"],
  summary: "Sends the metric culprit_build_info to all sinks of push, or to one, and says what the servers answered.",
  flags: configFlags.filter(({ name }) => name === "config.file"),
  mostWords: 1,
  async run({ flags, clock, out, err }) {
    const config = loadConfig({ flags });
    const [wanted] = flags.positionals;
    const names = config.push.map(({ name }) => name);
    if (names.length === 0)
      throw new UsageError(`no sink is configured; expected at least one in push of ${config.file ?? "culprit.yml, which is not here"}`);
    if (wanted !== undefined && !names.includes(wanted)) {
      const meant = nearest(wanted, names);
      throw new UsageError(
        `unknown sink ${wanted}; ${meant === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${meant}?`}`,
      );
    }
    // loaded here and not above: the other commands need none of it
    const { testSink } = await import("../push/testSink.ts");
    const server = config.identity.hostname ?? config.identity.names[0] ?? hostname();
    const results = await Promise.all(
      config.push
        .filter(({ name }) => wanted === undefined || name === wanted)
        .map(async (plan) => {
          try {
            const { isTaken, answer } = await testSink(plan, { server, clock, version: readVersion() });
            (isTaken ? out : err).write(`${plan.name}: ${isTaken ? "ok" : "failed"}, ${visibleLines(answer)}\n`);
            return isTaken;
          } catch (error) {
            err.write(`${plan.name}: failed, ${visibleLines(reasonOf(error))}\n`);
            return false;
          }
        }),
    );
    return results.every((isWell) => isWell) ? exitCodes.ok : exitCodes.failure;
  },
};
