/** How often the kernel has killed in each cgroup: v2 `memory.events` (admin-guide/cgroup-v2.rst), v1 `memory.oom_control` since 4.13. */
import { opendir, readFile } from "node:fs/promises";
import type { CgroupOomCount } from "./protocol.ts";

/** Goes through at most so many cgroups of a hierarchy; those in which nobody was ever killed are left out. */
export async function readOomCounts(directory: string, most: number): Promise<readonly CgroupOomCount[]> {
  const found: CgroupOomCount[] = [];
  const paths = [""];
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index] as string;
    const text = (await textOf(`${directory}${path}/memory.events`)) ?? (await textOf(`${directory}${path}/memory.oom_control`)) ?? "";
    const kills = countOf(text, "oom_kill");
    if (kills > 0) found.push([path === "" ? "/" : path, kills, countOf(text, "oom"), await limitOf(`${directory}${path}`)]);
    for (const name of await foldersOf(`${directory}${path}`)) if (paths.length < most) paths.push(`${path}/${name}`);
  }
  return found;
}

function countOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

async function limitOf(folder: string): Promise<number | null> {
  const limit = Number((await textOf(`${folder}/memory.max`)) ?? (await textOf(`${folder}/memory.limit_in_bytes`)));
  // v1 has a number near 2^63 where there is none
  return limit > 0 && limit < 2 ** 60 ? limit : null;
}

/** Undefined where there is none: the cgroup may be gone by now. */
function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

async function foldersOf(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(path)) if (entry.isDirectory()) names.push(entry.name);
  } catch {
    // removed a moment ago
  }
  return names;
}
