/**
 * The archives on disk: `<id>.tar.gz` and beside it `<id>.json` with what the listing shows of it.
 *
 * The archive comes first and goes first: a sidecar without its archive says nothing and is removed, an archive without its sidecar
 * is described anew. Ids from outside are looked up in what was found here, and never become a path.
 */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../log.ts";
import type { Archive } from "../../model/capture.ts";
import type { Clock } from "../../model/clock.ts";
import { makeDirectory, makeDirectoryIfPossible, syncDirectory, unlessRefused, writeDurably } from "../../spool/durable.ts";
import type { ArchiveStore, StoredArchive } from "../contract.ts";
import { parseArchive } from "../schemas.ts";
import { archiveIdPattern } from "./archiveNames.ts";
import { partialEnding } from "./archiveWriter.ts";
import { describeArchive } from "./rebuild.ts";
import { archivesToRemove, type RetentionLimits } from "./retention.ts";

interface ArchivesOptions {
  readonly directory: string;
  readonly limits: RetentionLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** The incident that an alert belongs to: the archive may have been asked for by another alert. */
  readonly incidentOf?: (fingerprint: string) => { readonly key: string; readonly archiveId: string } | undefined;
}

/** Figures of the archives for the metrics. */
interface ArchiveFigures {
  readonly count: number;
  readonly bytes: number;
  readonly limitBytes: number;
  /** The latest 20. */
  readonly latest: readonly Archive[];
}

const archiveEnding = ".tar.gz";
const sidecarEnding = ".json";
const mostLatest = 20;

/** Clears away what was interrupted, and lists what is whole. */
export async function openArchives(options: ArchivesOptions): Promise<Archives> {
  const archives = new Archives(options);
  await archives.open();
  return archives;
}

/** The finished archives of this host. */
export class Archives implements ArchiveStore {
  readonly #options: ArchivesOptions;
  readonly #callbacks = new Set<() => void>();
  #byId: ReadonlyMap<string, Archive> = new Map();
  #newestFirst: readonly Archive[] = [];

  constructor(options: ArchivesOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { directory } = this.#options;
    // a disk that cannot be written to is still read; without the directory there is no archive
    const names = new Set((await makeDirectoryIfPossible(directory)) || (await isThere(directory)) ? await readdir(directory) : []);
    for (const name of names) {
      const isPartial = name.endsWith(partialEnding) || name.endsWith(".tmp");
      const id = idWithEnding(name, sidecarEnding);
      const isAlone = id !== undefined && !names.has(`${id}${archiveEnding}`);
      if (isPartial || isAlone) await unlessRefused(() => rm(join(directory, name), { force: true }));
    }
    const found: Archive[] = [];
    for (const name of names) {
      const id = idWithEnding(name, archiveEnding);
      const archive = id === undefined ? undefined : await this.#readOrDescribe(id);
      if (archive !== undefined) found.push(archive);
    }
    this.#put(found);
    await this.prune();
  }

  list(): readonly Archive[] {
    return this.#newestFirst;
  }

  find(id: string): StoredArchive | undefined {
    return this.#stored(this.#byId.get(id));
  }

  latest(): StoredArchive | undefined {
    return this.#stored(this.#newestFirst[0]);
  }

  findByFingerprint(fingerprint: string): StoredArchive | undefined {
    const incident = this.#options.incidentOf?.(fingerprint);
    const isIts = ({ id, incidentKey, joined = [], fingerprint: asked }: Archive) =>
      asked === fingerprint ||
      joined.some((alert) => alert.fingerprint === fingerprint) ||
      (incident !== undefined && (incidentKey === incident.key || id === incident.archiveId));
    return this.#stored(this.#newestFirst.find(isIts));
  }

  onChange(callback: () => void): () => void {
    // a function of its own, so that the same callback given twice is told twice and cancelled once
    const registered = () => callback();
    this.#callbacks.add(registered);
    return () => this.#callbacks.delete(registered);
  }

