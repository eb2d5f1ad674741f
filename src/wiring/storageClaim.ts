/**
 * `<storage>/running.json`: which Culprit works in a storage directory, and where it can be reached.
 *
 * Two writers in one storage would clear away each other's unfinished work. Who died without taking its claim back is told by its process:
 * a number alone is not enough, for in a container it is the same one after every restart.
 */
import { randomUUID } from "node:crypto";
import { constants, copyFile, link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { codeOf } from "../model/errors.ts";
import { makeDirectory, refusesToWrite } from "../spool/durable.ts";
import { isStillAlive, readBirth } from "../spool/processBirth.ts";

/** Who works in a storage directory. */
export interface StorageHolder {
  readonly pid: number;
  /** `serve` answers requests; `capture` makes one archive and is gone. */
  readonly command: "serve" | "capture";
  /** Where it listens; empty while it is starting. */
  readonly urls: readonly string[];
}

/** Who died without taking its claim back. */
export interface LeftBehind {
  readonly command: StorageHolder["command"];
  readonly pid: number;
  /** The machine has started anew since. Undefined where the system does not tell its boots apart. */
  readonly isOfEarlierBoot?: boolean;
}

/** A storage directory that is ours. */
export interface StorageClaim {
  readonly path: string;
  /** Who had it before and did not come to an orderly end. */
  readonly leftBehind?: LeftBehind | undefined;
  /** An orderly end begins: from here on nobody is told that there was none, even if it takes too long. Never rejects. */
  end(): Promise<void>;
  /** Tells others where this Culprit listens. */
  announce(urls: readonly string[]): Promise<void>;
  /** Puts it there again where somebody has removed it, or where the disk takes it only now. @throws StorageTaken; or the system's error */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** Somebody else has the storage directory. */
export class StorageTaken extends Error {
  override readonly name = "StorageTaken";
  readonly holder: StorageHolder;

  constructor(directory: string, holder: StorageHolder) {
    const where = holder.urls.length === 0 ? "" : ` at ${holder.urls.join(" ")}`;
    super(
      `another Culprit (pid ${holder.pid}, culprit ${holder.command}${where}) works in ${directory}; stop it, or choose another --storage.path`,
    );
    this.holder = holder;
  }
}

const fileName = "running.json";

const claimShape = z.object({
  pid: z.number().int().positive(),
  command: z.enum(["serve", "capture"]),
  urls: z.array(z.string()).readonly(),
  /** Tells one process from another that has the same number. */
  birth: z.string(),
  claim: z.string(),
  /** It was told to stop: that it has not come to its end is no crash. */
  ending: z.literal(true).exactOptional(),
});
type WrittenClaim = z.output<typeof claimShape>;

/** The Culprit that works there now; undefined when none does. */
export async function readStorageHolder(directory: string): Promise<StorageHolder | undefined> {
  const written = await readClaim(join(directory, fileName));
  return written !== undefined && (await isStillAlive(written.pid, written.birth)) ? holderOf(written) : undefined;
}

/** How a claim is made. */
export interface ClaimOptions {
  /** Told when the disk does not take the claim: it is tried again at every `check`. Left out, that is an error. */
  readonly onRefused?: (error: unknown) => void;
}

/** Takes a storage directory, which is made if it is not there. @throws StorageTaken; or an error of the system when it cannot be used */
export async function claimStorage(
  directory: string,
  command: StorageHolder["command"],
  { onRefused }: ClaimOptions = {},
): Promise<StorageClaim> {
  const path = join(directory, fileName);
  let own: WrittenClaim = { pid: process.pid, command, urls: [], birth: await readBirth(process.pid), claim: randomUUID() };
  let dead: WrittenClaim | undefined;
  let ending: Promise<void> = Promise.resolve();
  const put = async () => {
    await makeDirectory(directory);
    return take(directory, path, own);
  };
  try {
    dead = await put();
  } catch (error) {
    if (onRefused === undefined || !refusesToWrite(error)) throw error;
    onRefused(error);
  }
  return {
    path,
    leftBehind: dead === undefined || dead.ending ? undefined : leftBehindBy(dead, own),
    end() {
      own = { ...own, ending: true };
      ending = replaceOwn(path, own).then(
        () => undefined,
        () => undefined,
      );
      return ending;
    },
    async announce(urls) {
      own = { ...own, urls };
      if (!(await replaceOwn(path, own))) await put();
    },
    async check() {
      if ((await readClaim(path))?.claim !== own.claim) await put();
    },
    async release() {
      await ending;
      if ((await readClaim(path))?.claim === own.claim) await rm(path, { force: true });
    },
  };
}

/** Puts the claim there whole or not at all: of two who try at the same time one has it. Gives back that of a dead one that was there. */
async function take(directory: string, path: string, own: WrittenClaim): Promise<WrittenClaim | undefined> {
  // before anything is written: another Culprit may be there on a full disk, too
  const holder = await readClaim(path);
  if (holder !== undefined && (await isStillAlive(holder.pid, holder.birth))) throw new StorageTaken(directory, holderOf(holder));
  const draft = `${path}.${own.claim}.tmp`;
  let dead = holder;
  try {
    await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await linked(draft, path)) return dead;
      const other = await readClaim(path);
      dead = other ?? dead;
      if (other !== undefined && (await isStillAlive(other.pid, other.birth))) throw new StorageTaken(directory, holderOf(other));
      await clearAway(path, other, own.claim);
    }
    throw new Error(`${path} cannot be taken: others come and go there`);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const code = codeOf(error) ?? "";
    if (code === "EEXIST") return false;
    // some file systems know no second name for a file; this one may be seen before it is whole, and is taken for nobody's then
    if (/^(?:EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(code)) return copied(draft, path);
    throw error;
  }
}

async function copied(draft: string, path: string): Promise<boolean> {
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes the claim of a dead process, and never one that somebody has put there since. */
async function clearAway(path: string, dead: WrittenClaim | undefined, ownClaim: string): Promise<void> {
  const aside = `${path}.${ownClaim}.old`;
  try {
    await rename(path, aside);
    const moved = await readClaim(aside);
    if (moved !== undefined && moved.claim !== dead?.claim) await linked(aside, path);
    await rm(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** False when the claim that stands there is not this one. */
async function replaceOwn(path: string, claim: WrittenClaim): Promise<boolean> {
  if ((await readClaim(path))?.claim !== claim.claim) return false;
  await replace(path, claim);
  return true;
}

async function replace(path: string, claim: WrittenClaim): Promise<void> {
  const draft = `${path}.${claim.claim}.tmp`;
  try {
    await writeFile(draft, JSON.stringify(claim), { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What cannot be read as a claim is none. */
async function readClaim(path: string): Promise<WrittenClaim | undefined> {
  try {
    const checked = claimShape.safeParse(JSON.parse(await readFile(path, "utf8")));
    return checked.success ? checked.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The boot is the first word of a birth; empty where the system has no procfs. */
function leftBehindBy({ command, pid, birth }: WrittenClaim, own: WrittenClaim): LeftBehind {
  const [boot, ownBoot] = [birth, own.birth].map((one) => one.split(" ")[0]);
  return boot === "" || ownBoot === "" ? { command, pid } : { command, pid, isOfEarlierBoot: boot !== ownBoot };
}

function holderOf({ pid, command, urls }: WrittenClaim): StorageHolder {
  return { pid, command, urls };
}
