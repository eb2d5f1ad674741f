/** Addresses for messages: where a person reaches this Culprit. Only `web.externalUrl` is sure; without it, it is said what they are worth. */
import { hostname } from "node:os";
import type { Config } from "../config.ts";

type Reach = Pick<Config, "web" | "identity">;

/** The address of an archive's file. */
export function archiveUrl(config: Reach, id: string): string | undefined {
  return below(config, `/archives/${id}.tar.gz`);
}

/** The live page at a moment. */
export function pageUrl(config: Reach, atMs: number): string | undefined {
  return below(config, `/?at=${Math.round(atMs)}`);
}

/** What whoever is given these addresses must know of them; undefined where they are sure. */
export function linkNote(config: Reach): string | undefined {
  const { web } = config;
  if (web.externalUrl !== undefined || portOf(web) === undefined) return undefined;
  return web.listenAddresses.every(({ host }) => isLoopbackHost(host))
    ? `The links work on ${hostOf(config)} only, where Culprit listens on loopback; web.externalUrl says how others reach it.`
    : "The links are a guess; web.externalUrl says how others reach this Culprit.";
}

function below(config: Reach, path: string): string | undefined {
  const { web } = config;
  if (web.externalUrl !== undefined) return `${web.externalUrl.replace(/\/+$/, "")}${path}`;
  const port = portOf(web);
  if (port === undefined) return undefined;
  const isLocal = web.listenAddresses.every(({ host }) => isLoopbackHost(host));
  return `${web.door?.tls === undefined ? "http" : "https"}://${isLocal ? "127.0.0.1" : hostOf(config)}:${port}${path}`;
}

/** Of the address that others can reach, where there is one; a port that is only chosen at the start is not known here. */
function portOf({ listenAddresses }: Config["web"]): number | undefined {
  const address = listenAddresses.find(({ host }) => !isLoopbackHost(host)) ?? listenAddresses[0];
  return address === undefined || address.port === 0 ? undefined : address.port;
}

function hostOf({ identity }: Reach): string {
  return identity.hostname ?? identity.names[0] ?? hostname();
}

/** Whether only this machine reaches such a listen address. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
