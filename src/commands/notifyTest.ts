/** `culprit notify-test`: sends a real message through the channels and says what the servers answered. */
import { hostname } from "node:os";
import { type Config, configFlags, loadConfig, nearest, readVersion } from "../config.ts";
import { channelKinds, isChannelMeant } from "../model/channels.ts";
import type { Notifier } from "../notify/notifier.ts";
import { DeliveryError } from "../notify/notifier.ts";
import { testMessage } from "../notify/testNotification.ts";
import { visibleLines } from "../visible.ts";
import { linkNote, pageUrl } from "../wiring/links.ts";
import { type Command, UsageError } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { readMessageFigures } from "./messageFigures.ts";

const timeoutSeconds = 30;

/** The command. */
export const notifyTest: Command = {
  name: "notify-test",
  usage: ["culprit notify-test [CHANNEL]"],
  summary: "Sends a test message through all channels of notify, or through one, and says what the servers answered.",
  flags: configFlags.filter(({ name }) => name === "config.file" || name === "web.external-url"),
  mostWords: 1,
  async run(context) {
    const config = loadConfig({ flags: context.flags });
    // loaded here and not above: the other commands need none of it
    const { createNotifiers } = await import("../notify/channels.ts");
    const { helloName } = await import("../notify/email.ts");
    const wanted = context.flags.positionals[0];
    const all = createNotifiers(config.notify, {
      clock: context.clock,
      timeoutSeconds,
      version: readVersion(),
      hostName: helloName(config.identity.names, hostname()),
    });
    checkName(wanted, [...new Set([...channelKinds, ...all.map(({ name }) => name)])]);
    const notifiers = chosen(all, wanted, config, channelKinds);
    const nowMs = context.clock.wallMs();
    const message = testMessage({
      server: config.identity.names[0] ?? hostname(),
      figures: await readMessageFigures(context.clock, config.paths.rootfs),
      nowMs,
      page: pageUrl(config, nowMs),
      linkNote: linkNote(config),
    });
    const { signal } = new AbortController();
    const results = await Promise.all(
      notifiers.map(async (notifier) => {
        try {
          const { answer, warning } = await notifier.send(message, signal);
          context.out.write(`${notifier.name}: ok, ${visibleLines(answer)}\n`);
          if (warning !== undefined) context.err.write(`${notifier.name}: ${warning}\n`);
          return warning === undefined;
        } catch (error) {
          if (!(error instanceof DeliveryError)) throw error;
          context.err.write(`${notifier.name}: failed, ${visibleLines(error.message)}\n`);
          return false;
        }
      }),
    );
    return results.every((isWell) => isWell) ? exitCodes.ok : exitCodes.failure;
  },
};

/** @throws UsageError */
function checkName(wanted: string | undefined, names: readonly string[]): void {
  if (wanted === undefined || names.includes(wanted)) return;
  const meant = nearest(wanted, names);
  throw new UsageError(
    `unknown channel ${wanted}; ${meant === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${meant}?`}`,
  );
}

/** The channels that are meant. @throws UsageError that says which there are */
function chosen(all: readonly Notifier[], wanted: string | undefined, config: Config, names: readonly string[]): readonly Notifier[] {
  const file = config.file ?? "culprit.yml, which is not here";
  if (all.length === 0) {
    const keys = names.map((name) => `notify.${name}`).join(", ");
    throw new UsageError(`no channel is configured; expected at least one of ${keys} in ${file}`);
  }
  const meant = wanted === undefined ? all : all.filter(({ name }) => isChannelMeant(wanted, name));
  if (meant.length > 0) return meant;
  const others = all.map(({ name }) => name).join(", ");
  throw new UsageError(`the channel ${wanted} is not configured; expected notify.${wanted} in ${file}, which has ${others}`);
}