  /** Tells everybody that waits that there is something to look at. */
  notifyChange(): void {
    for (const callback of this.#callbacks) callback();
  }

  /** Where the archive with this id lies, or will lie. */
  pathOf(id: string): string {
    return join(this.#options.directory, `${id}${archiveEnding}`);
  }

  /** Takes in an archive whose file is written, and makes room for it. */
  async add(archive: Archive): Promise<void> {
    this.#put([archive, ...this.#newestFirst.filter(({ id }) => id !== archive.id)]);
    try {
      await this.#writeSidecar(archive);
    } catch (error) {
      this.#options.log.warn("archives: no sidecar could be written, it will be made at the next start", {
        id: archive.id,
        reason: String(error),
      });
    }
    await this.prune(archive.id);
    this.notifyChange();
  }

  /** Makes the directory again when somebody has removed it, and no longer lists what went with it. @throws when it cannot be made */
  async check(): Promise<void> {
    const { directory, log } = this.#options;
    if (await isThere(directory)) return;
    await makeDirectory(directory);
    const before = this.#newestFirst;
    const there = await Promise.all(before.map(({ id }) => isThere(this.pathOf(id))));
    this.#put(before.filter((_, index) => there[index]));
    if (this.#newestFirst.length === before.length) return;
    log.error("archives: their directory was removed, and they with it", { directory, archives: before.length - this.#newestFirst.length });
    this.notifyChange();
  }

  /** Removes what is beyond the limits, oldest first. */
  async prune(newestId?: string): Promise<void> {
    const { limits, clock, log, directory } = this.#options;
    const removed = new Set<string>();
    for (const { id } of archivesToRemove(this.#newestFirst, limits, clock.wallMs())) {
      // after the clock was set back the newest is not the one with the latest time
      if (id === newestId) continue;
      try {
        await rm(this.pathOf(id), { force: true });
        await rm(this.#sidecarOf(id), { force: true });
        removed.add(id);
        log.info("archives: removed an old one", { id });
      } catch (error) {
        log.error("archives: an old one could not be removed", { id, reason: String(error) });
      }
    }
    if (removed.size === 0) return;
    this.#put(this.#newestFirst.filter(({ id }) => !removed.has(id)));
    await syncDirectory(directory).catch(() => undefined);
    this.notifyChange();
  }

  figures(): ArchiveFigures {
    return {
      count: this.#newestFirst.length,
      bytes: this.#newestFirst.reduce((sum, archive) => sum + archive.sizeBytes, 0),
      limitBytes: this.#options.limits.maxBytes,
      latest: this.#newestFirst.slice(0, mostLatest),
    };
  }

  async #readOrDescribe(id: string): Promise<Archive | undefined> {
    const { log } = this.#options;
    try {
      const { size } = await stat(this.pathOf(id));
      const known = await this.#readSidecar(id);
      if (known !== undefined && known.id === id && known.sizeBytes === size) return known;
      const archive = { ...(await describeArchive(this.pathOf(id), id)), id };
      await this.#writeSidecar(archive).catch(() => undefined);
      log.warn("archives: one had no matching sidecar and was described anew", { id });
      return archive;
    } catch (error) {
      log.error("archives: one cannot be read and is not listed", { id, reason: String(error) });
      return undefined;
    }
  }

  async #readSidecar(id: string): Promise<Archive | undefined> {
    try {
      return parseArchive(JSON.parse(await readFile(this.#sidecarOf(id), "utf8")));
    } catch {
      return undefined;
    }
  }

  #writeSidecar(archive: Archive): Promise<void> {
    return writeDurably(this.#sidecarOf(archive.id), `${JSON.stringify(archive)}\n`);
  }

  #sidecarOf(id: string): string {
    return join(this.#options.directory, `${id}${sidecarEnding}`);
  }

  #stored(archive: Archive | undefined): StoredArchive | undefined {
    return archive && { archive, path: this.pathOf(archive.id) };
  }

  #put(archives: readonly Archive[]): void {
    this.#newestFirst = [...archives].sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
    this.#byId = new Map(archives.map((archive) => [archive.id, archive]));
  }
}

function idWithEnding(name: string, ending: string): string | undefined {
  const id = name.endsWith(ending) ? name.slice(0, -ending.length) : "";
  return archiveIdPattern.test(id) ? id : undefined;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
