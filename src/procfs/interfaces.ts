/** /sys/class/net: a directory an interface, a file an attribute (Documentation/ABI/testing/sysfs-class-net). */
import { readdirSync } from "node:fs";
import type { InterfaceReading } from "../model/scraped.ts";
import { errorCode, isGone, isOutOfDescriptors } from "./errors.ts";
import { KernelFiles } from "./kernelFiles.ts";
import type { ProcRoot } from "./root.ts";

const textAttributes = ["address", "broadcast", "duplex", "ifalias", "operstate"];
// flags come first: they tell what else is worth asking for
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

/** More interfaces than this (one a container) are opened for each reading: two dozen descriptors each would be too many. */
const mostKeptOpen = 32;

/** Reads the attributes of every interface. */
export class InterfaceFiles {
  readonly #files: KernelFiles;
  /** Who gave an interface its name does not change while it has that name: where the kernel does not know, it never will. */
  readonly #refused = new Set<string>();
  #devices = "";

  constructor(root: ProcRoot) {
    this.#files = new KernelFiles(root);
  }

  /** All interfaces, or undefined where sysfs shows none. */
  read(): InterfaceReading[] | undefined {
    const folder = `${this.#files.root.sysfs}/class/net`;
    const devices = list(folder);
    if (devices === undefined) return undefined;
    const known = devices.join(" ");
    // descriptors of an interface that is gone answer ENODEV for ever, also when another gets its name
    if (known !== this.#devices) this.close();
    this.#devices = known;
    return devices.map((device, index) => {
      const reading = this.#readOne(folder, device);
      if (index >= mostKeptOpen) this.#files.close(`${folder}/${device}/`);
      return reading;
    });
  }

  close(): void {
    this.#files.close();
    this.#refused.clear();
  }

  #readOne(folder: string, device: string): InterfaceReading {
    const texts = new Map<string, string>();
    const numbers = new Map<string, number>();
    let unknown: ReadonlySet<string> = new Set();
    for (const name of numberAttributes) {
      const text = unknown.has(name) ? undefined : this.#attribute(`${folder}/${device}/${name}`);
      if (!text) continue;
      // flags and dev_id are written as 0x1003; Number takes both
      const value = Number(text);
      numbers.set(name.replace("statistics/", ""), value);
      if (name === "flags") unknown = unknownAttributes(value);
    }
    for (const name of textAttributes) {
      const text = unknown.has(name) ? undefined : this.#attribute(`${folder}/${device}/${name}`);
      if (text !== undefined) texts.set(name, text);
    }
    return { device, texts, numbers };
  }

  /** Undefined for what this interface does not know: the kernel answers EINVAL. */
  #attribute(path: string, again = true): string | undefined {
    if (this.#refused.has(path)) return undefined;
    try {
      return this.#files.readAtOnce(path)?.line().trim();
    } catch (error) {
      if (isOutOfDescriptors(error)) throw error;
      // the descriptor was of an earlier interface of that name; it is closed by now
      if (again && errorCode(error) === "ENODEV") return this.#attribute(path, false);
      if (path.endsWith("/name_assign_type")) this.#refused.add(path);
      return undefined;
    }
  }
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

/** Directories and links; `bonding_masters` is a file among them. */
function list(folder: string): string[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isFile())
      .map((entry) => entry.name);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
