import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statfsSync, statSync } from "node:fs";
import { silentLog } from "../../src/log.ts";
import type { Clock } from "../../src/model/clock.ts";
import { isOomRecord } from "../../src/procfs/kernelLog.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import type { Helper, HelperEvents, StartHelper } from "../../src/slowReads/helperProcess.ts";
import { HelperReads } from "../../src/slowReads/helperReads.ts";
import { type Operation, type Order, startedNumber, type WirePath } from "../../src/slowReads/protocol.ts";
import type { SlowReads } from "../../src/slowReads/slowReads.ts";

/** A file as a test plays it: its bytes, facts, an error, or nothing as long as it hangs. */
export type Played = (path: string, operation: Operation, most: number) => Buffer | object | undefined;

interface Living {
  readonly events: HelperEvents;
  readonly hanging: Question[];
}

interface Question {
  readonly number: number;
  readonly path: string;
  readonly operation: Operation;
  readonly most: number;
}

/** Helpers that answer within the same turn, as a test says. What hangs in one order keeps all behind it waiting, as in life. */
export class PlayedHelpers {
  readonly orders: Order[] = [];
  started = 0;
  killed = 0;
  /** A killed helper is gone at once, unless it hangs where no signal reaches it. */
  diesOfKill = true;
  /** Otherwise it takes for ever to start. */
  startsAtOnce = true;
  readonly #play: Played;
  readonly #living: Living[] = [];

  constructor(play: Played) {
    this.#play = play;
  }

  readonly start: StartHelper = (events) => {
    this.started++;
    const one: Living = { events, hanging: [] };
    this.#living.push(one);
    if (this.startsAtOnce) events.onAnswer({ question: startedNumber, isError: false, bytes: Buffer.from("1") });
    const end = (reason: string) => {
      this.#living.splice(this.#living.indexOf(one), 1);
      events.onEnd(reason);
    };
    return {
      send: (order) => this.#obey(one, order),
      kill: () => {
        this.killed++;
        if (this.diesOfKill) end("it ended with SIGKILL");
      },
    } satisfies Helper;
  };

  /** All that hang are tried again. */
  goOn(): void {
    for (const { events, hanging } of [...this.#living]) for (const question of hanging.splice(0)) this.#answer(events, question);
  }

  /** The newest one ends by itself; or one that was killed ends at last. */
  end(): void {
    const one = this.#living.pop();
    one?.events.onEnd("it ended with code 1");
  }

  #obey(one: Living, order: Order): void {
    this.orders.push(order);
    const questions = order.paths.map((path, index) => ({ ...order, number: order.first + index, path: textOf(path) }));
    for (const [index, question] of questions.entries()) {
      if (this.#answer(one.events, question)) continue;
      one.hanging.push(...(order.careful ? [question] : questions.slice(index)));
      if (!order.careful) return;
    }
  }

  #answer(events: HelperEvents, { number, path, operation, most }: Question): boolean {
    let played: Buffer | object | undefined;
    let isError = false;
    try {
      played = this.#play(path, operation, most);
    } catch (error) {
      isError = true;
      const { code = "", message } = error as NodeJS.ErrnoException;
      played = { code, message };
    }
    if (played === undefined) return false;
    events.onAnswer({ question: number, isError, bytes: Buffer.isBuffer(played) ? played : Buffer.from(JSON.stringify(played)) });
    return true;
  }
}

/** Reads real files without a helper, within the same turn: for machines that a test has made of files. */
export function directReads(clock: Clock = systemClock): SlowReads {
  return new HelperReads({ clock, log: silentLog, start: new PlayedHelpers(readFiles).start });
}

/** What the real helper would answer. */
export const readFiles: Played = (path, operation, most) => {
  switch (operation) {
    case "read":
      return readFileSync(path).subarray(0, most);
    case "readOnce": {
      const descriptor = openSync(path, "r");
      try {
        const bytes = Buffer.alloc(most);
        return bytes.subarray(0, readSync(descriptor, bytes, 0, most, 0));
      } finally {
        closeSync(descriptor);
      }
    }
    case "list":
      return readdirSync(path, { withFileTypes: true }).map((entry) => [entry.name, entry.isFile()]);
    case "links":
      return readdirSync(path)
        .slice(0, most)
        .map((name) => [name, readlinkSync(`${path}/${name}`)]);
    case "statfs":
      return statfsSync(path);
    case "oomRecords":
      // a read at the end of the real log waits for the kernel's next word
      if (!statSync(path).isFile()) throw Object.assign(new Error("EPERM: operation not permitted"), { code: "EPERM" });
      return Buffer.from(readFileSync(path, "utf8").split("\n").filter(isOomRecord).join("\n"));
    case "oomCounts":
      return [];
    case "stat": {
      const found = statSync(path, { bigint: true });
      const identity = `${found.ino} ${found.size} ${found.mtimeNs}`;
      const about = { sizeBytes: Number(found.size), modifiedMs: Number(found.mtimeMs), identity };
      return { isFile: found.isFile(), isFolder: found.isDirectory(), ...about };
    }
  }
};

function textOf(path: WirePath): string {
  return typeof path === "string" ? path : path.latin1;
}
