/** Families whose names come from the kernel: vmstat and netstat. */
import type { NamedCounters } from "../../model/scraped.ts";
import { type Descriptor, type NodeFamily, single } from "./family.ts";

/** Shows the counters that a pattern picks, untyped, for the kernel does not say which of them only rise. */
export class NamedFamilies {
  readonly #pattern: RegExp;
  readonly #describe: (name: string) => Pick<Descriptor, "name" | "help">;
  /** The kernel's names do not change while it runs: each is held against the pattern once. */
  readonly #descriptors = new Map<string, Descriptor | undefined>();

  constructor(pattern: RegExp, describe: (name: string) => Pick<Descriptor, "name" | "help">) {
    this.#pattern = pattern;
    this.#describe = describe;
  }

  families(counters: NamedCounters): readonly NodeFamily[] {
    const families: NodeFamily[] = [];
    for (const [name, value] of counters) {
      const descriptor = this.#descriptorOf(name);
      if (descriptor !== undefined) families.push(...single(descriptor, value));
    }
    return families;
  }

  #descriptorOf(name: string): Descriptor | undefined {
    if (this.#descriptors.has(name)) return this.#descriptors.get(name);
    const descriptor: Descriptor | undefined = this.#pattern.test(name) ? { ...this.#describe(name), type: "untyped" } : undefined;
    this.#descriptors.set(name, descriptor);
    return descriptor;
  }
}
