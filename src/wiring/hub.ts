/** The receiving end for hosts that push here, with the folder `hosts` of the storage. */
import { join } from "node:path";
import type { Config } from "../config.ts";
import { Hub, type HubOptions } from "../hub/hub.ts";

/** Opens it; where nobody has ever pushed that is a look at one folder. @throws when the folder cannot be read */
export async function openHub({ ingest, storage }: Config, around: Omit<HubOptions, "directory" | "maxHosts" | "maxBytes">): Promise<Hub> {
  const { maxHosts, maxBytes } = ingest;
  return Hub.open({ ...around, directory: join(storage.path, "hosts"), maxHosts, maxBytes });
}
