/** `web.users` and what is believed of proxies: who is known by name, and what each may do. */
import { isIP } from "node:net";
import { z } from "zod";
import { SCOPES } from "../model/scopes.ts";
import { oneOf, text } from "./fields.ts";

/** Users by name, each with what it may do. */
export function users() {
  return z.record(z.string().min(1), z.array(oneOf(SCOPES)).min(1));
}

/** The name of a header. */
export function headerName(): z.ZodType<string, unknown> {
  return text("the name of a header such as X-Forwarded-User", (value) => (/^[A-Za-z0-9-]{1,100}$/.test(value) ? value : undefined));
}

/** An address, or a network as `10.0.0.0/8`. */
export function network(): z.ZodType<string, unknown> {
  return text("an address or a network such as 127.0.0.1, 10.0.0.0/8 or fd00::/8", (value) => {
    const [, address = "", bits] = /^([0-9A-Fa-f.:]+?)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
    const family = isIP(address);
    if (family === 0 || Number(bits ?? 0) > (family === 4 ? 32 : 128)) return undefined;
    return value;
  });
}
