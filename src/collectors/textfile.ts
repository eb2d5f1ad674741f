/**
 * What scripts leave in `*.prom` files for the next scrape, as node_exporter's textfile collector takes it.
 *
 * A file that cannot be used is skipped as a whole and told once, until that changes; a file that has not changed is not parsed again.
 * They may lie on a server that is gone, so they are asked for.
 */
import { join } from "node:path";
import type { Log } from "../log.ts";
import { reasonOf } from "../model/errors.ts";
import type { TextfileReading } from "../model/scraped.ts";
import type { AskedFiles } from "../procfs/askedFiles.ts";
import { carefulRedactor } from "../redact/redactor.ts";
import type { Collector } from "./collector.ts";
import { preparedCollector } from "./prepared.ts";
import { parseTextFormat } from "./textFormat.ts";
import { type FileFamilies, mergeFiles } from "./textFormatMerge.ts";
import { expandDirectories } from "./textfileDirectories.ts";
import { withoutSecrets } from "./textfileSecrets.ts";

/** A file larger than this is a mistake: reading it would hold up the seconds between scrapes. */
const mostBytes = 16 * 1024 * 1024;

/** A file written so lately may change again without its time changing. */
const settledMs = 2000;

interface Problem {
  readonly file: string;
  readonly reason: string;
}

interface Known {
  readonly identity: string;
  readonly settled: boolean;
  readonly file: FileFamilies;
}

/**
 * Reads the files of `directories`, each a path that may hold `*`, `?` and `[...]`. Without any there is nothing to read and nothing wrong.
 * `hide` cuts the secrets out of labels and help.
 */
export function createTextfileCollector(
  directories: readonly string[],
  files: AskedFiles,
  log: Log,
  hide = carefulRedactor.text,
): Collector<"textfile"> {
  let known = new Map<string, Known>();
  let told = new Set<string>();
  let mergedFrom: readonly FileFamilies[] = [];
  let merged = mergeFiles([]);

  async function read(path: string, nowMs: number): Promise<Known> {
    const stat = await files.stat(path);
    if (!stat.isFile) throw new Error("is not a file");
    if (stat.sizeBytes > mostBytes) throw new Error(`has ${stat.sizeBytes} bytes, more than the ${mostBytes} that are read`);
    const { identity, modifiedMs } = stat;
    const before = known.get(path);
    if (before?.identity === identity && before.settled) return before;
    const families = withoutSecrets(parseTextFormat(await files.bytes(path, mostBytes)), hide);
    return { identity, settled: nowMs - modifiedMs > settledMs, file: { path, modifiedSeconds: Math.floor(modifiedMs / 1000), families } };
  }

  /** The `*.prom` files of a directory, sorted by name. */
  async function list(directory: string, problems: Problem[]): Promise<string[]> {
    try {
      const names = (await files.list(directory)).map(({ name }) => name);
      return names
        .filter((name) => name.endsWith(".prom"))
        .sort()
        .map((name) => join(directory, name));
    } catch (error) {
      problems.push({ file: directory, reason: reasonOf(error) });
      return [];
    }
  }

  return preparedCollector("textfile", () => async (clock): Promise<TextfileReading> => {
    const problems: Problem[] = [];
    const usable = new Map<string, Known>();
    const expanded = await Promise.all(directories.map((pattern) => expandDirectories(pattern, files)));
    for (const directory of expanded.flat()) {
      for (const path of await list(directory, problems)) {
        try {
          usable.set(path, await read(path, clock.wallMs()));
        } catch (error) {
          problems.push({ file: path, reason: reasonOf(error) });
        }
      }
    }
    const used = [...usable.values()].map((one) => one.file);
    if (used.length !== mergedFrom.length || used.some((file, index) => file !== mergedFrom[index])) {
      merged = mergeFiles(used);
      mergedFrom = used;
    }
    problems.push(...merged.problems);
    const telling = new Set<string>();
    for (const { file, reason } of problems) {
      telling.add(`${file}\n${reason}`);
      if (!told.has(`${file}\n${reason}`)) log.warn("the textfile collector cannot use a file", { file, reason });
    }
    told = telling;
    known = usable;
    return {
      families: merged.families,
      files: used.map(({ path, modifiedSeconds }) => ({ path, modifiedSeconds })),
      failed: problems.length > 0,
    };
  });
}
