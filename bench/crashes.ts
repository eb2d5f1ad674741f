/**
 * `npm run bench -- crashes [--rounds 20]`: a pid namespace with a Culprit and a process that takes all memory in it is killed in the middle
 * of that, round after round; the next start must name that process. Needs root.
 */
import { copyFileSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freePort } from "./lib/freePort.ts";
import { pause, Started } from "./lib/started.ts";
import { Victim } from "./lib/victim.ts";

const mainPath = fileURLToPath(new URL("../src/main.js", import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" } } });
const rounds = Number(values.rounds);
/** So long the machine is looked at before. */
const calmSeconds = 20;
const name = "memory-hog";
/** Half of all memory, in some eight seconds. */
const hogSource = `
import os, time
piece = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 32
taken = []
while len(taken) < 16:
    taken.append(b"x" * piece)
    time.sleep(0.4)
time.sleep(600)
`;

interface Archived {
  readonly origin: string;
  readonly process?: string;
  readonly verdict?: { readonly sentence: string };
}

/** One life that ends suddenly, and what the next one says of it. */
async function round(folder: string): Promise<Archived | undefined> {
  const storage = join(folder, "storage");
  const hog = join(folder, name);
  copyFileSync(realpathSync("/usr/bin/python3"), hog);
  const port = await freePort();
  const culprit = [process.execPath, mainPath, `--storage.path=${storage}`, `--web.listen-address=127.0.0.1:${port}`, "--log.level=error"];
  // the first argument of the shell is how long it waits; all that it starts dies with it
  const script = 'mount -t proc proc /proc; calm=$1; hog=$2; source=$3; shift 3; "$@" & sleep "$calm"; "$hog" -c "$source" & wait';
  const namespace = new Started([
    ...["unshare", "--pid", "--fork", "--kill-child", "--mount", "sh", "-c", script, "sh", `${calmSeconds}`, hog, hogSource],
    ...culprit,
  ]);
  await pause(calmSeconds + 4 + Math.random() * 4);
  namespace.kill();
  await namespace.over();
  const next = await Victim.start({ storage, yaml: "triggers: []\n" });
  try {
    for (let attempt = 0; attempt < 120; attempt++) {
      const { archives } = (await (await next.send("/archives", { headers: headersOf(next) })).json()) as { archives: readonly Archived[] };
      const crash = archives.find(({ origin }) => origin === "crash");
      if (crash !== undefined) return crash;
      await pause(0.5);
    }
    return undefined;
  } finally {
    await next.stop();
  }
}

function headersOf({ token }: Victim) {
  return { Authorization: `Bearer ${token}`, Accept: "application/json" };
}

let named = 0;
for (let count = 1; count <= rounds; count++) {
  const folder = mkdtempSync(join(tmpdir(), "culprit-crashes-"));
  try {
    const archive = await round(folder);
    if (archive?.process === name) named++;
    console.log(`${count}. ${archive === undefined ? "no archive" : (archive.process ?? "nobody")}: ${archive?.verdict?.sentence ?? ""}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(`${named} of ${rounds} named`);
process.exitCode = named === rounds ? 0 : 1;
