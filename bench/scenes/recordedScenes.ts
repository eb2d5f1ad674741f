/** The scenes that really happened, on a machine with two cores: what was started when, and what is asked. */
import { join } from "node:path";
import { packageRoot } from "../../test/support/paths.ts";
import type { Course } from "./scene.ts";

/** What an actor's first process is made with. */
export interface Tools {
  /** A copy of a program of this machine, under another name. */
  program(name: string, original: string): string;
  /** A shell script. */
  script(name: string, text: string): string;
  /** A file on a disk. */
  readonly file: string;
  /** A folder whose server never answers. */
  readonly deadFolder: string;
}

/** Somebody with a cgroup of its own, by the name of which its processes go. */
export interface RealActor {
  readonly name: string;
  /** In seconds of the scene; below 0: before it begins. */
  readonly from: number;
  readonly to: number;
  readonly command: (tools: Tools) => readonly string[];
  /** Its tasks hang and make nobody wait. */
  readonly hangs?: true;
  /** Takes next to nothing of the CPU that it wants from others. */
  readonly polite?: true;
}

/** One that can be recorded anew. */
export interface RealScene extends Course {
  readonly seconds: number;
  readonly actors: readonly RealActor[];
}

/** What others do on the machine goes on all the time; the trouble begins then. */
const onset = 62;
const end = onset + 36;
/** A quarter of a percent of this machine's memory a second. */
const leakOnset = 40;

const loadAlert = (atSecond: number) => ({ resource: "load", alert: "NodeLoadHigh", atSecond }) as const;

/** Wants the CPU with so many tasks. */
function wants(name: string, from: number, to: number, tasks: number): RealActor {
  const loops = Array.from({ length: tasks }, () => "(while :; do :; done) &").join(" ");
  return { name, from, to, polite: true, command: (tools) => [tools.program(name, "/bin/dash"), "-c", `${loops} wait`] };
}

function scene(name: string, actors: readonly RealActor[], more: Partial<RealScene> = {}): RealScene {
  const usual = { seconds: end, onsetSecond: onset, resource: "load", withinSeconds: 15, asks: [loadAlert(onset + 30)] } as const;
  return { name, actors, ...usual, ...more };
}

/** All of them. The machine was full of compilers and tests of other people, which are no part of it: they are called strangers. */
export const recordedScenes: readonly RealScene[] = [
  scene("full from the start", [wants("stress-ng", -5, 60, 40)], {
    ...{
      seconds: 40,
      onsetSecond: 0,
      resource: "cpu",
      byDemand: true,
      asks: [{ resource: "cpu", alert: "HighCpuUsage", atSecond: 38 }],
      looks: [20],
    },
  }),
  scene("a newcomer on a full machine", [wants("cc1plus", onset, end, 40)], { looks: [onset + 20] }),
  scene("two come together to a full machine", [wants("ffmpeg", onset, end, 30), wants("x264", onset, end, 24)]),
  scene(
    "one hands over to another on a full machine",
    [wants("pg_dump", onset, onset + 25, 40), wants("ffmpeg", onset + 25, end + 20, 44)],
    {
      ...{ seconds: end + 12, asks: [loadAlert(onset + 20), loadAlert(onset + 46)], looks: [onset + 37, onset + 46] },
    },
  ),
  scene("a fork loop on a full machine", [
    {
      ...{ name: "deploy.sh", from: onset, to: end, polite: true },
      command: (tools) => [tools.script("deploy.sh", "for n in $(seq 30); do (while :; do /bin/true; done) & done; wait")],
    },
  ]),
  scene(
    "a burst of writing, over, and then the load",
    [
      {
        ...{ name: "dd", from: onset - 30, to: onset - 16 },
        command: (tools) => [tools.program("dd", "/bin/dd"), "if=/dev/zero", `of=${tools.file}`, "bs=1M", "count=900", "conv=fsync"],
      },
      ...["a", "b", "c"].map((letter) => wants(`burn-${letter}`, onset, end, letter === "a" ? 40 : 4)),
    ],
    { byDemand: true, asks: [loadAlert(onset + 30), { resource: "cpu", alert: "HighCpuUsage", atSecond: onset + 30 }] },
  ),
  scene(
    "tasks that hang on a dead server",
    [
      {
        ...{ name: "backup-agent", from: onset, to: end + 20, hangs: true },
        command: (tools) => {
          const cat = tools.program("backup-agent", "/bin/cat");
          return ["/bin/sh", "-c", `for n in $(seq 50); do ${cat} ${join(tools.deadFolder, "file")} & done; wait`];
        },
      },
    ],
    { seconds: end + 12, asks: [loadAlert(onset + 40)] },
  ),
  scene(
    "memory at once",
    [
      {
        ...{ name: "indexer", from: onset, to: end },
        command: (tools) => [
          tools.program("indexer", "/usr/bin/perl"),
          "-e",
          'my @kept; for (1 .. 40) { push @kept, "x" x 100_000_000; select undef, undef, undef, 0.1 } sleep 100',
        ],
      },
    ],
    { resource: "memory", withinSeconds: 10, asks: [{ resource: "memory", alert: "HostOutOfMemory", atSecond: onset + 30 }] },
  ),
  scene(
    "a reader",
    [
      {
        ...{ name: "restic", from: onset, to: end },
        command: (tools) => [tools.script("restic", `while :; do dd if=${tools.file} of=/dev/null bs=1M iflag=direct 2>/dev/null; done`)],
      },
    ],
    { resource: "io", withinSeconds: 3, asks: [{ resource: "io", alert: "DiskReadsHigh", atSecond: onset + 30 }] },
  ),
  scene(
    "a slow leak",
    [
      {
        ...{ name: "app-server", from: leakOnset, to: leakOnset + 200 },
        command: (tools) => [
          tools.program("app-server", "/usr/bin/perl"),
          "-e",
          'my @kept; for (1 .. 2000) { push @kept, "x" x 6_000_000; select undef, undef, undef, 0.1 }',
        ],
      },
    ],
    {
      ...{ seconds: leakOnset + 80, onsetSecond: leakOnset, resource: "memory", withinSeconds: 45 },
      asks: [{ resource: "memory", alert: "HostOutOfMemory", atSecond: leakOnset + 75 }],
    },
  ),
];

/** Where a scene is kept. */
export function fileOfScene({ name }: Pick<Course, "name">): string {
  return join(packageRoot(), "test", "fixtures", "scenes", `${name.replaceAll(/\W+/g, "-")}.jsonl.gz`);
}
