/** /sys/class/net: a directory an interface, a file an attribute (Documentation/ABI/testing/sysfs-class-net). */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { InterfaceReading } from "../model/scraped.ts";
import { inTurns, mapInSteps, type Steps } from "../model/steps.ts";
import type { AskedFile, AskedFiles } from "./askedFiles.ts";
import { isGone } from "./errors.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

const textAttributes: ReadonlySet<string> = new Set(["address", "broadcast", "duplex", "ifalias", "operstate"]);
/** Every interface tells these at any time. `ifindex` is another where an interface was removed and made anew. */
const movingAttributes = [
  "flags",
  "operstate",
  "ifindex",
  "mtu",
  "carrier_changes",
  "carrier_down_count",
  "carrier_up_count",
  "statistics/rx_nohandler",
];
/** They change with what moves, and are refused where that says so. */
const linkAttributes = ["carrier", "dormant"];
/** Set when an interface is made, by an administrator, or with its link: read again when something of it has moved, and each minute. */
const lastingAttributes = [
  "address",
  "broadcast",
  "duplex",
  "ifalias",
  "addr_assign_type",
  "dev_id",
  "iflink",
  "link_mode",
  "name_assign_type",
  "netdev_group",
  "speed",
  "tx_queue_len",
  "type",
];
const lastingSeconds = 60;
const allAttributes = [...movingAttributes, ...linkAttributes, ...lastingAttributes];

/** They ask the device, which may take long: its firmware, or a lock that another question holds. */
const doubtfulAttributes: ReadonlySet<string> = new Set(["carrier", "duplex", "speed"]);

/** Reads the attributes of every interface. */
export class InterfaceFiles {
  readonly #folder: string;
  readonly #files: AskedFiles;
  readonly #skips: Skips;
  /** By interface: what lasts, when it was read, and what moves as it was then. */
  readonly #lasting = new Map<
    string,
    {
      readonly atSeconds: number;
      readonly moved: string;
      /** What the kernel refused to tell of it then. */
      readonly unknown: ReadonlySet<string>;
      readonly texts: ReadonlyMap<string, string>;
    }
  >();

  constructor(root: ProcRoot, files: AskedFiles, skips: Skips) {
    this.#folder = `${root.sysfs}/class/net`;
    this.#skips = skips;
    this.#files = files;
  }

