/** Opens the listen addresses, and says in one sentence why one of them cannot be opened. */
import type { Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { defined } from "../model/defined.ts";
import { isTlsServer } from "./tls.ts";

/** Connections that the kernel keeps until they are accepted. Beyond that it drops them, and a scrape would try again after a second. */
const BACKLOG = 4096;

/** An address to listen on; an empty host means every address of the machine, port 0 any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** An address that is being listened on, with the port that was really given. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
  /** How a person on this machine reaches it. */
  readonly url: string;
}

/** A listen address cannot be opened; the message names it and the flag. */
class ListenProblem extends Error {
  override readonly name = "ListenProblem";
}

/** Says who has a port, in words that stand behind "by"; undefined when nobody can tell. */
export type WhoListens = (address: string, port: number) => Promise<string | undefined>;

/** Makes a server listen. @throws ListenProblem. */
export async function listenOn(server: Server | TlsServer, address: ListenAddress, whoListens?: WhoListens): Promise<BoundAddress> {
  const { host, port } = address;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // A port out of range is thrown, not emitted.
      server.listen(defined({ port, backlog: BACKLOG, host: isEverywhere(host) ? undefined : host }), () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    const problem = error as ListenError;
    const holder = problem.code === "EADDRINUSE" ? await whoListens?.(problem.address ?? host, port) : undefined;
    throw new ListenProblem(explain(problem, address, holder));
  }
  const bound = server.address() as AddressInfo;
  return {
    host: bound.address,
    port: bound.port,
    url: `${isTlsServer(server) ? "https" : "http"}://${reachable(bound.address)}:${bound.port}/`,
  };
}

/** As Node throws it: `address` is what a host name stood for. */
type ListenError = NodeJS.ErrnoException & { readonly address?: string };

function isEverywhere(host: string): boolean {
  return host === "" || host === "*";
}

function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function explain(error: ListenError, { host, port }: ListenAddress, holder: string | undefined): string {
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return `cannot listen on ${where}: ${reasonOf(error, holder)} (--web.listen-address)`;
}

function reasonOf(error: ListenError, holder: string | undefined): string {
  switch (error.code) {
    case "EADDRINUSE":
      if (holder !== undefined) return `the port is in use by ${holder}; stop that one or choose another port`;
      return "the port is in use, by whom cannot be known here; stop that one or choose another port";
    case "EACCES":
    case "EPERM":
      return "not permitted; ports below 1024 need a privilege, so choose a higher one";
    case "EADDRNOTAVAIL":
      return "this machine has no such address; choose one of its own, or 0.0.0.0 for all of them";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the host name is not known; expected an address of this machine";
    case "ERR_SOCKET_BAD_PORT":
      return "expected a port from 0 to 65535";
    default:
      return error.message;
  }
}
