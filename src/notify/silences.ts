/** The silences that people have asked for, kept over restarts. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { isQuietMeant, latestEnd, type QuietSubject, type Silence, type WantedSilence } from "../model/quiet.ts";
import { checked } from "../spool/checked.ts";
import { makeDirectoryIfPossible } from "../spool/durable.ts";
import { JsonFile } from "../spool/jsonFile.ts";

const mostSilences = 50;

/** A silence as it is kept, and as the API answers it. */
export const silenceSchema: z.ZodType<Silence> = z.object({
  id: z.string(),
  triggers: z.array(z.string()).exactOptional(),
  groups: z.array(z.string()).exactOptional(),
  reason: z.string().exactOptional(),
  by: z.string(),
  beganAtMs: z.number(),
  endsAtMs: z.number(),
});

const stored = z.object({ schemaVersion: z.literal(1), silences: z.array(silenceSchema) });

/** What they are kept with. */
interface SilencesOptions {
  readonly storageDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** All of them. */
export class Silences {
  readonly #clock: Clock;
  readonly #file: JsonFile<readonly Silence[]>;
  #all: readonly Silence[];

  private constructor(clock: Clock, file: JsonFile<readonly Silence[]>, all: readonly Silence[]) {
    this.#clock = clock;
    this.#file = file;
    this.#all = all;
  }

  /** Reads those that there are. @throws when the directory cannot be used */
  static async open({ storageDirectory, clock, log }: SilencesOptions): Promise<Silences> {
    const directory = join(storageDirectory, "notifications");
    await makeDirectoryIfPossible(directory);
    const file = new JsonFile<readonly Silence[]>({
      path: join(directory, "silences.json"),
      parse: (json) => checked(stored, json).silences,
      toJson: (silences) => ({ schemaVersion: 1, silences }),
      what: "notifications: the list of silences",
      ifLost: "nothing is silent any more",
      ifUnwritten: "a restart might forget a silence, or bring back one that was ended",
      clock,
      log,
    });
    return new Silences(clock, file, (await file.load()) ?? []);
  }

  /** Those that last, the first to end first. */
  list(): readonly Silence[] {
    const nowMs = this.#clock.wallMs();
    return this.#all.filter(({ endsAtMs }) => endsAtMs > nowMs).sort((a, b) => a.endsAtMs - b.endsAtMs);
  }

  /** Until when something is silent at a moment. */
  until(subject: QuietSubject, atMs: number): number | undefined {
    const ends = this.#all.filter(({ triggers: names, groups, endsAtMs }) => endsAtMs > atMs && isQuietMeant(subject, { names, groups }));
    return latestEnd(ends.map(({ endsAtMs }) => endsAtMs));
  }

  /** Begins one; undefined when there are too many. */
  async add({ seconds, triggers, groups, reason, by }: WantedSilence): Promise<Silence | undefined> {
    const lasting = this.list();
    if (lasting.length >= mostSilences) return undefined;
    const beganAtMs = this.#clock.wallMs();
    const added: Silence = defined({
      id: randomUUID().slice(0, 8),
      triggers,
      groups,
      reason,
      by,
      beganAtMs,
      endsAtMs: beganAtMs + seconds * 1000,
    });
    this.#all = [...lasting, added];
    await this.#file.save(this.#all);
    return added;
  }

  /** Ends one before its time; undefined when there is none of that id. */
  async end(id: string): Promise<Silence | undefined> {
    const lasting = this.list();
    const ended = lasting.find((one) => one.id === id);
    if (ended === undefined) return undefined;
    this.#all = lasting.filter((one) => one !== ended);
    await this.#file.save(this.#all);
    return ended;
  }

  /** Brings the file back where somebody has removed it. Rejects when the disk does not take it. */
  check(): Promise<void> {
    return this.#file.check();
  }

  /** Writes what is not written yet. */
  close(): Promise<void> {
    return this.#file.close();
  }
}
