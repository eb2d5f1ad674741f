/** Addresses and names: who is on this machine, and which Host and Origin headers are to be believed. */
import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");
LOOPBACK.addSubnet("::ffff:127.0.0.0", 104, "ipv6");

/** Whether a socket's address belongs to this machine alone. */
export function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Whether a proxy has added its headers to a request, so that the socket's address is not the client's. */
export function cameThroughProxy(headers: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(headers).some(
    (name) => name === "forwarded" || name === "via" || name === "x-real-ip" || name.startsWith("x-forwarded-"),
  );
}

/** What a Host header is held against. */
interface OwnNames {
  readonly hostname: string;
  readonly externalUrl?: string;
  readonly allowedHosts: readonly string[];
}

/** Whether a Host header can be trusted to name this server: a page that rebinds its own name to 127.0.0.1 sends that name. */
export function isOwnHost(hostHeader: string, names: OwnNames): boolean {
  const host = hostWithoutPort(hostHeader);
  if (host === undefined) return false;
  if (isIP(host) !== 0) return true;
  const external = names.externalUrl === undefined ? undefined : parseUrl(names.externalUrl)?.host;
  const own = ["localhost", names.hostname, external, ...names.allowedHosts];
  return own.some((name) => name !== undefined && name !== "" && hostWithoutPort(name) === host);
}

/** Whether an Origin header names this server as the client reached it, or by its external URL. */
export function isOwnOrigin(origin: string, hostHeader: string, externalUrl: string | undefined): boolean {
  const from = parseUrl(origin);
  if (from === undefined || from.origin === "null") return false;
  if (externalUrl !== undefined && parseUrl(externalUrl)?.origin === from.origin) return true;
  // The scheme is the client's: a proxy may speak TLS in front of us.
  const here = parseUrl(`${from.protocol}//${hostHeader}`);
  return hostHeader !== "" && here?.host === from.host;
}

function hostWithoutPort(host: string): string | undefined {
  const name = parseUrl(`http://${host}`)?.hostname;
  return name?.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
