/** /sys/class/net: a directory an interface, a file an attribute (Documentation/ABI/testing/sysfs-class-net). */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { InterfaceReading } from "../model/scraped.ts";
import { inTurns, mapInSteps, type Steps } from "../model/steps.ts";
import type { AskedFile, AskedFiles } from "./askedFiles.ts";
import { isGone } from "./errors.ts";
import type { ProcRoot } from "./root.ts";
import type { Skips } from "./skips.ts";

const textAttributes = ["address", "broadcast", "duplex", "ifalias", "operstate"];
const numberAttributes = [
  "flags",
  "addr_assign_type",
  "carrier",
  "carrier_changes",
  "carrier_down_count",
  "carrier_up_count",
  "dev_id",
  "dormant",
  "ifindex",
  "iflink",
  "link_mode",
  "mtu",
  "name_assign_type",
  "netdev_group",
  "speed",
  "tx_queue_len",
  "type",
  "statistics/rx_nohandler",
];

/** They ask the device, which may take long: its firmware, or a lock that another question holds. */
const doubtfulAttributes: ReadonlySet<string> = new Set(["carrier", "duplex", "speed"]);

/** Reads the attributes of every interface. */
export class InterfaceFiles {
  readonly #folder: string;
  readonly #files: AskedFiles;
  readonly #skips: Skips;
  /** Who gave an interface its name does not change while it has that name: where the kernel does not know, it never will. */
  readonly #refused = new Set<string>();
  #devices = "";

  constructor(root: ProcRoot, files: AskedFiles, skips: Skips) {
    this.#folder = `${root.sysfs}/class/net`;
    this.#skips = skips;
    this.#files = files;
  }

  /** All interfaces, or undefined where sysfs shows none. An attribute that does not answer is left out. */
  async read(): Promise<InterfaceReading[] | undefined> {
    const devices = await this.#list();
    if (devices === undefined) return undefined;
    const known = devices.join(" ");
    if (known !== this.#devices) this.#refused.clear();
    this.#devices = known;
    const flags = await this.#files.texts(
      devices.map((device) => ({ path: this.#path(device, "flags"), mayRefuse: true })),
      this.#skips,
    );
    const asked = await whileOthersRun(
      mapInSteps(devices, (device) => this.#questionsAbout(device, numberIn(flags.get(this.#path(device, "flags"))))),
    );
    const texts = await this.#files.texts(asked.flat(), this.#skips);
    return whileOthersRun(
      mapInSteps(devices, (device) => {
        const nameAssignType = this.#path(device, "name_assign_type");
        if (!texts.has(nameAssignType)) this.#refused.add(nameAssignType);
        return this.#readingOf(device, (path) => texts.get(path) ?? flags.get(path));
      }),
    );
  }

  #questionsAbout(device: string, flags: number | undefined): AskedFile[] {
    const unknown = flags === undefined ? knowsAll : unknownAttributes(flags);
    return [...numberAttributes, ...textAttributes].flatMap((name) => {
      const path = this.#path(device, name);
      if (name === "flags" || unknown.has(name) || this.#refused.has(path)) return [];
      return [{ path, isDoubtful: doubtfulAttributes.has(name), mayRefuse: true }];
    });
  }

  #readingOf(device: string, textOf: (path: string) => string | undefined): InterfaceReading {
    const texts = new Map<string, string>();
    const numbers = new Map<string, number>();
    for (const name of numberAttributes) {
      const value = numberIn(textOf(this.#path(device, name)));
      if (value !== undefined) numbers.set(name.replace("statistics/", ""), value);
    }
    for (const name of textAttributes) {
      const text = textOf(this.#path(device, name));
      if (text !== undefined) texts.set(name, lineOf(text));
    }
    return { device, texts, numbers };
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
function unknownAttributes(flags: number): ReadonlySet<string> {
  if ((flags & ifUp) === 0) return unknownWhenDown;
  return (flags & ifLoopback) === 0 ? knowsAll : unknownOfLoopback;
}

const unknownWhenDown: ReadonlySet<string> = new Set(["carrier", "dormant", "speed", "duplex"]);
const unknownOfLoopback: ReadonlySet<string> = new Set(["speed", "duplex"]);
const knowsAll: ReadonlySet<string> = new Set();
