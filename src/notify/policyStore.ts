/** Who was told what, on disk: one small JSON file, written whole, so that a restart neither forgets nor repeats a message. */
import { readFile } from "node:fs/promises";
import type { Log } from "../log.ts";
import { moveAside, writeDurably } from "../spool/durable.ts";
import type { PolicyState } from "./policy.ts";
import { parsePolicy, policyToJson } from "./schemas.ts";

/** Reads and writes the state. */
export interface PolicyStore {
  load(): Promise<PolicyState>;
  /** Resolves once it is on disk, or once it was said that it cannot be. */
  save(state: PolicyState): Promise<void>;
}

/** The store in the file at `path`. */
export function createPolicyStore(path: string, log: Log): PolicyStore {
  return {
    async load() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      if (text === undefined) return new Map();
      try {
        return parsePolicy(JSON.parse(text));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const message = "the file of told notifications cannot be understood and was moved aside: what still goes on may be told again";
        log.error(message, { file: `${path}.bad`, reason });
        await moveAside(path);
        return new Map();
      }
    },
    async save(state) {
      try {
        await writeDurably(path, `${JSON.stringify(policyToJson(state))}\n`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.error("notifications: who was told what cannot be stored; a restart might repeat or lose a message", { reason });
      }
    },
  };
}
