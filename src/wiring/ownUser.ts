/**
 * Tells whether a connection within this machine comes from the user that Culprit runs as. The kernel is asked once for each connection;
 * connections that come at the same time are looked for in one reading.
 */
import type { Socket } from "node:net";
import { isIPv6 } from "node:net";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { endsKey, readSocketOwners } from "../procfs/socketOwner.ts";

interface OwnUserOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The user that is trusted; undefined where the system has no users by number, and then nobody is. */
  readonly userId: number | undefined;
  /** In place of /proc/net. */
  readonly directory?: string;
  /** In place of five. */
  readonly limitSeconds?: number;
}

/** A machine that is short of CPU takes a second and more for it, and is the one that people want to look at. */
const usualLimitSeconds = 5;
/** Some hundred thousand connections. */
const mostBytes = 32 * 1024 * 1024;
/** `nobody` may be anybody: users that are unknown here, and daemons that own nothing (proxies among them). */
const nobody = 65_534;

/** Makes the check; it never fails: a connection that is not found is not the own user's. */
export function createOwnUser(options: OwnUserOptions): (socket: Socket) => Promise<boolean> {
  const { userId } = options;
  if (userId === undefined || userId === nobody) return async () => false;
  const owners = new Owners(options);
  const asked = new WeakMap<Socket, Promise<boolean>>();
  return (socket) => {
    const known = asked.get(socket);
    if (known !== undefined) return known;
    const answer = owners.find(keyOf(socket)).then((owner) => owner === userId);
    asked.set(socket, answer);
    return answer;
  };
}

/** The ends as the client's socket has them. */
function keyOf({ remoteAddress = "", remotePort, localAddress = "", localPort }: Socket): string {
  return endsKey({ local: `${bracketed(remoteAddress)}:${remotePort}`, remote: `${bracketed(localAddress)}:${localPort}` });
}

function bracketed(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

/** A connection that comes while the file is being read waits for the next read: this one may have passed its line already. */
class Owners {
  readonly #options: OwnUserOptions;
  #wanted = new Map<string, ((owner: number | undefined) => void)[]>();
  #isReading = false;
  #failure = "";

  constructor(options: OwnUserOptions) {
    this.#options = options;
  }

  find(key: string): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.#wanted.set(key, [...(this.#wanted.get(key) ?? []), resolve]);
      if (!this.#isReading) void this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    while (this.#wanted.size > 0) {
      const wanted = this.#wanted;
      this.#wanted = new Map();
      const found = await this.#read(new Set(wanted.keys()));
      for (const [key, answers] of wanted) for (const answer of answers) answer(found.get(key));
    }
    this.#isReading = false;
  }

  async #read(keys: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const { clock, log, directory = "/proc/net", limitSeconds = usualLimitSeconds } = this.#options;
    const limit = new AbortController();
    const cancel = clock.after(limitSeconds, () => limit.abort());
    const late = new Promise<ReadonlyMap<string, number>>((resolve) => {
      limit.signal.addEventListener("abort", () => resolve(new Map()), { once: true });
    });
    try {
      return await Promise.race([readSocketOwners(directory, keys, { mostBytes, signal: limit.signal }), late]);
    } catch (error) {
      const reason = String(error);
      if (reason !== this.#failure) log.info("who connects from this machine cannot be told: a token is asked for", { reason });
      this.#failure = reason;
      return new Map();
    } finally {
      cancel();
    }
  }
}
