/** Files that may never answer, asked by way of the helper. */
import type { Cancel, Clock } from "../model/clock.ts";
import type { AskedEntry, AskedFile, AskedFiles } from "../procfs/askedFiles.ts";
import { isDenied, isGone } from "../procfs/errors.ts";
import type { FileStat, ListedEntry } from "../slowReads/protocol.ts";
import { type Answer, askAll, type OnAnswer, type SlowReads } from "../slowReads/slowReads.ts";

const mostAttributeBytes = 4096;
const mostEntries = 100_000;
/** So many questions are asked at a time: making and hearing them holds the event loop. */
const questionsPerTurn = 400;
/** A device may have to ask its firmware. */
const attributeLimitSeconds = 2.5;
/** All attributes together may take so long. */
const allLimitSeconds = 5;

/** It has had its time, or had it before. */
class SilentError extends Error {
  override readonly name = "SilentError";
}

/** Asks through `reads`. */
export function askedFiles(reads: SlowReads, clock: Clock): AskedFiles {
  async function one(path: string, operation: "read" | "list" | "stat", most: number): Promise<Buffer> {
    const [answer] = await askAll(reads, [{ path, operation, most }]);
    return bytesOf(path, answer);
  }

  return {
    async texts(files, skips) {
      const texts = new Map<string, string>();
      let isOver = false;
      let cancel: Cancel = () => undefined;
      const over = new Promise<void>((resolve) => {
        cancel = clock.after(allLimitSeconds, () => {
          isOver = true;
          resolve();
        });
      });
      // those that may take long come last
      const ordered = [...files.filter((file) => !file.isDoubtful), ...files.filter((file) => file.isDoubtful)];
      for (let from = 0; from < ordered.length && !isOver; from += questionsPerTurn) {
        const some = ordered.slice(from, from + questionsPerTurn);
        const questions = some.map(({ path, isDoubtful = false }) => ({ path, isDoubtful, most: mostAttributeBytes }));
        const hear: OnAnswer = ({ bytes, error, silent }, index) => {
          const { path, mayRefuse = false } = some[index] as AskedFile;
          if (bytes !== undefined) texts.set(path, bytes.toString());
          else if (silent !== undefined) skips.addSaid();
          else if (!mayRefuse && !isGone(error) && !isDenied(error)) skips.add(path, error);
        };
        await Promise.race([reads.ask(questions, hear, attributeLimitSeconds), over]);
      }
      cancel();
      return texts;
    },
    bytes: (path, most) => one(path, "read", most),
    async list(folder) {
      const entries = JSON.parse((await one(folder, "list", mostEntries)).toString()) as ListedEntry[];
      return entries.map(([name, isFile]): AskedEntry => ({ name, isFile }));
    },
    stat: async (path) => JSON.parse((await one(path, "stat", 0)).toString()) as FileStat,
  };
}

function bytesOf(path: string, answer: Answer | undefined): Buffer {
  if (answer?.bytes !== undefined) return answer.bytes;
  throw answer?.error ?? new SilentError(`${path}: ${answer?.silent ?? "no answer"}`);
}
