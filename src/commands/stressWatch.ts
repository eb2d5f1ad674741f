/** What the running Culprit says while a load is on, asked over HTTP as anybody could. */
import { z } from "zod";
import type { HostAnswer } from "../api/answers.ts";
import type { ArchivesAnswer } from "../api/archiveAnswers.ts";
import type { SnapshotsAnswer } from "../api/pastAnswers.ts";
import type { DeliveriesAnswer, SilencesAnswer, SpikesAnswer, TriggersAnswer } from "../api/tellingAnswers.ts";
import type { Config } from "../config.ts";
import type { Clock } from "../model/clock.ts";
import type { Seen } from "../stress/chain.ts";
import { askForCapture, askInstance, InstanceProblem, readInstanceUrls } from "./runningInstance.ts";

/** A Culprit that answers, with what is known of it before the load. */
export interface WatchedInstance {
  readonly url: URL;
  readonly host: Pick<HostAnswer, "host" | "cores" | "memoryTotalBytes">;
  readonly triggers: TriggersAnswer["triggers"];
  readonly channels: readonly string[];
  /** How many of the last seconds it has seen. */
  recentSeconds(): Promise<number>;
  /** Something holds messages back now. */
  readonly isQuiet: boolean;
  /** How it is after so many seconds of a load that began then. */
  see(startedAtMs: number, elapsedSeconds: number): Promise<Seen>;
  /** Asks for an archive; its id. */
  capture(reason: string): Promise<string>;
}

const recentMs = 30_000;
/** The moment before the load in which what belongs to it may have begun. */
const beforeMs = 5000;

/** Finds the one that runs here. @throws InstanceProblem when none does, or it says no */
export async function findInstance(config: Config, clock: Clock, signal: AbortSignal): Promise<WatchedInstance> {
  const bases = await readInstanceUrls(config);
  for (const url of bases) {
    const get = asker(url, config, clock, signal);
    const host = await get<HostAnswer>("api/host", "host");
    if (host === undefined) continue;
    const must = async <T>(path: string, key: string) => (await get<T>(path, key)) ?? gone(url);
    const { triggers } = await must<TriggersAnswer>("api/triggers", "triggers");
    const { channels } = await must<DeliveriesAnswer>("api/deliveries", "channels");
    const { silences, quiet } = await must<SilencesAnswer>("api/silences", "silences");
    return {
      ...{ url, host, triggers, channels, isQuiet: silences.length + quiet.length > 0 },
      async recentSeconds() {
        const { seconds } = await must<SnapshotsAnswer>(
          `api/snapshots?from=${clock.wallMs() - recentMs}&to=${clock.wallMs()}&step=1`,
          "seconds",
        );
        return Math.round(seconds.reduce((sum, one) => sum + one, 0));
      },
      async see(startedAtMs, elapsedSeconds) {
        const { spikes } = await must<SpikesAnswer>(`api/spikes?limit=20&from=${startedAtMs - beforeMs}`, "spikes");
        const { firings } = await must<TriggersAnswer>("api/triggers", "firings");
        const { archives } = await must<ArchivesAnswer>("archives?limit=20&joined=no", "archives");
        const { deliveries } = await must<DeliveriesAnswer>("api/deliveries", "deliveries");
        return { elapsedSeconds, spikes, firings, archives, deliveries };
      },
      capture: async (reason) => ((await askForCapture(url, config, reason, { clock, signal })) ?? gone(url)).id,
    };
  }
  const where = bases.map(({ origin }) => origin).join(", ");
  throw new InstanceProblem(`no Culprit runs ${where === "" ? "here" : `at ${where}`}; start one in another terminal, and try again`);
}

/** Asks for an object that has this key; what else it is, a Culprit of this version knows. */
function asker(base: URL, config: Config, clock: Clock, signal: AbortSignal) {
  return <T>(path: string, key: string) => {
    const shape = z.custom<T>((value) => typeof value === "object" && value !== null && key in value);
    return askInstance(base, config, { method: "GET", path, shape }, { clock, signal });
  };
}

function gone(url: URL): never {
  throw new InstanceProblem(`the Culprit at ${url.origin} does not answer any more`);
}
