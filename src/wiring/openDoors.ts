/** What stands open: said by check-config and at the start, and no reason not to start. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { isLoopbackHost } from "./links.ts";

const others = 0o007;
const othersRead = 0o004;

/** Sentences without a full stop, each with what can be done. */
export async function openDoors({ web, storage, archives }: Pick<Config, "web" | "storage" | "archives">): Promise<readonly string[]> {
  const [tokens, index] = ["admin", "index.json"].map((name) => join(storage.path, "tokens", name));
  const keys = web.door?.tls === undefined ? [] : web.door.files.filter((file) => file.endsWith(".key") || /key/i.test(file));
  const said = [
    ...clearText(web),
    ...(await Promise.all([join(storage.path, "recording"), archives.path].map((folder) => ifWayIn(storage.path, folder)))),
    ...(await Promise.all([tokens, index].map((file) => ifOpen(file ?? "", othersRead, "everybody on this machine can read it", "600")))),
    ...(await Promise.all(keys.map((file) => ifOpen(file, othersRead, "everybody on this machine can read this key", "640")))),
  ];
  return said.filter((one) => one !== undefined);
}

function clearText({ listenAddresses, door }: Config["web"]): readonly string[] {
  if (door?.tls !== undefined) return [];
  const reachable = listenAddresses.filter(({ host }) => !isLoopbackHost(host));
  if (reachable.length === 0) return [];
  const where = reachable.map(({ host, port }) => `${host === "" ? "every address" : host}, port ${port}`).join(" and ");
  return [`tokens and command lines travel in clear text to ${where}; --web.config.file has TLS, or a proxy in front of loopback`];
}

/** A folder that is closed to others closes what is in it. */
async function ifWayIn(storage: string, folder: string): Promise<string | undefined> {
  const above = folder.startsWith(`${storage}/`) ? await stat(storage).catch(() => undefined) : undefined;
  if (above !== undefined && (above.mode & others) === 0) return undefined;
  return ifOpen(folder, others, "everybody on this machine can look into it", "700");
}

async function ifOpen(path: string, bits: number, what: string, mode: string): Promise<string | undefined> {
  // Windows knows no such bits
  if (process.platform === "win32") return undefined;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && (found.mode & bits) !== 0 ? `${path}: ${what}; chmod ${mode} ends that` : undefined;
}
