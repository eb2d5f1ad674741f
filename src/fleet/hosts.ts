/** The hosts that are known: read from Prometheus' own target files, so that nobody writes the list twice. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import type { KnownHost } from "./ownership.ts";
import { parsePattern, parseTargets, type TargetPattern } from "./targetFiles.ts";

const lookAgainSeconds = 5;

interface HostListOptions {
  /** Patterns like `prometheus/targets/*.yml`; none at all means that there is no list. */
  readonly files: readonly string[];
  readonly log: Log;
  readonly clock: Clock;
}

/** The list, followed as the files change. */
export interface HostList {
  /** The hosts, or undefined when no list was configured. Looks at the files at most every five seconds. */
  current(): Promise<readonly KnownHost[] | undefined>;
}

interface ReadFile {
  readonly directory: string;
  /** What the file looked like when it was read: it is read again when this changes. */
  readonly stamp: string;
  readonly hosts: readonly KnownHost[];
}

/** Reads the list for the first time. Throws when a pattern cannot be one; a broken file is only logged. */
export async function openHostList({ files, log, clock }: HostListOptions): Promise<HostList> {
  if (files.length === 0) return { current: async () => undefined };
  const list = new FollowedList(files.map(parsePattern), files, log, clock);
  await list.current();
  return list;
}

class FollowedList implements HostList {
  readonly #patterns: readonly TargetPattern[];
  readonly #written: readonly string[];
  readonly #log: Log;
  readonly #clock: Clock;
  #files: ReadonlyMap<string, ReadFile> = new Map();
  #complaints: ReadonlyMap<string, string> = new Map();
  #nextLookSeconds = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> = Promise.resolve();

  constructor(patterns: readonly TargetPattern[], written: readonly string[], log: Log, clock: Clock) {
    this.#patterns = patterns;
    this.#written = written;
    this.#log = log;
    this.#clock = clock;
  }

  async current(): Promise<readonly KnownHost[]> {
    if (this.#clock.monotonicSeconds() >= this.#nextLookSeconds) {
      this.#nextLookSeconds = this.#clock.monotonicSeconds() + lookAgainSeconds;
      this.#looking = this.#look();
    }
    await this.#looking;
    return [...this.#files.values()].flatMap(({ hosts }) => hosts);
  }

  async #look(): Promise<void> {
    const files = new Map<string, ReadFile>();
    const complaints = new Complaints();
    for (const [index, pattern] of this.#patterns.entries()) {
      const paths = await this.#paths(pattern, complaints);
      if (paths === undefined) {
        // the directory does not answer: that says nothing about the hosts, so what was known of them stands
        for (const [path, read] of this.#files) if (read.directory === pattern.directory) files.set(path, read);
        continue;
      }
      if (paths.length === 0) complaints.add(`no file matches ${this.#written[index]}`, "");
      for (const path of paths) {
        const read = await this.#read(path, pattern.directory, complaints);
        if (read !== undefined) files.set(path, read);
      }
    }
    for (const [key, complaint] of complaints.byKey) if (!this.#complaints.has(key)) this.#log.warn(`known hosts: ${complaint}`);
    this.#complaints = complaints.byKey;
    this.#files = files;
  }

  async #paths({ directory, name }: TargetPattern, complaints: Complaints): Promise<string[] | undefined> {
    try {
      const names = await readdir(directory);
      return names
        .filter((one) => name.test(one))
        .sort()
        .map((one) => join(directory, one));
    } catch (error) {
      complaints.add(`${directory} cannot be listed: ${reasonOf(error)}`, "");
      return undefined;
    }
  }

  /** The file as it is; as it was when it is broken now; undefined when nothing good was ever read. */
  async #read(path: string, directory: string, complaints: Complaints): Promise<ReadFile | undefined> {
    const known = this.#files.get(path);
    let stamp = "";
    try {
      const { mtimeMs, size, ino } = await stat(path);
      stamp = `${mtimeMs} ${size} ${ino}`;
      if (known?.stamp === stamp) return known;
      return { directory, stamp, hosts: parseTargets(path, await readFile(path, "utf8")) };
    } catch (error) {
      const kept = known === undefined ? "" : "; what it said before stands";
      complaints.add(`${path} cannot be used${kept}: ${reasonOf(error)}`, stamp);
      return known;
    }
  }
}

/** What is wrong right now; said again only when it is another thing, or the same thing in a file that has changed. */
class Complaints {
  readonly byKey = new Map<string, string>();

  add(complaint: string, stamp: string): void {
    this.byKey.set(`${stamp} ${complaint}`, complaint);
  }
}
