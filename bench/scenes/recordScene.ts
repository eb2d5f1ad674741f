/** Lets a scene happen on this machine and keeps what the real collectors see of it, beside what the cgroups say. Wants a quiet machine. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { ProcessIdentity } from "../../src/model/processes.ts";
import type { Sample } from "../../src/model/sample.ts";
import type { HostDisk, HostUsage } from "../../src/model/snapshot.ts";
import { DeadMount } from "../../test/support/deadMount.ts";
import { createEngine } from "../../test/workloads/createEngine.ts";
import { diskDirectory } from "../../test/workloads/diskDirectory.ts";
import { fileOfScene, type RealActor, type RealScene, type Tools } from "./recordedScenes.ts";
import { enterAnd, SceneCgroups } from "./sceneCgroups.ts";
import { SceneWriter } from "./sceneFile.ts";
import type { Had } from "./world.ts";

/** Records one; the file and how many bytes it has. */
export async function recordScene(scene: RealScene): Promise<{ readonly file: string; readonly bytes: number }> {
  const cgroups = new SceneCgroups();
  const folder = mkdtempSync(join(diskDirectory().path, "culprit-scene-"));
  const dead = scene.actors.some(({ hangs }) => hangs === true) ? new DeadMount() : undefined;
  const players = scene.actors.map((actor) => new Player(actor, cgroups, toolsIn(folder, dead?.path ?? "")));
  try {
    // what a reader reads has to be on the disk, and written long before
    writeFileSync(join(folder, "file"), Buffer.alloc(256e6, 1));
    spawnSync("sync");
    await sleep(1000);
    for (const player of players) if (player.actor.from < 0) player.turn(player.actor.from);
    await sleep(5000);
    const lines = await linesOf(scene, players, cgroups);
    const file = fileOfScene(scene);
    mkdirSync(dirname(file), { recursive: true });
    const packed = gzipSync(lines.join(""), { level: 9 });
    writeFileSync(file, packed);
    return { file, bytes: packed.length };
  } finally {
    for (const player of players) player.end();
    dead?.remove();
    for (const { actor } of players) await cgroups.remove(actor.name);
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf(scene: RealScene, players: readonly Player[], cgroups: SceneCgroups): Promise<readonly string[]> {
  const engine = createEngine();
  const writer = new SceneWriter();
  const strangers = new Strangers(scene.actors.map(({ name }) => name));
  const lines: string[] = [];
  let lastSeconds: number | undefined;
  return new Promise((resolve) => {
    engine.sampler.subscribe(({ sample, snapshot }) => {
      const elapsed = sample.monotonicSeconds - (lastSeconds ?? sample.monotonicSeconds - 1);
      lastSeconds = sample.monotonicSeconds;
      const own = cgroups.read(scene.actors, elapsed);
      const had = new Map([...own, ["others", othersOf(snapshot.host, [...own.values()])]]);
      lines.push(writer.line({ sample: strangers.rename(sample), had }));
      // who begins in a second must be there before its Sample
      for (const player of players) player.turn(lines.length);
      if (lines.length === scene.seconds) void engine.sampler.stop().then(() => resolve(lines));
    });
    engine.sampler.start();
  });
}

/** All the rest of the machine. */
function othersOf({ cpu, tasks, memory, disks = [] }: HostUsage, own: readonly Had[]): Had {
  const rest = (all: number | undefined, of: (had: Had) => number) => Math.max(0, (all ?? 0) - own.reduce((sum, had) => sum + of(had), 0));
  const whole = disks.filter((disk) => disk.whole);
  const bytes = (of: (disk: HostDisk) => number | undefined) => whole.reduce((sum, disk) => sum + (of(disk) ?? 0), 0);
  return {
    cpuCores: rest(cpu?.busyCores, (had) => had.cpuCores),
    tasks: rest(tasks?.running, (had) => had.tasks),
    residentBytes: rest(memory && memory.totalBytes - memory.availableBytes, (had) => had.residentBytes),
    readBytes: rest(
      bytes((disk) => disk.readBytesPerSecond),
      (had) => had.readBytes,
    ),
    writtenBytes: rest(
      bytes((disk) => disk.writtenBytesPerSecond),
      (had) => had.writtenBytes,
    ),
  };
}

function toolsIn(folder: string, deadFolder: string): Tools {
  const place = (name: string) => join(folder, name);
  return {
    program(name, original) {
      copyFileSync(original, place(name));
      return place(name);
    },
    script(name, text) {
      writeFileSync(place(name), `#!/bin/sh\n${text}\n`);
      chmodSync(place(name), 0o755);
      return place(name);
    },
    file: place("file"),
    deadFolder,
  };
}

/** One actor, alive from one second to another. */
class Player {
  readonly actor: RealActor;
  readonly #cgroups: SceneCgroups;
  readonly #tools: Tools;
  #child: ChildProcess | undefined;

  constructor(actor: RealActor, cgroups: SceneCgroups, tools: Tools) {
    this.actor = actor;
    this.#cgroups = cgroups;
    this.#tools = tools;
  }

  /** It is that second now. */
  turn(second: number): void {
    const { from, to, command } = this.actor;
    if (second === from) {
      const [program = "", ...args] = enterAnd(this.#cgroups.make(this.actor), command(this.#tools));
      this.#child = spawn(program, args, { stdio: "ignore" });
    } else if (second === to) this.end();
  }

  end(): void {
    this.#cgroups.end(this.actor.name);
    this.#child?.kill("SIGKILL");
  }
}

/** Who has no part in the scene keeps what it used, not its name. */
class Strangers {
  readonly #paths: ReadonlySet<string>;
  readonly #names = new Map<string, string>();

  constructor(actors: readonly string[]) {
    this.#paths = new Set(actors.map((name) => `/system.slice/${name}.service`));
  }

  rename(sample: Sample): Sample {
    const { processes, cgroups } = sample;
    if (processes === undefined || cgroups === undefined) return sample;
    const known = [...cgroups.usageSeconds].filter(([path]) => path === "/" || path === "/system.slice" || this.#paths.has(path));
    const changed = processes.changed.map((reading) => {
      if (reading.kernelThread || this.#paths.has(reading.identity.cpuacctCgroup ?? "")) return reading;
      const name = this.#nameOf(reading.comm);
      const identity: ProcessIdentity = { commandLine: name, arguments: [name], user: "root", cgroupPath: "/", cpuacctCgroup: "/" };
      return { ...reading, comm: name, identity };
    });
    return { ...sample, processes: { ...processes, changed }, cgroups: { ...cgroups, usageSeconds: new Map(known) } };
  }

  #nameOf(comm: string): string {
    const known = this.#names.get(comm);
    if (known !== undefined) return known;
    const at = this.#names.size;
    const name = `stranger-${String.fromCharCode(97 + (Math.floor(at / 26) % 26), 97 + (at % 26))}`;
    this.#names.set(comm, name);
    return name;
  }
}
