import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultCommands, type OwnCommand } from "../../src/capture/parts/commandList.ts";
import { createParts } from "../../src/capture/parts/createParts.ts";
import type { PartOutcome } from "../../src/model/capture.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { ManualClock } from "../support/manualClock.ts";
import { NoFork } from "../support/noFork.ts";
import { directReads } from "../support/playedHelper.ts";
import { requireFree } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { eventually, openIn, smallProcessList, untar } from "./support.ts";

const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };

/** Not PATH: a folder in it that may not be read makes every program that is not there a forbidden one. */
const searchPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/** What Culprit knows without anybody's help. */
const ownFiles = [
  "summary.txt",
  "processes.txt",
  "processes.json",
  "proc/stat",
  "snapshots.jsonl",
  "snapshots.csv",
  "processes-before.csv",
];

/** How many living processes have this word among their arguments. */
function livingWith(word: string): number {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "latin1").split("\0").includes(word);
    } catch {
      return false;
    }
  }).length;
}

describe("an archive is made", () => {
  const tempDirectory = tempDirectories();

  it("although one command ignores SIGTERM, one prints for ever, one cannot be started, and one leaves a child behind", async () => {
    const directory = await tempDirectory();
    const word = `culprit-fault-${Math.random().toString(36).slice(2)}`;
    const broken = join(directory, "broken");
    await writeFile(broken, "#!/culprit/no/such/interpreter\n");
    await chmod(broken, 0o755);
    const command = (name: string, argv: OwnCommand["argv"], timeoutSeconds = 10): OwnCommand => ({
      name,
      argv,
      timeoutSeconds,
      maxBytes: 5000,
    });
    const shell = (name: string, script: string, timeoutSeconds?: number) => command(name, ["sh", "-c", script, word], timeoutSeconds);
    const surroundings = { start: spawn, clock: systemClock, searchPath };
    const readProcessList = async () => smallProcessList;
    const capture = await openIn(directory, new ManualClock(), {
      clock: systemClock,
      readProcessList,
      parts: createParts({
        reads: directReads(),
        root,
        surroundings,
        readProcessList,
        commands: [],
        ownCommands: [
          shell("stubborn", "trap '' TERM; echo ready; while :; do sleep 0.1; done", 2),
          shell("endless", `yes ${word}`),
          command("interpreter", [broken]),
          command("folder", ["/proc"]),
          command("absent", ["culprit-no-such-program"]),
          shell("grandchild", `sh -c 'trap "" TERM; sleep 1000; :' ${word} & echo parent`),
          shell("fine", "echo fine"),
        ],
      }),
    });
    capture.start();
    const { id } = await capture.queue.request({});
    await capture.ended(1);
    const files = await capture.filesOf(id);
    for (const name of ownFiles) assert.ok(files.has(name), name);
    const parts = (await capture.manifestOf(id)).parts as PartOutcome[];
    const outcomes = parts.flatMap(({ part, result, reason }) => (part.startsWith("commands/") ? [{ [part]: [result, reason] }] : []));
    assert.deepEqual(Object.assign({}, ...outcomes), {
      "commands/stubborn.txt": ["truncated", "stopped: not done within 2 s"],
      "commands/endless.txt": ["truncated", "stopped: more than 5000 bytes"],
      "commands/interpreter.txt": ["missing", "not installed"],
      "commands/folder.txt": ["missing", "not allowed to run it: EACCES"],
      "commands/absent.txt": ["missing", "not installed"],
      "commands/grandchild.txt": ["ok", undefined],
      "commands/fine.txt": ["ok", undefined],
    });
    assert.equal(files.get("commands/stubborn.txt")?.toString(), "ready\n");
    assert.equal(files.get("commands/grandchild.txt")?.toString(), "parent\n");
    assert.equal(files.get("commands/fine.txt")?.toString(), "fine\n");
    await eventually("all of their processes die", () => livingWith(word) === 0);
    await capture.stop();
  });

  it("although not one process can be forked", async function () {
    requireFree(this, NoFork.obstacle());
    const directory = await tempDirectory();
    const script = fileURLToPath(new URL("./noForkChild.js", import.meta.url));
    const child = spawn(process.execPath, [script, directory], { stdio: ["pipe", "pipe", "inherit"] });
    const closed = once(child, "close");
    const noFork = new NoFork();
    try {
      let told = "";
      child.stdout.on("data", (chunk) => {
        told += String(chunk);
      });
      await eventually("it is ready", () => told.startsWith("ready\n") || child.exitCode !== null);
      noFork.forbid(child.pid ?? 0);
      child.stdin.end("go\n");
      assert.deepEqual(await closed, [0, null]);
      const { id, forkError } = JSON.parse(told.slice("ready\n".length)) as { readonly id: string; readonly forkError: string };
      assert.equal(forkError, "EAGAIN", "it could not fork");
      const files = await untar(join(directory, "archives", `${id}.tar.gz`));
      for (const name of ownFiles) assert.ok(files.has(name), name);
      assert.match(files.get("processes.txt")?.toString() ?? "", /noForkChild\.js/);
      const { missing } = JSON.parse(files.get("manifest.json")?.toString() ?? "{}") as { missing: { part: string; reason: string }[] };
      assert.deepEqual(
        missing.filter(({ part }) => part.startsWith("commands/")),
        defaultCommands.map(({ name }) => ({ part: `commands/${name}.txt`, reason: "cannot fork: EAGAIN" })),
      );
    } finally {
      child.kill("SIGKILL");
      await closed;
      noFork.remove();
    }
  });
});
