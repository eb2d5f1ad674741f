/** What the server's settings take from a door that may change: users, headers, TLS. */
import type { Clock } from "../../model/clock.ts";
import { defined } from "../../model/defined.ts";
import type { Door } from "../../model/door.ts";
import type { Scope } from "../../model/scopes.ts";
import type { WebSettings } from "../services.ts";
import { Passwords } from "./passwords.ts";
import { Users } from "./users.ts";

interface Doorway {
  readonly settings: Pick<WebSettings, "headers" | "tls"> & { readonly users: Users };
  close(): void;
}

/** Makes it; `now` gives the door as it is at a moment. */
export function createDoorway(now: () => Door | undefined, scopes: ReadonlyMap<string, readonly Scope[]>, clock: Clock): Doorway {
  const passwords = new Passwords(clock);
  const users = new Users({ hashes: () => now()?.users ?? new Map<string, string>(), scopes, compare: passwords.compare });
  const tls = now()?.tls;
  return {
    settings: defined({ users, headers: () => now()?.headers ?? {}, tls: tls === undefined ? undefined : () => now()?.tls ?? tls }),
    close: () => passwords.close(),
  };
}
