/** `127.0.0.1:10054`, `:10054`, `[::1]:10054`: where to listen, written as for node_exporter. */

/** A host and a port; an empty host means every address of the machine, port 0 any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const pattern = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^\s:/@[\]]*)):(\d{1,5})$/;

/** Makes sense of a written address; `undefined` when it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = pattern.exec(text.trim());
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? "", port };
}
