/** What local time is called (`CET`), which Node does not tell: from the last line of a file of the tz database (tzfile(5)). */
import { readFileSync } from "node:fs";
import type { TimeReading } from "../model/scraped.ts";

/** Local time as this process sees it (TZ, /etc/localtime). */
export class LocalTime {
  readonly #zone: string | undefined;
  readonly #folder: string;
  #known: TimeReading["zone"] | undefined;

  /** `zone` is a name of the tz database below `folder`; Node's own unless a test says otherwise. */
  constructor(zone?: string, folder = "/usr/share/zoneinfo") {
    this.#zone = zone;
    this.#folder = folder;
  }

  /** Name and offset at a moment. */
  at(wallMs: number): TimeReading["zone"] {
    return this.named(-new Date(wallMs).getTimezoneOffset() * 60);
  }

  /** The name that goes with an offset; without the tz database (a container) it is made of the offset: `UTC+2`. */
  named(offsetSeconds: number): TimeReading["zone"] {
    if (this.#known?.offsetSeconds !== offsetSeconds) {
      const name = this.#readName(offsetSeconds) ?? `UTC${offsetSeconds < 0 ? "-" : "+"}${Math.abs(offsetSeconds) / 3600}`;
      this.#known = { name, offsetSeconds };
    }
    return this.#known;
  }

  #readName(offsetSeconds: number): string | undefined {
    // asked late: Intl brings 6 MB of tables into memory, and many are never asked what their local time is called
    const zone = this.#zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone === "UTC" || zone === "Etc/UTC") return "UTC";
    try {
      const lines = readFileSync(`${this.#folder}/${zone}`, "latin1").trimEnd().split("\n");
      return abbreviationOf(lines.at(-1) ?? "", offsetSeconds);
    } catch {
      return undefined;
    }
  }
}

/**
 * The abbreviation that a rule of POSIX (`CET-1CEST,M3.5.0,M10.5.0/3`) has for an offset.
 * Such a rule counts hours west of Greenwich; names with digits stand in angle brackets (`<+03>-3`).
 */
export function abbreviationOf(rule: string, offsetSeconds: number): string | undefined {
  const match = /^(<[^>]+>|[A-Za-z]+)([+-]?\d+)(?::(\d+))?(?::(\d+))?(<[^>]+>|[A-Za-z]+)?/.exec(rule);
  if (match === null) return undefined;
  const [, standard = "", hours = "0", minutes = "0", seconds = "0", summer] = match;
  const west = Math.abs(Number(hours)) * 3600 + Number(minutes) * 60 + Number(seconds);
  const standardOffset = hours.startsWith("-") ? west : -west;
  return (standardOffset === offsetSeconds || summer === undefined ? standard : summer).replace(/[<>]/g, "");
}
