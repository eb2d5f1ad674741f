import type { Attempted, LaneOptions } from "../../../src/spool/laneOptions.ts";
import { RetryLanes } from "../../../src/spool/retryLanes.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { recordedLog } from "../../support/recordedLog.ts";

/** Items are texts such as "lane/item". */
export type StageOptions = Partial<LaneOptions<string, string>>;

export const done: Attempted<string> = { kind: "done", result: "thanks" };
export const later: Attempted<string> = { kind: "later", reason: "it is down" };

/** Lanes of texts, and what was tried and told of them. */
export class LanesStage {
  readonly directory: string;
  readonly clock = new ManualClock();
  readonly log = recordedLog();
  /** What was tried, in order; what was tried together is joined. */
  readonly tried: string[] = [];
  /** How items ended. */
  readonly ends: string[] = [];
  /** How long each attempt that failed is waited for. */
  readonly waits: number[] = [];
  readonly opened: RetryLanes<string, string>[] = [];
  /** What comes of an attempt. */
  answer: (item: string) => Attempted<string> | Promise<Attempted<string>> = () => done;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** As a new process would; what was open before simply falls silent, as after a crash. */
  async open(options: StageOptions = {}): Promise<RetryLanes<string, string>> {
    const lanes = await RetryLanes.open<string, string>({
      name: "things",
      directory: this.directory,
      maxEntries: 4,
      parse: String,
      laneOf: (item) => item.split("/")[0] ?? "",
      order: "strict",
      writeDown: "after",
      backoffSeconds: (failures) => 10 * failures,
      longestRetryAfterSeconds: 3600,
      attempt: async (items) => {
        this.tried.push(items.join("+"));
        return this.answer(items[0]);
      },
      onEnd: ({ item, kind, attempts }) => void this.ends.push(`${item} ${kind} ${attempts}`),
      onDelay: ({ inSeconds }) => void this.waits.push(inSeconds),
      clock: this.clock,
      log: this.log.log,
      ...options,
    });
    this.opened.push(lanes);
    return lanes;
  }

  async started(items: readonly string[], options: StageOptions = {}): Promise<RetryLanes<string, string>> {
    const lanes = await this.open(options);
    for (const item of items) await lanes.add([item]);
    lanes.start();
    await lanes.idle();
    return lanes;
  }

  async pass(lanes: RetryLanes<string, string>, seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed++) {
      await this.clock.advance(1);
      await lanes.idle();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((lanes) => lanes.stop(0)));
  }
}
