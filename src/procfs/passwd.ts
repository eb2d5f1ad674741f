/** User names from /etc/passwd (passwd(5)). Users of LDAP and the like are not in it and keep their number. */
import { readFileSync, statSync } from "node:fs";
import type { ProcRoot } from "./root.ts";

/** Names by user id. */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name, , id] = line.split(":");
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}

/** Home directories by user id. */
export function parseHomes(text: string): ReadonlyMap<number, string> {
  const homes = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [, , id, , , home] = line.split(":");
    if (home?.startsWith("/") && id && /^\d+$/.test(id) && !homes.has(Number(id))) homes.set(Number(id), home);
  }
  return homes;
}

/** Looks users up, reading the file again when it has changed. */
export class UserNames {
  readonly #path: string;
  #changedMs = Number.NaN;
  #names: ReadonlyMap<number, string> = new Map();
  #nextLookSeconds = Number.NEGATIVE_INFINITY;

  constructor(root: ProcRoot) {
    this.#path = `${root.rootfs.replace(/\/$/, "")}/etc/passwd`;
  }

  /** The user's name, or its number as text. Looks at the file at most every ten seconds. */
  nameOf(userId: number, nowSeconds: number): string {
    if (nowSeconds >= this.#nextLookSeconds) {
      this.#nextLookSeconds = nowSeconds + 10;
      this.#refresh();
    }
    return this.#names.get(userId) ?? String(userId);
  }

  #refresh(): void {
    try {
      const changedMs = statSync(this.#path).mtimeMs;
      if (changedMs === this.#changedMs) return;
      this.#names = parsePasswd(readFileSync(this.#path, "utf8"));
      this.#changedMs = changedMs;
    } catch {
      // a machine without the file (a container from scratch) shows numbers
      this.#names = new Map();
    }
  }
}
