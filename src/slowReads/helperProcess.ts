/**
 * One helper, seen from Culprit: started, given orders, heard, killed.
 *
 * A process and not a thread: a thread that hangs in the kernel where not even SIGKILL reaches it (a device, a FUSE server that took the
 * question and is silent) keeps its whole process from ending, and its sockets from closing. A helper that hangs like that is left behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { AnswerReader, type Order, type WireAnswer } from "./protocol.ts";

/** So many reads of one helper may hang at a time: libuv's own number of threads would be four. */
const helperThreads = 80;

/** What a helper tells. */
export interface HelperEvents {
  readonly onAnswer: (answer: WireAnswer) => void;
  /** It is gone, or could not be started: nothing more comes. */
  readonly onEnd: (reason: string) => void;
}

/** A helper, as far as it matters who asks. */
export interface Helper {
  send(order: Order): void;
  /** Ends it as far as that is possible; `onEnd` comes when it is really gone. */
  kill(): void;
}

/** Starts a helper. */
export type StartHelper = (events: HelperEvents) => Helper;

/** Starts the real one: node itself, with as little as it can do with. */
export const startHelperProcess: StartHelper = (events) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./helper.js", import.meta.url))], {
    // a group of its own, so that Ctrl-C does not end it before us; no folder that it could keep busy
    detached: true,
    cwd: "/",
    stdio: ["pipe", "pipe", "ignore"],
    env: { UV_THREADPOOL_SIZE: String(helperThreads), MALLOC_ARENA_MAX: "1" },
  });
  listen(child, events);
  let unsent = "";
  return {
    // a write wakes the helper, which costs more than what is written: one for all orders of this turn
    send(order) {
      if (unsent === "")
        process.nextTick(() => {
          child.stdin?.write(unsent);
          unsent = "";
        });
      unsent += `${JSON.stringify(order)}\n`;
    },
    kill() {
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.kill("SIGKILL");
    },
  };
};

function listen(child: ChildProcess, { onAnswer, onEnd }: HelperEvents): void {
  const reader = new AnswerReader();
  let isOver = false;
  const end = (reason: string) => {
    if (!isOver) onEnd(reason);
    isOver = true;
  };
  child.once("error", (error) => end(error.message));
  child.once("exit", (code, signal) => end(`it ended with ${signal ?? `code ${code}`}`));
  child.stdout?.on("data", (chunk: Buffer) => {
    for (const answer of reader.take(chunk)) onAnswer(answer);
  });
  for (const stream of [child.stdin, child.stdout]) {
    // that it is gone is told by its end
    stream?.on("error", () => undefined);
    // an idle helper keeps nobody from ending
    if (stream !== null && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
  child.unref();
}
