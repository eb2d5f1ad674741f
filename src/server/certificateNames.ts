/** For whom a client's certificate was made: its alternative names, as Node writes them into one text. */
import { isIPv6, SocketAddress } from "node:net";

/** The names in `DNS:web1, IP Address:10.0.0.1, URI:"a, b"`: what holds a comma or the like comes in quotes, and is one name. */
export function namesOfCertificate(subjectAltName: string): readonly string[] {
  const parts = subjectAltName.matchAll(/[A-Za-z ]+:(?:("(?:[^"\\]|\\.)*")|([^",][^,]*))(?:, |$)/gy);
  return [...parts].map(([, quoted, plain = ""]) => canonicalName(quoted === undefined ? plain : unquoted(quoted)));
}

/** An address of IPv6 can be written in many ways. */
export function canonicalName(name: string): string {
  return isIPv6(name) && !name.includes("%") ? new SocketAddress({ address: name, family: "ipv6" }).address : name;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
