/** Names of machines, made comparable: `Web1.:9100`, `http://web1:9100/metrics` and `web1` are one. */
import { isIPv6 } from "node:net";

/**
 * The bare name or address in an instance label, a target or a URL: lower case, without scheme, port, path, brackets, zone and
 * final dot. "" when there is none.
 */
export function bareName(text: string): string {
  const trimmed = text.trim().toLowerCase();
  // the blackbox exporter and friends put whole URLs into `instance`
  const authority = trimmed.replace(/^[a-z][a-z0-9+.-]*:\/\//, "").replace(/[/?#].*$/, "");
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return withoutPort(host).replace(/\.$/, "");
}

function withoutPort(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1];
  if (bracketed !== undefined) return oneSpelling(bracketed);
  // more than one colon without brackets: an IPv6 address, its last group is no port
  if (host.indexOf(":") !== host.lastIndexOf(":")) return oneSpelling(host);
  return host.replace(/:\d*$/, "");
}

/** `FE80:0:0::1%eth0` and `fe80::1` are the same address; ::ffff:10.0.0.1 is 10.0.0.1. */
function oneSpelling(address: string): string {
  const plain = address.replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const short = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (mapped === null) return short;
  const [high, low] = [Number.parseInt(mapped[1] ?? "", 16), Number.parseInt(mapped[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
