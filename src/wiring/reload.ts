/**
 * Lets changed settings hold without a restart: nothing of the machine's past is lost, no second is missed.
 *
 * All of it is made ready first, and only then the parts are told, one right after the other: a file with a mistake changes nothing.
 */
import type { ReloadAnswer } from "../api/answers.ts";
import { nameByRules } from "../attribution/groupRules.ts";
import { type Config, settingChanges } from "../config.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import type { ChangingRedactor } from "../redact/changingRedactor.ts";
import type { Sampler } from "../sampler/sampler.ts";
import type { Hosts } from "./hosts.ts";
import type { PushSinks } from "./push.ts";
import type { FleetRelay } from "./relay.ts";
import type { Telling } from "./telling.ts";

/** Reads the settings as they are on the disk now. */
export interface SettingsSource {
  /** @throws ConfigError */
  readonly load: () => Config;
  /** What the file says, by its keys. @throws ConfigError */
  readonly written: () => Readonly<Record<string, unknown>>;
}

interface ReloadParts {
  readonly log: Log;
  readonly clock: Pick<Clock, "wallMs">;
  readonly sampler: Pick<Sampler, "renameProcesses">;
  readonly redactor: Pick<ChangingRedactor, "change">;
  readonly hosts: Pick<Hosts, "prepare">;
  readonly relay: Pick<FleetRelay, "change">;
  readonly telling: Pick<Telling, "prepare">;
  readonly push: Pick<PushSinks, "prepare">;
}

/** How the newest attempt ended, and when one was last well: the start was one. */
interface ReloadFigures {
  readonly successful: boolean;
  readonly succeededAtSeconds: number;
}

/** What reloads. */
export interface Reload {
  /** Gives what has changed; one after the other. @throws the reason why nothing has */
  run(): Promise<ReloadAnswer>;
  figures(): ReloadFigures;
}

/** Settings that are what they are: of a Culprit that nobody gave a file. */
export function fixedSettings(config: Config): SettingsSource {
  return { load: () => config, written: () => ({}) };
}

/** Makes it, right after the start: what is on the disk now is what Culprit was started with. */
export function createReload({ load, written }: SettingsSource, parts: ReloadParts): Reload {
  const { log, clock } = parts;
  const started = written();
  let before = started;
  let figures: ReloadFigures = { successful: true, succeededAtSeconds: clock.wallMs() / 1000 };
  let last: Promise<unknown> = Promise.resolve();

  async function reload(): Promise<ReloadAnswer> {
    try {
      const now = written();
      const changes = settingChanges(started, before, now);
      const apply = await prepare(load(), parts);
      await apply(changes.changed);
      before = now;
      figures = { successful: true, succeededAtSeconds: clock.wallMs() / 1000 };
      const { changed, needsRestart } = changes;
      log.info("the configuration was read again", { changed: changed.join(", ") || "nothing" });
      if (needsRestart.length > 0)
        log.warn("some of the configuration holds after a restart only", { needsRestart: needsRestart.join(", ") });
      return changes;
    } catch (error) {
      figures = { ...figures, successful: false };
      log.error("the configuration was not read again, what held before holds", { reason: reasonOf(error) });
      throw error;
    }
  }

  return {
    run() {
      const result = last.then(reload, reload);
      last = result;
      return result;
    },
    figures: () => figures,
  };
}

/** Everything that can go wrong does so here. What has not changed is left as it is. */
async function prepare(config: Config, parts: ReloadParts): Promise<(changed: readonly string[]) => Promise<void>> {
  const { sampler, redactor, hosts, relay, telling, push } = parts;
  const names = nameByRules(config.groups);
  const changeHosts = await hosts.prepare(config);
  const changeTelling = telling.prepare(config);
  // the last, for it opens queues that nobody would close again
  const changePush = await push.prepare(config);
  return async (changed) => {
    const has = (...sections: readonly string[]) => changed.some((key) => sections.some((one) => key === one || key.startsWith(`${one}.`)));
    if (has("redact")) redactor.change(config.redact);
    // names of units and containers are cut as well
    if (has("groups", "redact")) sampler.renameProcesses(names);
    if (has("hosts")) changeHosts();
    if (has("hosts", "relay")) relay.change(config);
    // a file that a channel names may say something else although the key does not
    await changeTelling();
    // a sink that could not be opened the last time is not among the changed keys
    await changePush();
  };
}
