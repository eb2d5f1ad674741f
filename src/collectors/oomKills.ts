/**
 * Processes that the kernel killed for memory: counted in every tick (/proc/vmstat), and looked for, apart from the tick, when there is one
 * more: in the kernel log, and where that is closed to this user in what cgroups count.
 */
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { reasonOf, traceOf } from "../model/errors.ts";
import type { OomKillReading } from "../model/oomKill.ts";
import { isDenied, isGone } from "../procfs/errors.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { Skips } from "../procfs/skips.ts";
import { readOomKills } from "../procfs/vmstat.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";
import type { Collector } from "./collector.ts";
import { CgroupKillSource, LoggedKillSource } from "./oomKillSources.ts";

interface OomKillsOptions {
  readonly files: KernelFiles;
  readonly reads: SlowReads;
  readonly log: Log;
}

/** Kills that were counted together and are still to be told of. */
interface Counted {
  readonly atMs: number;
  left: number;
}

/** The kernel counts first and writes its log then; on a machine without memory that takes a while. */
const triesPerKill = 6;
const betweenTriesSeconds = 0.5;
/** Who was killed is gone by then, so that it can be told by having vanished. */
const afterDeathSeconds = 2;

/** Makes the collector. */
export function createOomKillsCollector({ files, reads, log }: OomKillsOptions): Collector<"oomKills"> {
  const skips = new Skips();
  const logged = new LoggedKillSource(files.root, reads, skips);
  const byCgroup = new CgroupKillSource(files.root, reads);
  const waiting: Counted[] = [];
  let told: OomKillReading[] = [];
  let count: number | undefined;
  let isClosed = false;
  let isLogOpen = true;
  let isLooking = false;
  let cancel: Cancel = () => undefined;

  /** What was killed before Culprit looked is none of its business: it only has to know where that ends. */
  async function begin(): Promise<void> {
    const refusal = await logged.begin();
    isLogOpen = refusal === undefined;
    // what ends with Culprit is no refusal
    if (refusal === undefined || isClosed) return;
    if (isDenied(refusal)) {
      log.info(
        "memory: the kernel log is closed to this user; whom the kernel kills for memory is told by what cgroups count and by who is gone",
      );
    } else if (!isGone(refusal)) log.warn("memory: the kernel log cannot be read", { reason: reasonOf(refusal) });
    await byCgroup.begin();
  }

  async function look(clock: Clock): Promise<void> {
    for (let tries = 1; waiting.length > 0; tries++) {
      await pause(clock, isLogOpen ? betweenTriesSeconds : afterDeathSeconds);
      const most = waiting.reduce((sum, { left }) => sum + left, 0);
      const found = isLogOpen ? await logged.next(most) : await byCgroup.next(most);
      for (const one of found) tell(one);
      if (found.length > 0) tries = 0;
      else if (!isLogOpen || tries >= triesPerKill) tell({});
    }
  }

  function tell(kill: Omit<OomKillReading, "countedAtMs">): void {
    const [first] = waiting;
    if (first === undefined) return;
    told.push({ ...kill, countedAtMs: first.atMs });
    if (--first.left === 0) waiting.shift();
  }

  function pause(clock: Clock, seconds: number): Promise<void> {
    return new Promise((resolve) => {
      cancel = clock.after(seconds, resolve);
    });
  }

  /** Starting a look takes a while: not within the tick. */
  function later(clock: Clock, work: () => Promise<void>): void {
    isLooking = true;
    const failed = (error: unknown) => log.error("memory: whom the kernel killed could not be looked for", { error: traceOf(error) });
    cancel = clock.after(0, () => {
      void work()
        .catch(failed)
        .finally(() => {
          isLooking = false;
        });
    });
  }

  return {
    part: "oomKills",
    skips,
    collect(clock) {
      const now = readOomKills(files);
      if (now === undefined) return undefined;
      if (count === undefined) later(clock, begin);
      else if (now > count) waiting.push({ atMs: clock.wallMs(), left: now - count });
      count = now;
      if (waiting.length > 0 && !isLooking) later(clock, () => look(clock));
      const news = told;
      told = [];
      return { count: now, told: news };
    },
    close() {
      isClosed = true;
      cancel();
    },
  };
}
