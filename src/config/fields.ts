/** The kinds of value that a key or a flag can have, each with the sentence that says what was expected. */
import { z } from "zod";
import { channelKinds } from "../model/channels.ts";
import { parseDurationSeconds } from "../model/duration.ts";
import { writtenDuration } from "../text.ts";
import { type ListenAddress, parseListenAddress } from "./listenAddress.ts";
import { formatSize, parseSizeBytes } from "./size.ts";

/** A scalar that is parsed; `parse` gives undefined for what it cannot use. */
export function scalar<T>(expected: string, parse: (value: string) => T | undefined): z.ZodType<T, unknown> {
  return checked(expected, (value) => (typeof value === "string" || typeof value === "number" ? parse(String(value)) : undefined));
}

/** Text that must look a certain way; a number is not text. */
export function text<T>(expected: string, parse: (value: string) => T | undefined): z.ZodType<T, unknown> {
  return checked(expected, (value) => (typeof value === "string" ? parse(value) : undefined));
}

/** Any value that `parse` can use; undefined is what it cannot. */
export function checked<T>(expected: string, parse: (value: unknown) => T | undefined): z.ZodType<T, unknown> {
  return z.unknown().transform((value, context) => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.addIssue({ code: "custom", message: `expected ${expected}` });
    return z.NEVER;
  });
}

/** A duration between two others, in seconds. */
export function duration(fromSeconds: number, toSeconds: number): z.ZodType<number, unknown> {
  const range = Number.isFinite(toSeconds)
    ? `from ${writtenDuration(fromSeconds)} to ${writtenDuration(toSeconds)}`
    : `of at least ${writtenDuration(fromSeconds)}`;
  return scalar(`a duration ${range}, such as 30s, 5m or 1h30m`, (value) => {
    const seconds = parseDurationSeconds(value);
    return seconds !== undefined && seconds >= fromSeconds && seconds <= toSeconds ? seconds : undefined;
  });
}

/** A size between two others, in bytes. */
export function size(fromBytes: number, toBytes = Number.POSITIVE_INFINITY): z.ZodType<number, unknown> {
  const range = Number.isFinite(toBytes)
    ? `from ${formatSize(fromBytes)} to ${formatSize(toBytes)}`
    : `of at least ${formatSize(fromBytes)}, such as 512MiB or 2GiB`;
  return scalar(`a size ${range}`, (value) => {
    const bytes = parseSizeBytes(value);
    return bytes !== undefined && bytes >= fromBytes && bytes <= toBytes ? bytes : undefined;
  });
}

/** A whole number of at least `from`. */
export function count(from: number): z.ZodType<number, unknown> {
  return scalar(`a whole number of at least ${from}`, (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    return number !== undefined && number >= from ? number : undefined;
  });
}

/** Text that is not empty; `what` says which, as in "a path". */
export function word(what: string): z.ZodType<string, unknown> {
  return text(what, (value) => (value.trim() === "" || value.includes("\0") ? undefined : value));
}

/** A channel; whether it is configured is asked when all is read. */
export function channelName(): z.ZodType<string, unknown> {
  return text(`one of ${channelKinds.join(", ")}`, (value) =>
    value.startsWith("webhook:") ? value : channelKinds.find((kind) => kind === value),
  );
}

/** The name of a webhook's target. */
export function targetName(): z.ZodType<string, unknown> {
  return text("a name of a to z, 0 to 9 and dashes, such as ntfy", (value) => (/^[a-z0-9-]{1,40}$/.test(value) ? value : undefined));
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): z.ZodType<Word, unknown> {
  return text(`one of ${words.join(", ")}`, (value) => words.find((one) => one === value));
}

const noSpace = /^[^\s]+$/;

/** A name of a host, with or without a port. */
export function hostName(): z.ZodType<string, unknown> {
  return text("a host name such as web1.example.org", (value) => (/^[^\s/@?#]+$/.test(value) ? value : undefined));
}

/** The name of a label. */
export function labelName(): z.ZodType<string, unknown> {
  return text("a label name such as replica", (value) => (noSpace.test(value) ? value : undefined));
}

/** One listen address. */
function listenAddress(): z.ZodType<ListenAddress, unknown> {
  return text("HOST:PORT such as 127.0.0.1:10054, :10054 or [::1]:10054", parseListenAddress);
}

const ownPaths = ["/webhook", "/archives", "/login", "/logout", "/assets", "/api", "/history", "/-"];

/** The path of the metrics. */
function telemetryPath(): z.ZodType<string, unknown> {
  return text(`a path such as /metrics that is none of Culprit's own (${ownPaths.join(", ")})`, (value) => {
    const own = ownPaths.some((path) => value === path || value.startsWith(`${path}/`));
    return /^\/[\w./~-]*$/.test(value) && !value.includes("//") && !value.includes("/.") && !own ? value : undefined;
  });
}

/** An address that others use to reach this Culprit; without a slash at its end. */
function externalUrl(): z.ZodType<string, unknown> {
  return text("an http or https URL without user, query and fragment, such as https://culprit.example.org", (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") return undefined;
    if (url.username !== "" || url.password !== "" || /[?#\s]/.test(value)) return undefined;
    return url.href.replace(/\/+$/, "");
  });
}

/** A port of another server. */
export function port(): z.ZodType<number, unknown> {
  return scalar("a port from 1 to 65535", (value) => {
    const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
    return number >= 1 && number <= 65_535 ? number : undefined;
  });
}

/** The name or address of a mail server. */
export function mailHost(): z.ZodType<string, unknown> {
  return text("the mail server's name or address without a port, such as smtp.example.org", (value) =>
    /^[A-Za-z0-9._-]+$|^[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*$/.test(value) ? value : undefined,
  );
}

/** The name that a mail server is greeted with: a host's, or an address in brackets. */
export function ehloName(): z.ZodType<string, unknown> {
  return text("this host's name as the mail server may know it, such as web1.example.org", (value) =>
    /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$|^\[[0-9A-Za-z.:]+\]$/.test(value) ? value : undefined,
  );
}

/** A mail address, with or without a name. */
export function mailAddress(): z.ZodType<string, unknown> {
  return text("a mail address such as ops@example.org or Ops <ops@example.org>", (value) =>
    /^(?:[^<>\p{Cc}]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/u.test(value) ? value : undefined,
  );
}

/** The address of a webhook. */
export function webhookUrl(): z.ZodType<string, unknown> {
  return text("an http or https URL", (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== "" ? value : undefined;
  });
}

/** What single values must be; keys of the file and flags of the command line share them. */
export const sharedFields = () => ({
  listenAddress: listenAddress(),
  telemetryPath: telemetryPath(),
  externalUrl: externalUrl(),
  auth: oneOf(["auto", "always"]),
  level: oneOf(["error", "warn", "info", "debug"]),
  format: oneOf(["text", "json"]),
  source: oneOf(["procfs", "portable"]),
  path: word("a path"),
});
