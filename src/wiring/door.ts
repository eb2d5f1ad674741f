/** The server's door as `--web.config.file` has it: read again when one of its files changes, kept as it was when the new one is no good. */
import { stat } from "node:fs/promises";
import { type Config, ConfigError, formatProblem, readDoor } from "../config.ts";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import type { Door } from "../model/door.ts";
import { reasonOf } from "../model/errors.ts";

const checkSeconds = 5;

interface DoorSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly read?: (door: Door) => Door;
}

/** The door as it is now. */
export class WatchedDoor {
  readonly #surroundings: DoorSurroundings;
  #door: Door | undefined;
  #stamp = "";
  #onChange: () => void = () => undefined;
  #cancel: Cancel = () => undefined;

  constructor({ web }: Pick<Config, "web">, surroundings: DoorSurroundings) {
    this.#surroundings = surroundings;
    this.#door = web.door;
  }

  /** What the file says; undefined where none is named. */
  get now(): Door | undefined {
    return this.#door;
  }

  /** Looks from now on; `onChange` is called when the certificates may have changed. */
  async watch(onChange: () => void): Promise<void> {
    if (this.#door === undefined) return;
    this.#onChange = onChange;
    this.#stamp = await stampOf(this.#door.files);
    this.#plan();
  }

  stop(): void {
    this.#cancel();
    this.#onChange = () => undefined;
  }

  /** Reads it again where something has changed. */
  async check(): Promise<void> {
    const { log, read = readDoor } = this.#surroundings;
    const door = this.#door;
    if (door === undefined) return;
    const stamp = await stampOf(door.files);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const [file] = door.files;
    try {
      const next = read(door);
      if ((next.tls === undefined) !== (door.tls === undefined) || next.tls?.clientCertificate !== door.tls?.clientCertificate) {
        log.warn("the web configuration: whether TLS is spoken, and who is asked for a certificate, changes with a restart only", { file });
      }
      this.#door = next;
      this.#stamp = await stampOf(next.files);
      log.info("the web configuration was read again", { file, users: next.users.size });
      this.#onChange();
    } catch (error) {
      const reason = error instanceof ConfigError ? error.problems.map(formatProblem).join("; ") : reasonOf(error);
      log.error("the web configuration cannot be used; what was read before goes on", { file, reason });
    }
  }

  #plan(): void {
    this.#cancel = this.#surroundings.clock.after(checkSeconds, () => {
      void this.check().finally(() => this.#plan());
    });
  }
}

async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map((file) =>
    stat(file, { bigint: true }).then(
      ({ mtimeNs, ctimeNs, ino, size }) => `${mtimeNs} ${ctimeNs} ${ino} ${size}`,
      () => "missing",
    ),
  );
  return (await Promise.all(stamps)).join("\n");
}