  /** All interfaces, or undefined where sysfs shows none. An attribute that does not answer is left out. */
  async read(nowSeconds: number): Promise<InterfaceReading[] | undefined> {
    // those that were there a while ago are asked in the same breath: mostly they are all
    const supposed = new Map([...this.#lasting].map(([device, { unknown }]) => [device, unknown]));
    const [devices, asked] = await Promise.all([
      this.#list(),
      this.#texts([...supposed.keys()], (device) => [...movingAttributes, ...known(linkAttributes, supposed.get(device))]),
    ]);
    if (devices === undefined) return undefined;
    for (const device of this.#lasting.keys()) if (!devices.includes(device)) this.#lasting.delete(device);
    const news = devices.filter((device) => !supposed.has(device));
    const moving = news.length === 0 ? asked : new Map([...asked, ...(await this.#texts(news, () => movingAttributes))]);
    const unknownOf = new Map(devices.map((device) => [device, unknownAttributes(numberIn(moving.get(this.#path(device, "flags"))))]));
    const moved = new Map(
      devices.map((device) => [
        device,
        this.#pathsOf(device, movingAttributes)
          .map((path) => moving.get(path))
          .join(),
      ]),
    );
    const isOld = (device: string): boolean => {
      const last = this.#lasting.get(device);
      return last === undefined || last.moved !== moved.get(device) || nowSeconds - last.atSeconds >= lastingSeconds;
    };
    const old = new Set(devices.filter(isOld));
    const isAsRight = (device: string): boolean => supposed.get(device) === unknownOf.get(device);
    const others = await this.#texts(devices, (device) =>
      known([...(isAsRight(device) ? [] : linkAttributes), ...(old.has(device) ? lastingAttributes : [])], unknownOf.get(device)),
    );
    for (const device of old) {
      const texts = new Map(this.#pathsOf(device, lastingAttributes).flatMap((path) => pairIn(others, path)));
      const unknown = unknownOf.get(device) ?? knowsAll;
      this.#lasting.set(device, { atSeconds: nowSeconds, moved: moved.get(device) ?? "", unknown, texts });
    }
    return whileOthersRun(
      mapInSteps(devices, (device) => {
        const lasting = this.#lasting.get(device)?.texts;
        const links = new Set(isAsRight(device) ? [] : this.#pathsOf(device, linkAttributes));
        return this.#readingOf(
          device,
          (path) => (links.has(path) ? undefined : moving.get(path)) ?? others.get(path) ?? lasting?.get(path),
        );
      }),
    );
  }

  async #texts(devices: readonly string[], attributesOf: (device: string) => readonly string[]): Promise<ReadonlyMap<string, string>> {
    const asked = await whileOthersRun(
      mapInSteps(devices, (device) =>
        attributesOf(device).map(
          (name): AskedFile => ({ path: this.#path(device, name), isDoubtful: doubtfulAttributes.has(name), mayRefuse: true }),
        ),
      ),
    );
    return this.#files.texts(asked.flat(), this.#skips);
  }

  #readingOf(device: string, textOf: (path: string) => string | undefined): InterfaceReading {
    const texts = new Map<string, string>();
    const numbers = new Map<string, number>();
    for (const name of allAttributes) {
      const text = textOf(this.#path(device, name));
      if (text === undefined) continue;
      if (textAttributes.has(name)) texts.set(name, lineOf(text));
      else {
        const value = numberIn(text);
        if (value !== undefined) numbers.set(name.replace("statistics/", ""), value);
      }
    }
    return { device, texts, numbers };
  }

  #pathsOf(device: string, names: readonly string[]): string[] {
    return names.map((name) => this.#path(device, name));
  }

  #path(device: string, name: string): string {
    return `${this.#folder}/${device}/${name}`;
  }

  /** Directories and links; `bonding_masters` is a file among them. */
  async #list(): Promise<string[] | undefined> {
    try {
      return (await this.#files.list(this.#folder)).flatMap(({ name, isFile }) => (isFile ? [] : [name]));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

function known(names: readonly string[], unknown: ReadonlySet<string> | undefined): readonly string[] {
  return unknown === undefined ? names : names.filter((name) => !unknown.has(name));
}

function pairIn(texts: ReadonlyMap<string, string>, path: string): [] | [readonly [string, string]] {
  const text = texts.get(path);
  return text === undefined ? [] : [[path, text]];
}

/** Hundreds of interfaces, each with twenty attributes, are looked at in several turns of the event loop. */
function whileOthersRun<Result>(steps: Steps<Result>): Promise<Result> {
  return inTurns(
    steps,
    () => true,
    () => nextTurn(),
  );
}

function lineOf(text: string): string {
  const end = text.indexOf("\n");
  return (end < 0 ? text : text.slice(0, end)).trim();
}

/** flags and dev_id are written as 0x1003; Number takes both. */
function numberIn(text: string | undefined): number | undefined {
  const line = lineOf(text ?? "");
  return line === "" ? undefined : Number(line);
}

const ifUp = 0x1;
const ifLoopback = 0x8;

/** What the kernel refuses to tell of an interface that is down, and of the loopback: asking for it anyway is dear. */
function unknownAttributes(flags: number | undefined): ReadonlySet<string> {
  if (flags === undefined) return knowsAll;
  if ((flags & ifUp) === 0) return unknownWhenDown;
  return (flags & ifLoopback) === 0 ? knowsAll : unknownOfLoopback;
}

const unknownWhenDown: ReadonlySet<string> = new Set(["carrier", "dormant", "speed", "duplex"]);
const unknownOfLoopback: ReadonlySet<string> = new Set(["speed", "duplex"]);
const knowsAll: ReadonlySet<string> = new Set();
