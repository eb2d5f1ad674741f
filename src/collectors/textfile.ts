/**
 * What scripts leave in `*.prom` files for the next scrape, as node_exporter's textfile collector takes it.
 *
 * A file that cannot be used is skipped as a whole and told once, until that changes; a file that has not changed is not parsed again.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { TextfileReading } from "../model/scraped.ts";
import type { Collector } from "./collector.ts";
import { parseTextFormat } from "./textFormat.ts";
import { type FileFamilies, mergeFiles } from "./textFormatMerge.ts";
import { expandDirectories } from "./textfileDirectories.ts";

/** A file larger than this is a mistake: reading it would hold up the seconds between scrapes. */
const mostBytes = 16 * 1024 * 1024;

/** A file written so lately may change again without its time changing. */
const settledMs = 2000;

interface Known {
  readonly identity: string;
  readonly settled: boolean;
  readonly file: FileFamilies;
}

/** Reads the files of `directories`, each a path that may hold `*`, `?` and `[...]`. Without any there is nothing to read and nothing wrong. */
export function createTextfileCollector(directories: readonly string[], log: Log): Collector<"textfile"> {
  let known = new Map<string, Known>();
  let told = new Set<string>();
  let mergedFrom: readonly FileFamilies[] = [];
  let merged = mergeFiles([]);

  function read(path: string, nowMs: number): Known {
    const stat = statSync(path, { bigint: true });
    if (!stat.isFile()) throw new Error("is not a file");
    if (stat.size > mostBytes) throw new Error(`has ${stat.size} bytes, more than the ${mostBytes} that are read`);
    const identity = `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    const before = known.get(path);
    if (before?.identity === identity && before.settled) return before;
    const families = parseTextFormat(readFileSync(path));
    const modifiedSeconds = Math.floor(Number(stat.mtimeMs) / 1000);
    return { identity, settled: nowMs - Number(stat.mtimeMs) > settledMs, file: { path, modifiedSeconds, families } };
  }

  return {
    part: "textfile",
    collect(clock): TextfileReading {
      const problems: { readonly file: string; readonly reason: string }[] = [];
      const usable = new Map<string, Known>();
      for (const directory of directories.flatMap(expandDirectories)) {
        for (const path of list(directory, problems)) {
          try {
            usable.set(path, read(path, clock.wallMs()));
          } catch (error) {
            problems.push({ file: path, reason: reasonOf(error) });
          }
        }
      }
      const files = [...usable.values()].map((one) => one.file);
      if (files.length !== mergedFrom.length || files.some((file, index) => file !== mergedFrom[index])) {
        merged = mergeFiles(files);
        mergedFrom = files;
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
        files: files.map(({ path, modifiedSeconds }) => ({ path, modifiedSeconds })),
        failed: problems.length > 0,
      };
    },
  };
}

/** The `*.prom` files of a directory, sorted by name. */
function list(directory: string, problems: { readonly file: string; readonly reason: string }[]): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".prom"))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    problems.push({ file: directory, reason: reasonOf(error) });
    return [];
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
