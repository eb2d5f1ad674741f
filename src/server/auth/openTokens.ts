/**
 * The tokens of a storage, whatever its disk is like: one that takes nothing leaves a single administrator's token in memory, and one
 * that has lost them gets them back. New ones are never made while others are known.
 */
import type { Log } from "../../log.ts";
import type { Clock } from "../../model/clock.ts";
import { reasonOf } from "../../model/errors.ts";
import { refusesToWrite } from "../../spool/durable.ts";
import { indexPath, readIndex } from "./tokenIndex.ts";
import type { FileTokens } from "./tokenStore.ts";
import { type AdminToken, ensureAdminToken, loadTokens, makeLooseAdmin, restoreTokens } from "./tokens.ts";
import { TokenUses } from "./tokenUses.ts";

interface OpenedTokens {
  readonly admin: AdminToken;
  readonly tokens: FileTokens;
  /** Writes back what the disk has lost, or could not take before. @throws TokenProblem when it cannot be written. */
  check(): Promise<void>;
  /** Brings to the disk when they were used last. */
  close(): Promise<void>;
}

/** Opens them. @throws TokenProblem when the index is broken or cannot be read. */
export async function openTokens(directory: string, clock: Clock, log: Log): Promise<OpenedTokens> {
  const { admin, loose } = await openAdmin(directory, clock, log);
  const uses = new TokenUses(directory, clock, log);
  await uses.load();
  const tokens = await loadTokens(directory, clock, log, loose, uses);
  let isMissed = loose.length > 0;
  return {
    admin,
    tokens,
    close: () => uses.flush(),
    async check() {
      if (await tokens.isWritten()) return;
      if (!isMissed) {
        log.error("tokens: their index is gone; those read last stay valid and are written back", { file: indexPath(directory) });
        isMissed = true;
      }
      await restoreTokens(directory, tokens.index, admin, clock);
      isMissed = false;
      log.info("tokens: their index is written", { file: indexPath(directory), tokens: tokens.index.tokens.length });
    },
  };
}

async function openAdmin(directory: string, clock: Clock, log: Log) {
  try {
    return { admin: await ensureAdminToken(directory, clock), loose: [] };
  } catch (error) {
    if (!refusesToWrite(error) || (await readIndex(directory)) !== undefined) throw error;
    const { admin, entry } = makeLooseAdmin(directory, clock);
    log.warn("tokens: none can be written; one of the administrator's is valid in memory until the disk takes it", {
      directory,
      reason: reasonOf(error),
    });
    return { admin, loose: [entry] };
  }
}
