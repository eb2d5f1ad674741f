/** The sinks of `push`, open as one value: made from settings, started, exchanged and stopped together. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { PushFigures } from "../model/push.ts";
import type { SinkSurroundings } from "../push/openSink.ts";
import type { Sink } from "../push/sink.ts";

interface PushSurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly server: string;
  readonly families: SinkSurroundings["families"];
}

type PushConfig = Pick<Config, "push" | "storage">;

/** The sinks of a running Culprit. */
export interface PushSinks {
  /** In the order of the configuration. */
  figures(): readonly PushFigures[];
  /** Brings back what somebody has removed. Rejects when nothing can be kept there now. */
  check(): Promise<void>;
  start(): void;
  /**
   * Opens the queues that the new settings want beside those that run; called, it lets them hold: what has not changed is left as it is, what
   * waits goes where the new ones say. @throws when a queue cannot be used, and nothing has changed
   */
  prepare(config: PushConfig): Promise<() => Promise<void>>;
  /** What waits stays on disk, for the next start. */
  stop(): Promise<void>;
}

interface OpenedSink {
  readonly plan: Config["push"][number];
  readonly sink: Sink;
}

const graceSeconds = 2;

/** Opens them. Where nothing is pushed nothing of it is loaded. @throws when a queue cannot be used */
export async function openPush(config: PushConfig, around: PushSurroundings): Promise<PushSinks> {
  let sinks: readonly OpenedSink[] = await openAll(config.push, config, around);
  let isStarted = false;
  return {
    figures: () => sinks.map(({ sink }) => sink.figures()),
    async check() {
      for (const { sink } of sinks) await sink.check();
    },
    start() {
      isStarted = true;
      for (const { sink } of sinks) sink.start();
    },
    async prepare(next) {
      const kept = sinks.filter(({ plan }) => next.push.some((one) => isDeepStrictEqual(one, plan)));
      const ended = sinks.filter((one) => !kept.includes(one));
      const wanted = next.push.filter((one) => !kept.some(({ plan }) => isDeepStrictEqual(one, plan)));
      // one that is given other settings has its queue open until it is stopped
      const changed = wanted.filter((one) => ended.some(({ plan }) => plan.type === one.type && plan.name === one.name));
      const added = await openAll(
        wanted.filter((one) => !changed.includes(one)),
        next,
        around,
      );
      return async () => {
        await Promise.all(ended.map(({ sink }) => sink.stop(graceSeconds)));
        const fresh = [...added, ...(await openAll(changed, next, around))];
        if (isStarted) for (const { sink } of fresh) sink.start();
        sinks = next.push.flatMap((one) => [...kept, ...fresh].find(({ plan }) => isDeepStrictEqual(one, plan)) ?? []);
      };
    },
    async stop() {
      await Promise.all(sinks.map(({ sink }) => sink.stop(graceSeconds)));
    },
  };
}

async function openAll(plans: Config["push"], { storage }: PushConfig, around: PushSurroundings): Promise<readonly OpenedSink[]> {
  if (plans.length === 0) return [];
  const { openSink } = await import("../push/openSink.ts");
  const surroundings = { ...around, directory: join(storage.path, "push"), random: Math.random };
  const opened = await Promise.allSettled(plans.map(async (plan) => ({ plan, sink: await openSink(plan, surroundings) })));
  const failed = opened.find((one) => one.status === "rejected");
  const sinks = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (failed === undefined) return sinks;
  await Promise.all(sinks.map(({ sink }) => sink.stop(0)));
  throw failed.reason;
}
