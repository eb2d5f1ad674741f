/** What the page's address says: the moment, the range, the line that is drawn alone, hidden series, and how the table is sorted. Pure. */
import { defined } from "../../model/defined.ts";

/** The views below the timeline. */
export const tabs = ["spikes", "archives", "log", "alerts"] as const;

/** One of them. */
export type Tab = (typeof tabs)[number];

/** What the table can be sorted by. */
export const sortKeys = ["cpu", "tasks", "memory", "read", "write", "name"] as const;

/** One of them. */
export type SortKey = (typeof sortKeys)[number];

/** Everything that the address says. What it does not say is as usual. */
export interface Address {
  /** The moment that is pinned, in milliseconds since 1970. */
  readonly at?: number;
  /** The moment that it is compared with. */
  readonly with?: number;
  /** How long the window around each of the two is. */
  readonly seconds?: number;
  readonly from?: number;
  readonly to?: number;
  /** The identity of the line that is drawn alone. */
  readonly process?: string;
  /** Series that are switched off; undefined: as this browser has it. */
  readonly hidden?: readonly string[];
  readonly tab: Tab;
  readonly view: "groups" | "processes";
  /** How the charts are drawn that can show who made them up. */
  readonly draw: "stacked" | "lines";
  readonly sort: SortKey;
  readonly filter: string;
  /** What is looked for in the recording. */
  readonly find: string;
}

/** The address of a page that was just opened. */
export const plainAddress: Address = { tab: "spikes", view: "groups", draw: "stacked", sort: "cpu", filter: "", find: "" };

/** An address understood, and what of it makes no sense, in words. */
interface ReadAddress {
  readonly address: Address;
  readonly problems: readonly string[];
  /** A tab is asked for by name: the page opens there. */
  readonly namesTab: boolean;
}

const earliestMs = Date.UTC(2001, 0, 1);
const latestMs = Date.UTC(2200, 0, 1);

/** Reads the query of an address. */
export function parseAddress(query: string): ReadAddress {
  const values = new URLSearchParams(query);
  const problems: string[] = [];
  const time = (name: "at" | "with" | "from" | "to"): { readonly [Name in typeof name]?: number } => {
    const text = values.get(name);
    if (text === null || text === "") return {};
    const ms = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (ms >= earliestMs && ms < latestMs) return { [name]: ms };
    problems.push(`${name}=${text.slice(0, 40)} is no time: expected milliseconds since 1970`);
    return {};
  };
  const oneOf = <Choice extends string>(name: string, choices: readonly Choice[], usual: Choice): Choice => {
    const text = values.get(name);
    const choice = choices.find((one) => one === text);
    if (text !== null && choice === undefined) problems.push(`${name}=${text.slice(0, 40)} is not known: expected ${choices.join(", ")}`);
    return choice ?? usual;
  };
  const range = { ...time("from"), ...time("to") };
  const isRange = range.from !== undefined && range.to !== undefined && range.from < range.to;
  if (!isRange && (range.from !== undefined || range.to !== undefined))
    problems.push("from and to are no range: expected both, from before to");
  const process = values.get("process");
  const other = time("with");
  if (other.with !== undefined && !values.has("at")) problems.push("with is compared with at: expected both");
  const hidden = values.get("hidden");
  return {
    address: defined({
      ...time("at"),
      ...other,
      seconds: secondsOf(values, problems),
      from: isRange ? range.from : undefined,
      to: isRange ? range.to : undefined,
      process: process === null || process === "" ? undefined : process,
      hidden: hidden === null ? undefined : hidden.split(",").filter((one) => /^[a-zA-Z0-9]{1,40}$/.test(one)),
      tab: oneOf("tab", tabs, plainAddress.tab),
      view: oneOf("view", ["groups", "processes"], plainAddress.view),
      draw: oneOf("draw", ["stacked", "lines"], plainAddress.draw),
      sort: oneOf("sort", sortKeys, plainAddress.sort),
      filter: (values.get("filter") ?? "").slice(0, 200),
      find: (values.get("find") ?? "").slice(0, 200),
    }),
    problems,
    namesTab: values.has("tab"),
  };
}

const mostSeconds = 7 * 86_400;

function secondsOf(values: URLSearchParams, problems: string[]): number | undefined {
  const text = values.get("seconds");
  if (text === null || text === "") return undefined;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= mostSeconds) return seconds;
  problems.push(`seconds=${text.slice(0, 40)} is no length: expected a whole number from 1 to ${mostSeconds}`);
  return undefined;
}

/** The query that says this, "" when everything is as usual. */
export function formatAddress(address: Address): string {
  const values = new URLSearchParams();
  const { at, with: other, seconds, from, to, process, hidden, tab, view, draw, sort, filter, find } = address;
  if (at !== undefined) values.set("at", String(Math.round(at)));
  if (other !== undefined) values.set("with", String(Math.round(other)));
  if (other !== undefined && seconds !== undefined) values.set("seconds", String(seconds));
  if (from !== undefined && to !== undefined) {
    values.set("from", String(Math.round(from)));
    values.set("to", String(Math.round(to)));
  }
  if (process !== undefined) values.set("process", process);
  if (hidden !== undefined) values.set("hidden", hidden.join(","));
  if (tab !== plainAddress.tab) values.set("tab", tab);
  if (view !== plainAddress.view) values.set("view", view);
  if (draw !== plainAddress.draw) values.set("draw", draw);
  if (sort !== plainAddress.sort) values.set("sort", sort);
  if (filter !== "") values.set("filter", filter);
  if (find !== "") values.set("find", find);
  const text = values.toString();
  return text === "" ? "" : `?${text}`;
}

/** Whether going from one to the other is a step that the browser's own back button undoes: another time, another line, another tab, another search. */
export function isStep(before: Address, after: Address): boolean {
  return (["at", "with", "from", "to", "process", "tab", "find"] as const).some((name) => before[name] !== after[name]);
}

/** A line's identity as addresses have it: readable, with the labels in their order. */
export function processName({
  kind,
  process,
  unit,
  container,
  user,
}: {
  kind: string;
  process: string;
  unit: string;
  container: string;
  user: string;
}): string {
  return kind === "process" ? [process, unit, container, user].join("|") : `:${kind}`;
}
