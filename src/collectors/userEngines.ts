/**
 * The containers of single users: rootless Podman and Docker, each user with an engine and a storage of his own.
 *
 * Podman's socket is off unless a user has switched it on; its storage says the names as well. A home may lie on a server that does not
 * answer, so it is read by those who may wait.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseHomes } from "../procfs/passwd.ts";
import { askAll, type SlowReads } from "../slowReads/slowReads.ts";
import { listContainers, type NamesById, shownIdLength } from "./containerEngine.ts";

/** Where the users of a machine are found. */
interface UserEnginesOptions {
  /** Where the machine's root file system is. */
  readonly rootfs: string;
  readonly reads: SlowReads;
}

const storages = ["overlay", "vfs", "btrfs"];
const mostStorageBytes = 4 * 1024 * 1024;

const storageSchema = z.array(z.looseObject({ id: z.string().regex(/^[0-9a-f]{12,64}$/), names: z.array(z.string()).nullish() }));

/** The user whose container a cgroup belongs to: systemd has a slice for each. */
export function userOfCgroup(path: string): number | undefined {
  const id = /\/user-(\d+)\.slice\//.exec(path)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Lists the containers of a user; undefined where nobody can tell. */
export async function listUserContainers(
  { rootfs, reads }: UserEnginesOptions,
  userId: number,
  signal: AbortSignal,
): Promise<NamesById | undefined> {
  const prefix = rootfs.replace(/\/$/, "");
  const runtime = `${prefix}/run/user/${userId}`;
  const asked = [`${runtime}/podman/podman.sock`, `${runtime}/docker.sock`].map((socket) =>
    listContainers(socket, signal).catch(() => undefined),
  );
  const home = homeOf(prefix, userId);
  if (home !== undefined) asked.push(readStorages(reads, `${prefix}${home}/.local/share/containers/storage`));
  const answers = (await Promise.all(asked)).filter((one) => one !== undefined);
  return answers.length === 0 ? undefined : new Map(answers.flatMap((one) => [...one]));
}

function homeOf(prefix: string, userId: number): string | undefined {
  try {
    return parseHomes(readFileSync(`${prefix}/etc/passwd`, "utf8")).get(userId);
  } catch {
    return undefined;
  }
}

async function readStorages(reads: SlowReads, directory: string): Promise<NamesById | undefined> {
  const questions = storages.map((storage) => ({
    path: `${directory}/${storage}-containers/containers.json`,
    operation: "read" as const,
    isDoubtful: true,
    of: directory,
    most: mostStorageBytes,
  }));
  const known = (await askAll(reads, questions)).flatMap(({ bytes }) => (bytes === undefined ? [] : [parseStorage(bytes.toString())]));
  return known.length === 0 ? undefined : new Map(known.flatMap((one) => [...one]));
}

/** The names in a `containers.json` of containers/storage; none of what is not such a file. */
function parseStorage(text: string): NamesById {
  try {
    return new Map(
      storageSchema.parse(JSON.parse(text)).flatMap(({ id, names }): [string, string][] => {
        const [name] = names ?? [];
        return name ? [[id.slice(0, shownIdLength), name]] : [];
      }),
    );
  } catch {
    return new Map();
  }
}
