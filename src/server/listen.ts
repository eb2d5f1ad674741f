/** Opening the listen addresses, and saying in one sentence why one of them cannot be had. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ListenAddress } from "./services.ts";

/** An address that is being listened on, with the port that was really given. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
  /** How a person on this machine reaches it. */
  readonly url: string;
}

/** A listen address cannot be had; the message names it and the flag. */
export class ListenProblem extends Error {
  override readonly name = "ListenProblem";
}

/** Makes a server listen. @throws ListenProblem. */
export async function listenOn(server: Server, address: ListenAddress): Promise<BoundAddress> {
  const { host, port } = address;
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(new ListenProblem(explain(error, address)));
    server.once("error", onError);
    try {
      server.listen({ port, ...(isEverywhere(host) ? {} : { host }) }, () => {
        server.off("error", onError);
        resolve();
      });
    } catch (error) {
      // A port out of range is thrown, not emitted.
      reject(new ListenProblem(explain(error as NodeJS.ErrnoException, address)));
    }
  });
  const bound = server.address() as AddressInfo;
  return { host: bound.address, port: bound.port, url: `http://${reachable(bound.address)}:${bound.port}/` };
}

function isEverywhere(host: string): boolean {
  return host === "" || host === "*";
}

function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function explain(error: NodeJS.ErrnoException, { host, port }: ListenAddress): string {
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return `cannot listen on ${where}: ${reasonOf(error)} (--web.listen-address)`;
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EADDRINUSE":
      return "the port is in use, perhaps by another Culprit; stop that one or choose another port";
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
