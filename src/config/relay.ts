/** `relay`: how alerts of other hosts are passed on to them. The hosts themselves are those of `hosts.files`. */
import { resolve } from "node:path";
import { z } from "zod";
import { defined } from "../model/defined.ts";
import { duration, hostName, word } from "./fields.ts";

const minute = 60;
const tokenFile = () => word("the path of a file that holds a token");

/** How long an alert is kept for a host that is down, when nobody says. */
const usualKeepSeconds = 10 * minute;

/** The section's keys. */
export const relayKeys = () => ({
  keep: duration(minute / 6, 24 * 60 * minute).optional(),
  tokenFile: tokenFile().optional(),
  tokens: z.array(z.strictObject({ host: hostName(), tokenFile: tokenFile() })).optional(),
});

/** The section as the rest of Culprit sees it. */
interface RelaySettings {
  readonly keepSeconds: number;
  /** For every host that has none of its own. */
  readonly tokenFile?: string;
  readonly tokens: readonly { readonly host: string; readonly tokenFile: string }[];
}

type Keys = ReturnType<typeof relayKeys>;
type Written = { readonly [Key in keyof Keys]?: z.output<Keys[Key]> };

/** The settings, complete. Relative paths begin at the folder of the file. */
export function relaySettings({ keep, tokenFile: usual, tokens = [] }: Written, folder: string): RelaySettings {
  return defined({
    keepSeconds: keep ?? usualKeepSeconds,
    tokenFile: usual === undefined ? undefined : resolve(folder, usual),
    tokens: tokens.map(({ host, tokenFile: own }) => ({ host, tokenFile: resolve(folder, own) })),
  });
}
