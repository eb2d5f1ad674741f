/** Two Culprits that know each other: both are real servers. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFleet } from "../../src/fleet/fleet.ts";
import type { KnownHost } from "../../src/fleet/ownership.ts";
import { Peers } from "../../src/fleet/peers.ts";
import { Relay } from "../../src/fleet/relay.ts";
import { RelayedAlerts } from "../../src/fleet/relayed.ts";
import { silentLog } from "../../src/log.ts";
import type { Scope } from "../../src/server/auth/tokens.ts";
import type { WebServer } from "../notify/support/webServer.ts";
import type { Answer } from "./client.ts";
import { Stage } from "./support.ts";

/** What a browser and a program ask for. */
export const html = { Accept: "text/html" };
export const json = { Accept: "application/json" };

/** The Culprit that is asked, web1, and the one that it knows besides, web2. */
export class FleetStage {
  readonly here: Stage;
  readonly there: Stage;
  /** What `here` knows; a test may change it at any time. */
  hosts: KnownHost[];
  /** In place of another Culprit, where a test starts it. */
  web: WebServer | undefined;
  readonly listeners = new Set<() => void>();
  #relay: Relay | undefined;
  #relayed: RelayedAlerts | undefined;

  private constructor(here: Stage, there: Stage) {
    this.here = here;
    this.there = there;
    this.hosts = [
      { address: "127.0.0.1:1", instance: "web1" },
      { address: `127.0.0.1:${there.port}`, instance: "web2" },
    ];
  }

  static async open(): Promise<FleetStage> {
    const there = await Stage.open({ auth: "always" });
    const fleet = new FleetStage(await Stage.prepare(), there);
    await fleet.make("read");
    return fleet;
  }

  get relay(): Relay {
    if (this.#relay === undefined) throw new Error("the fleet is not made yet");
    return this.#relay;
  }

  get relayed(): RelayedAlerts {
    if (this.#relayed === undefined) throw new Error("the fleet is not made yet");
    return this.#relayed;
  }

  /** Starts `here` anew, with a token of `there` that has this scope. */
  async make(scope: Scope): Promise<void> {
    const { here, there, listeners } = this;
    const directory = join(here.directory, "storage");
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "token"), `${there.tokens.get(scope) ?? ""}\n`);
    const { clock } = here;
    const tokens = { tokenFile: join(directory, "token"), tokens: [] };
    const peers = new Peers({ hosts: async () => this.hosts, ownNames: () => ["web1"], tokens: () => tokens, clock });
    const relayed = await RelayedAlerts.open(join(directory, "relayed.json"), silentLog, clock);
    const tell = () => {
      for (const listener of [...listeners]) listener();
    };
    const relay = await Relay.open({
      directory: join(directory, "relay"),
      ...{ keepSeconds: 600, peers, clock, log: silentLog, random: () => 1, onEnd: tell },
    });
    this.#relay = relay;
    this.#relayed = relayed;
    here.fleet = createFleet({ peers, relay, relayed, clock, listeners });
    await here.server?.close();
    await here.start({ auth: "always" });
  }

  /** Asks `here`, with the scope read. */
  ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
    return this.here.ask(path, { method, headers: { ...this.here.bearer("read"), ...headers } });
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await this.relay.lanes.stop(0);
    await this.relayed.close();
    await this.here.close();
    await this.there.close();
    await this.web?.close();
  }
}
